"""Keeps a camera's lens in a file as ROS does (camera_info_manager's YAML)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import yaml

from tank_core.io.config_file import Within, faults_as, read_config
from tank_core.io.outputs import write
from tank_core.io.yaml_files import read_text
from tank_core.state import Array
from tank_perception.calibration.camera import Calibration, CameraCalibrationError
from tank_perception.frames.camera_info import Size
from tank_perception.view import Lens


@dataclass(frozen=True)
class _Matrix:
    rows: int
    cols: int
    data: tuple[float, ...]


_Pixels = Annotated[int, Within(1, 20_000, "px")]
MOST_BENT = 1000.0  # no lens has larger coefficients of distortion


@dataclass(frozen=True)
class _CameraFile:
    """The file of camera_calibration and camera_info_manager."""

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
    """Read the lens of a ROS camera_info YAML.

    Raises CameraCalibrationError.
    """
    return load_camera(path)[0]


@faults_as(CameraCalibrationError)
def load_camera(path: str) -> tuple[Lens, Size]:
    """Read the lens of a ROS camera_info YAML, and its images' size [px]."""
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
