"""Finds a camera's lens from pictures of a chessboard with OpenCV, and keeps it as ROS does
(camera_info_manager's YAML).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import numpy.typing as npt
import yaml

from tank_core.exceptions import ConfigFileError
from tank_core.io.config_file import Within, faults_as, read_config
from tank_core.io.outputs import write
from tank_core.io.yaml_files import read_text
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
    """A chessboard: its inner corners, across and down, and the edge of a square [m]."""

    columns: int
    rows: int
    square: float

    @property
    def points(self) -> npt.NDArray[np.float32]:
        """Its corners [m] in its own plane, row by row.  # (columns * rows, 3)"""
        grid = np.mgrid[0 : self.columns, 0 : self.rows].T.reshape(-1, 2) * self.square
        return np.column_stack([grid, np.zeros(len(grid))]).astype(np.float32)


def parse_board(text: str, square: float) -> Chessboard:
    """A board from "9x6". Raises CameraCalibrationError."""
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
    """The board's inner corners [px], to a fraction of a pixel.

    None where the whole board is not seen.  # (n, 2)
    """
    gray = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    found, corners = cv2.findChessboardCornersSB(
        gray, (board.columns, board.rows), flags=cv2.CALIB_CB_NORMALIZE_IMAGE
    )
    return corners.reshape(-1, 2).astype(np.float32) if found else None


@dataclass(frozen=True)
class Calibration:
    """A lens, the size [px] of its images, the error [px] of each image by name, and the images
    that were not used, with theirs.
    """

    lens: Lens
    size: Size
    errors: dict[str, float]
    dropped: dict[str, float]

    @property
    def error(self) -> float:
        """Root mean square distance [px] between the corners that were seen and where the lens
        puts them.
        """
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
    """The lens that explains the corners of each image best.

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
    """k3 stays 0, as in ROS's camera_calibration.

    Without wide lenses it fits noise.
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
    """Images whose error is over 3 sigma from the usual, by the median and the spread about it,
    which outliers do not move.
    """
    values = np.array(list(errors.values()))
    middle = float(np.median(values))
    # of a normal distribution with that median deviation
    sigma = 1.4826 * float(np.median(np.abs(values - middle)))
    # images that agree too well would make an outlier of any
    limit = middle + SIGMAS * max(sigma, 0.1 * middle)
    return {name: error for name, error in errors.items() if error > limit}


