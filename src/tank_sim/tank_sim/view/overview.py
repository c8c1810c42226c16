"""Pictures of a simulation from any side, at full quality.

For the README and for looking at what happened.
"""

from __future__ import annotations

import math

import mujoco
import numpy as np
import numpy.typing as npt

from tank_core.geometry import Vector
from tank_sim.mujoco_backend import MujocoBackend


def picture(
    backend: MujocoBackend,
    look_at: Vector = (0.1, 0.0, 0.2),
    distance: float = 1.0,
    azimuth: float = 145.0,
    elevation: float = -18.0,
    size: tuple[int, int] = (960, 720),
) -> npt.NDArray[np.uint8]:
    """An RGB image (height, width, 3) of what is at ``look_at`` [m].

    ``distance`` [m] is from there; ``azimuth`` and ``elevation`` [deg] say which way the view goes.
    ``size`` is (width, height), at most 1920 by 1200. Raises what OpenGL raises.
    """
    eye = mujoco.MjvCamera()
    eye.lookat[:], eye.distance, eye.azimuth, eye.elevation = look_at, distance, azimuth, elevation
    with mujoco.Renderer(backend.model, size[1], size[0]) as renderer:
        renderer.update_scene(backend.data, eye)
        image: npt.NDArray[np.uint8] = renderer.render()
        return image


def overview(backend: MujocoBackend, size: tuple[int, int] = (1280, 800)) -> npt.NDArray[np.uint8]:
    """An RGB image (height, width, 3) of the robot and all around it.

    Seen from above and behind.
    """
    places = [thing.position for thing in backend.world.objects] + [
        (*fixture.to_world((0.0, side * fixture.half_size[1])), 0.0)
        for fixture in backend.world.scene.fixtures
        for side in (-1, 1)
    ]
    xs, ys = ([place[axis] for place in places] + [-0.3, 0.3] for axis in (0, 1))
    middle = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
    reach = max(math.dist(middle, place[:2]) for place in (*places, (-0.3, 0.0), (0.3, 0.0)))
    return picture(
        backend, (*middle, 0.15), 1.1 + 1.35 * reach, azimuth=20.0, elevation=-42.0, size=size
    )
