"""The place from where an image was taken, and the lens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

from tank_core.robot import Camera, Robot
from tank_core.robot.frames import OPTICAL_ROTATION, Transform, about, multiply
from tank_core.state import Array, Pose2D


@dataclass(frozen=True)
class View:
    """The robot at the moment of an image.

    ``camera``: pose of camera_optical_frame (z along the view, x right, y down) in base_link.
    """

    camera: Transform
    base: Pose2D  # base_link in odom
    # positions [rad or m], gripper included; empty: not known
    joints: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(
        cls, robot: Robot, base: Pose2D | None = None, joints: Mapping[str, float] | None = None
    ) -> View:
        """Return the view of a robot whose camera sits as its file says.

        ``base``: the pose of base_link in odom, its origin when None; ``joints``: positions [rad or
        m] by name, gripper included, None where they are not known.
        """
        rotation = multiply(about((0.0, 1.0, 0.0), robot.camera.pitch), OPTICAL_ROTATION)
        camera = Transform("base_link", "camera_optical_frame", robot.camera.position, rotation)
        return cls(camera, base or Pose2D(), joints or {})


@dataclass(frozen=True)
class Lens:
    """The calibration of a camera.

    The pinhole matrix [px] (3, 3) and OpenCV's distortion: of 4, 5, 8, 12 or 14 numbers, or none
    (0,). ``fisheye``: the distortion is that of OpenCV's fisheye model, always of 4 numbers. As in
    OpenCV, the middle of the first pixel is (0, 0).
    """

    matrix: npt.NDArray[np.float64]
    distortion: npt.NDArray[np.float64]
    fisheye: bool = False

    @classmethod
    def of(cls, camera: Camera) -> Lens:
        """Return the ideal lens that a robot file describes.

        Square pixels, center in the middle, no distortion.
        """
        focal, across, down = camera.focal_px, (camera.width - 1) / 2, (camera.height - 1) / 2
        return cls(
            np.array([[focal, 0.0, across], [0.0, focal, down], [0.0, 0.0, 1.0]]), np.zeros(0)
        )

    @property
    def bends(self) -> bool:
        """False for a pinhole."""
        return self.fisheye or bool(np.any(self.distortion))

    def flat(self, pixels: Array) -> Array:
        """Return pixels (n, 2) in the plane of a pinhole at distance 1, (n, 2).

        The distortion is taken out.
        """
        if not self.bends or not len(pixels):
            return (pixels - self.matrix[:2, 2]) / np.diag(self.matrix)[:2]
        points = np.ascontiguousarray(pixels, dtype=np.float64).reshape(-1, 1, 2)
        undistort = cv2.fisheye.undistortPoints if self.fisheye else cv2.undistortPoints
        straight: Array = undistort(points, self.matrix, self.distortion).reshape(-1, 2)
        return straight

    def pixels(self, flat: Array) -> Array:
        """Return the pixels (n, 2) of places (n, 2) in that plane."""
        if not self.bends or not len(flat):
            return flat * np.diag(self.matrix)[:2] + self.matrix[:2, 2]
        points = np.column_stack((flat, np.ones(len(flat)))).reshape(-1, 1, 3)
        project = cv2.fisheye.projectPoints if self.fisheye else cv2.projectPoints
        spots: Array = project(points, np.zeros(3), np.zeros(3), self.matrix, self.distortion)[
            0
        ].reshape(-1, 2)
        return spots

    def binned(self, across: int, down: int) -> Lens:
        """Return that of an image with ``across`` x ``down`` pixels in one."""
        return self._scaled(np.array([across, down]), np.zeros(2))

    def cut(self, left: int, top: int) -> Lens:
        """Return that of the part of the image that begins at a pixel."""
        return self._scaled(np.ones(2), np.array([left, top]))

    def _scaled(self, by: Array, corner: Array) -> Lens:
        matrix = self.matrix.copy()
        matrix[[0, 1], [0, 1]] /= by
        matrix[:2, 2] = (matrix[:2, 2] - corner + 0.5) / by - 0.5  # edges of pixels are at halves
        return Lens(matrix, self.distortion, self.fisheye)
