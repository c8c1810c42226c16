"""Finds a camera's lens from pictures of a chessboard with OpenCV."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from tank_core.exceptions import ConfigFileError
from tank_core.state import Array
from tank_perception.frames.camera_info import Size
from tank_perception.view import Lens

Corners = npt.NDArray[np.float32]  # of a board in an image [px]  # (n, 2)

# images; each gives two equations of five unknowns of the pinhole matrix (Zhang 2000), and the
# distortion wants more
FEWEST = 4
WANTED = 12
SIGMAS = 3.0  # an image whose error is farther than this from the others' is not used
# standard deviation of the focal length, as part of it, with which a lens is still taken
MOST_DOUBT = 0.05
# reprojection error; OpenCV's tutorial calls what is near 0 good, half a pixel is what a webcam
# gives
GOOD_PX, FAIR_PX = 0.5, 1.0


class CameraCalibrationError(ConfigFileError):
    """A board, images or a camera file from which no lens can be made."""


@dataclass(frozen=True)
class Chessboard:
    """A chessboard: its inner corners across and down, a square's edge [m]."""

    columns: int
    rows: int
    square: float

    @property
    def points(self) -> npt.NDArray[np.float32]:
        """Its corners [m] in its own plane, row by row: (columns * rows, 3)."""
        grid = np.mgrid[0 : self.columns, 0 : self.rows].T.reshape(-1, 2) * self.square
        return np.column_stack([grid, np.zeros(len(grid))]).astype(np.float32)


def parse_board(text: str, square: float) -> Chessboard:
    """Read a board from "9x6"; raises CameraCalibrationError."""
    parts = text.lower().split("x")
    if len(parts) != 2 or not all(part.isdigit() for part in parts) or min(map(int, parts)) < 3:
        raise CameraCalibrationError(
            f"board {text!r} is not understood; give its inner corners across and down, at least "
            "3x3: 9x6"
        )
    if not 0.001 <= square <= 1.0:
        raise CameraCalibrationError(
            f"a square of {square:g} m is not believed; give its edge in meters, 0.001 to 1: 0.025"
        )
    return Chessboard(int(parts[0]), int(parts[1]), square)


def find_corners(rgb: npt.NDArray[np.uint8], board: Chessboard) -> Corners | None:
    """Return the board's inner corners [px] (n, 2), to a fraction of a pixel.

    None where the whole board is not seen.
    """
    gray = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    found, corners = cv2.findChessboardCornersSB(
        gray, (board.columns, board.rows), flags=cv2.CALIB_CB_NORMALIZE_IMAGE
    )
    return corners.reshape(-1, 2).astype(np.float32) if found else None


@dataclass(frozen=True)
class Calibration:
    """A lens, the size [px] of its images, and how well it explains them.

    ``errors`` [px] are those of the images by name, ``dropped`` those of the images that were not
    used.
    """

    lens: Lens
    size: Size
    errors: dict[str, float]
    dropped: dict[str, float]

    @property
    def error(self) -> float:
        """Root mean square distance [px] between seen and predicted corners."""
        return float(np.sqrt(np.mean(np.square(list(self.errors.values())))))

    @property
    def verdict(self) -> str:
        if self.error <= GOOD_PX:
            return "good"
        return (
            "fair: sharper images, and a flatter board, would make it better"
            if self.error <= FAIR_PX
            else "poor: do not use it"
        )


def calibrate(views: dict[str, Corners], board: Chessboard, size: Size) -> Calibration:
    """Return the lens that explains the corners of each image best.

    Raises CameraCalibrationError.
    """
    if len(views) < FEWEST:
        raise CameraCalibrationError(
            f"the board is seen in {len(views)} images; at least {FEWEST} are needed, better "
            f"{WANTED}, each from another side"
        )
    lens, errors = _solve(views, board, size)
    outliers = _outliers(errors)
    if outliers and len(views) - len(outliers) >= FEWEST:
        lens, kept = _solve(
            {name: corners for name, corners in views.items() if name not in outliers}, board, size
        )
        return Calibration(lens, size, kept, outliers)
    return Calibration(lens, size, errors, {})


def _solve(
    views: dict[str, Corners], board: Chessboard, size: Size
) -> tuple[Lens, dict[str, float]]:
    """Return a lens and each image's error [px].

    k3 stays 0, as in ROS's camera_calibration: without wide lenses it fits noise.
    """
    points = [board.points] * len(views)
    try:
        _, matrix, distortion, turns, shifts, doubt, *_ = cv2.calibrateCameraExtended(
            points, list(views.values()), size, None, None, flags=cv2.CALIB_FIX_K3
        )
    except cv2.error as error:
        raise CameraCalibrationError(
            f"no lens explains these images ({error.err}); tilt the board, each time to another "
            "side"
        ) from None
    lens = Lens(matrix, distortion.reshape(-1)[:5])
    _check_lens(lens, doubt.reshape(-1)[:4], size)
    found = zip(views.items(), turns, shifts, strict=True)
    return lens, {
        name: _error(corners, board, turn, shift, lens) for (name, corners), turn, shift in found
    }


def _error(corners: Corners, board: Chessboard, turn: Array, shift: Array, lens: Lens) -> float:
    there, _ = cv2.projectPoints(board.points, turn, shift, lens.matrix, lens.distortion)
    return float(np.sqrt(np.mean(np.sum((there.reshape(-1, 2) - corners) ** 2, axis=1))))


def _outliers(errors: dict[str, float]) -> dict[str, float]:
    """Return the images whose error is over 3 sigma from the usual.

    The usual is the median, with the spread about it, which outliers do not move.
    """
    values = np.array(list(errors.values()))
    middle = float(np.median(values))
    # of a normal distribution with that median deviation
    sigma = 1.4826 * float(np.median(np.abs(values - middle)))
    # images that agree too well would make an outlier of any
    limit = middle + SIGMAS * max(sigma, 0.1 * middle)
    return {name: error for name, error in errors.items() if error > limit}


def _check_lens(lens: Lens, doubt: Array, size: Size) -> None:
    """Raise CameraCalibrationError for a lens that the images do not settle.

    ``doubt``: standard deviations of fx, fy, cx, cy [px]. They are large where the views are all
    alike.
    """
    focal, center = np.diag(lens.matrix)[:2], lens.matrix[:2, 2]
    inside = (center > 0).all() and (center < size).all()
    if not (
        inside
        and (doubt[:2] < MOST_DOUBT * focal).all()
        and (doubt[2:] < MOST_DOUBT * max(size)).all()
    ):
        raise CameraCalibrationError(
            f"the images do not settle the lens (a focal length of {focal[0]:.0f} px, give or take "
            f"{doubt[0]:.0f}); "
            "tilt the board, each time to another side, and reach the corners of the image"
        )
