"""A picture of the simulated world, as a person who stands beside the robot sees it."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

from tank_core.exceptions import TankError
from tank_sim import opengl

if TYPE_CHECKING:
    from tank_sim.mujoco_backend import MujocoBackend

WIDTH, HEIGHT = 1280, 800  # [px]
DISTANCE = 1.5  # [m] from the robot
ELEVATION = -24.0  # [deg]
BEHIND = 140.0  # [deg] the view's heading from the robot's: over its shoulder, the arm in sight
LOOK_AHEAD, LOOK_UP = 0.2, 0.12  # [m] of the robot's centre


def draw(backend: MujocoBackend, path: Path) -> None:
    """Write the world as it is now to an image file. Raises TankError without OpenGL, or when the file cannot be written."""
    import cv2
    import mujoco

    pose = backend.truth()
    view = mujoco.MjvCamera()
    view.lookat[:] = pose.x + LOOK_AHEAD * math.cos(pose.yaw), pose.y + LOOK_AHEAD * math.sin(pose.yaw), LOOK_UP
    view.distance, view.elevation, view.azimuth = DISTANCE, ELEVATION, math.degrees(pose.yaw) + BEHIND
    try:
        with mujoco.Renderer(backend.model, HEIGHT, WIDTH) as renderer:
            renderer.update_scene(backend.data, view)
            image = renderer.render()
    except Exception as error:  # OpenGL drivers fail in ways of their own: ImportError, AttributeError, FatalError ...
        raise TankError(f"no picture, because OpenGL does not start ({' '.join(str(error).split())}); {opengl.CURE}") from None
    try:
        written = cv2.imwrite(str(path), cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
    except cv2.error:
        written = False
    if not written:
        raise TankError(f"picture {path} cannot be written; give a path that ends in .png, in a folder that exists")
