"""From where an image was taken, and through which lens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from tank_core.frames import Transform
from tank_core.robot import Camera
from tank_core.state import Pose2D


@dataclass(frozen=True)
class View:
    """The robot at the moment of an image. ``camera``: pose of camera_optical_frame (z along the view, x right, y down) in base_link."""

    camera: Transform
    base: Pose2D  # base_link in odom
    joints: Mapping[str, float] = field(default_factory=dict)  # positions [rad or m], gripper included; empty: not known


@dataclass(frozen=True)
class Lens:
    """A camera's calibration: the pinhole matrix [px] (3, 3) and OpenCV's plumb_bob distortion (5,) or none (0,)."""

    matrix: npt.NDArray[np.float64]
    distortion: npt.NDArray[np.float64]

    @classmethod
    def of(cls, camera: Camera) -> Lens:
        """The ideal lens that a robot file describes: square pixels, centre in the middle, no distortion."""
        focal = camera.focal_px
        return cls(np.array([[focal, 0.0, camera.width / 2], [0.0, focal, camera.height / 2], [0.0, 0.0, 1.0]]), np.zeros(0))
