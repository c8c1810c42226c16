"""A second camera, which stands over the room and looks straight down."""

from __future__ import annotations

import copy
import math

import mujoco

from tank_core.state import Image
from tank_sim.mujoco_backend import MujocoBackend

FOVY_DEG = 45.0


class TopView:
    """Small images of a simulation from above, of the world as it is now.

    The camera does not move with the robot. Up in the image is x of the world, left is y. It must
    be used, and closed, by the thread that made it: an OpenGL context belongs to one.

        with TopView(backend, (64, 64), center=(0.5, 0.0), extent=1.6) as top:
            rgb = top.look()
    """

    def __init__(
        self,
        backend: MujocoBackend,
        size: tuple[int, int] = (64, 64),
        center: tuple[float, float] = (0.5, 0.0),
        extent: float = 1.6,
    ) -> None:
        """Show a square or strip of the floor around ``center`` [m].

        ``extent`` [m] is from its lower to its upper edge, ``size`` is (width, height) [px]. Raises
        what OpenGL raises.
        """
        self._backend = backend
        model = copy.copy(backend.model)
        model.vis.quality.offsamples = 0  # no antialiasing: a small image is to be cheap
        model.vis.global_.fovy = FOVY_DEG
        self._eye = mujoco.MjvCamera()
        self._eye.lookat[:] = (*center, 0.0)
        self._eye.distance = extent / 2 / math.tan(math.radians(FOVY_DEG / 2))
        self._eye.azimuth, self._eye.elevation = 0.0, -90.0
        self._renderer = mujoco.Renderer(model, size[1], size[0])
        for flag in (mujoco.mjtRndFlag.mjRND_SHADOW, mujoco.mjtRndFlag.mjRND_REFLECTION):
            self._renderer.scene.flags[flag] = 0

    def __enter__(self) -> TopView:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def look(self) -> Image:
        """Paint the world as it is now: RGB (height, width, 3)."""
        self._renderer.update_scene(self._backend.data, self._eye)
        rgb: Image = self._renderer.render()
        return rgb

    def close(self) -> None:
        """Let go of OpenGL."""
        self._renderer.close()
