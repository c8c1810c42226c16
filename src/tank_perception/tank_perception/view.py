"""From where an image was taken, and through which lens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from tank_core.frames import OPTICAL_ROTATION, Transform, about, multiply
from tank_core.robot import Camera, Robot
from tank_core.state import Pose2D


@dataclass(frozen=True)
class View:
    """The robot at the moment of an image. ``camera``: pose of camera_optical_frame (z along the view, x right, y down) in base_link."""

    camera: Transform
    base: Pose2D  # base_link in odom
    joints: Mapping[str, float] = field(default_factory=dict)  # positions [rad or m], gripper included; empty: not known

    @classmethod
    def of(cls, robot: Robot, base: Pose2D | None = None, joints: Mapping[str, float] | None = None) -> View:
        """The view of a robot whose camera sits just where its file says."""
        rotation = multiply(about((0.0, 1.0, 0.0), robot.camera.pitch), OPTICAL_ROTATION)
        camera = Transform("base_link", "camera_optical_frame", robot.camera.position, rotation)
        return cls(camera, base or Pose2D(), joints or {})


@dataclass(frozen=True)
class Lens:
    """A camera's calibration: the pinhole matrix [px] (3, 3) and OpenCV's plumb_bob distortion (5,) or none (0,).

    As in OpenCV, the middle of the first pixel is (0, 0).
    """

    matrix: npt.NDArray[np.float64]
    distortion: npt.NDArray[np.float64]

    @classmethod
    def of(cls, camera: Camera) -> Lens:
        """The ideal lens that a robot file describes: square pixels, centre in the middle, no distortion."""
        focal, across, down = camera.focal_px, (camera.width - 1) / 2, (camera.height - 1) / 2
        return cls(np.array([[focal, 0.0, across], [0.0, focal, down], [0.0, 0.0, 1.0]]), np.zeros(0))