def _check_lens(lens: Lens, doubt: Array, size: Size) -> None:
    """``doubt``: standard deviations of fx, fy, cx, cy [px].

    They are large where the views are all alike.
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


# How the images are taken


def coverage(views: Sequence[Corners], size: Size, columns: int = 12, rows: int = 6) -> str:
    """A text grid of the image.

    # where corners were seen, . where none were yet.
    """
    counts = np.zeros((rows, columns), bool)
    for corners in views:
        place = (corners / size * (columns, rows)).astype(int)
        counts[np.clip(place[:, 1], 0, rows - 1), np.clip(place[:, 0], 0, columns - 1)] = True
    return "\n".join(" ".join("#" if seen else "." for seen in row) for row in counts)


class StillBoard:
    """Says when a live image is worth keeping.

    The board stands still, at a place where it was not kept yet.
    """

    STILL = 0.004  # of the image's width that a corner may move from one image to the next
    # of the image's width that some corner must have moved since each image that was kept: tilting
    # is enough
    NEW = 0.05

    def __init__(self, size: Size) -> None:
        self._width = size[0]
        self._last: Corners | None = None
        self.kept: list[Corners] = []

    def step(self, corners: Corners | None) -> bool:
        """Take the corners of the next image, None without a board.

        Whether to keep it.
        """
        last, self._last = self._last, corners
        if (
            corners is None
            or last is None
            or _moved(corners, last).max() > self.STILL * self._width
        ):
            return False
        if any(_moved(corners, kept).max() < self.NEW * self._width for kept in self.kept):
            return False
        self.kept.append(corners)
        return True


def _moved(corners: Corners, others: Corners) -> Corners:
    """How far each corner is from where it was [px].

    A board that is read from its other end has not moved.
    """
    ways = [np.linalg.norm(corners - other, axis=1) for other in (others, others[::-1])]
    nearer: Corners = min(ways, key=lambda way: float(way.mean())).astype(np.float32)
    return nearer


# The file


@dataclass(frozen=True)
class _Matrix:
    rows: int
    cols: int
    data: tuple[float, ...]


_Pixels = Annotated[int, Within(1, 20_000, "px")]
MOST_BENT = 1000.0  # no lens has larger coefficients of distortion


@dataclass(frozen=True)
class _CameraFile:
    """What camera_calibration and camera_info_manager write."""

    image_width: _Pixels
    image_height: _Pixels
    camera_matrix: _Matrix
    distortion_model: str
    distortion_coefficients: _Matrix
    camera_name: str = ""
    rectification_matrix: _Matrix | None = None
    projection_matrix: _Matrix | None = None


def save_camera(calibration: Calibration, path: str, camera_name: str = "camera") -> None:
    """Write a lens as a ROS camera_info YAML.

    Raises OutputError that says where it is instead.
    """
    lens, (width, height) = calibration.lens, calibration.size
    data = {
        "image_width": width,
        "image_height": height,
        "camera_name": camera_name,
        "camera_matrix": _as_matrix(lens.matrix),
        "distortion_model": "plumb_bob",
        "distortion_coefficients": _as_matrix(lens.distortion[None, :]),
        "rectification_matrix": _as_matrix(np.eye(3)),
        "projection_matrix": _as_matrix(np.column_stack([lens.matrix, np.zeros(3)])),
    }
    write(
        Path(path),
        (yaml.safe_dump(data, sort_keys=False, default_flow_style=None, width=1000)).encode(),
    )


def _as_matrix(values: Array) -> dict[str, object]:
    return {
        "rows": values.shape[0],
        "cols": values.shape[1],
        "data": [float(value) for value in values.reshape(-1)],
    }


def load_lens(path: str) -> Lens:
    """The lens of a ROS camera_info YAML.

    Raises CameraCalibrationError.
    """
    return load_camera(path)[0]


@faults_as(CameraCalibrationError)
def load_camera(path: str) -> tuple[Lens, Size]:
    """The lens of a ROS camera_info YAML, and the size [px] of the images for which it is right."""
    text = read_text(path, "camera file", "./tank calibrate camera writes one")
    file = read_config(_CameraFile, text, path)
    if file.distortion_model != "plumb_bob":
        raise CameraCalibrationError(
            f"{path}: distortion_model is {file.distortion_model!r}; only plumb_bob can be used"
        )
    matrix = _from_matrix(file.camera_matrix, (3, 3), f"{path}: camera_matrix")
    distortion = _from_matrix(
        file.distortion_coefficients, (1, 5), f"{path}: distortion_coefficients"
    ).reshape(-1)
    if not (matrix[0, 0] > 0 and matrix[1, 1] > 0 and matrix[2].tolist() == [0, 0, 1]):
        raise CameraCalibrationError(
            f"{path}: camera_matrix is {matrix.tolist()}; it must be [[fx, 0, cx], [0, fy, cy], "
            "[0, 0, 1]]"
        )
    width, height = file.image_width, file.image_height
    if not (0 <= matrix[0, 2] <= width and 0 <= matrix[1, 2] <= height):
        middle = f"{matrix[0, 2]:g}, {matrix[1, 2]:g}"
        raise CameraCalibrationError(
            f"{path}: camera_matrix has cx, cy {middle}; give 0 to {width}, 0 to {height} px"
        )
    if np.abs(distortion).max() > MOST_BENT:
        raise CameraCalibrationError(
            f"{path}: distortion_coefficients is {distortion.tolist()}; give {-MOST_BENT:g} to "
            f"{MOST_BENT:g}"
        )
    return Lens(matrix, distortion), (file.image_width, file.image_height)


def _from_matrix(matrix: _Matrix, shape: tuple[int, int], where: str) -> Array:
    if (matrix.rows, matrix.cols) != shape or len(matrix.data) != shape[0] * shape[1]:
        raise CameraCalibrationError(
            f"{where} is {matrix.rows} x {matrix.cols} with {len(matrix.data)} numbers; it must be "
            f"{shape[0]} x {shape[1]}, row by row"
        )
    return np.array(matrix.data, dtype=np.float64).reshape(shape)
