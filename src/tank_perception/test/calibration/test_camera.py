"""A lens found again from rendered chessboards, and its file."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
import yaml

from tank_core.exceptions import TankError
from tank_perception.calibration.camera import (
    Calibration,
    Corners,
    calibrate,
    find_corners,
    parse_board,
)
from tank_perception.calibration.camera_file import load_camera, load_lens, save_camera
from tank_perception.calibration.live_images import StillBoard, coverage
from tank_perception.view import Lens

SIZE = (640, 480)
MATRIX = np.array([[520.0, 0.0, 331.0], [0.0, 516.0, 236.0], [0.0, 0.0, 1.0]])
DISTORTION = np.array([-0.21, 0.06, 0.0008, -0.0006, 0.0])
BOARD = parse_board("9x6", 0.025)


@cache
def rays() -> np.ndarray:
    """Return rays at distance 1 (n, 3) of each pixel and each half of it."""
    u, v = np.meshgrid(np.arange(SIZE[0] * 2) / 2 - 0.25, np.arange(SIZE[1] * 2) / 2 - 0.25)
    plane = cv2.undistortPoints(np.stack([u, v], -1).reshape(-1, 1, 2), MATRIX, DISTORTION).reshape(
        -1, 2
    )
    return np.column_stack([plane, np.ones(len(plane))])


def photo(turn: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """Take the board at a pose in the camera through the lens above.

    That is by the homography of the board's plane.
    """
    rotation, _ = cv2.Rodrigues(turn)
    x, y, z = np.linalg.inv(np.column_stack([rotation[:, :2], shift])) @ rays().T
    i, j = (
        np.floor(x / z / BOARD.square).astype(int) + 1,
        np.floor(y / z / BOARD.square).astype(int) + 1,
    )
    square = (i >= 0) & (j >= 0) & (i <= BOARD.columns) & (j <= BOARD.rows) & ((i + j) % 2 == 0)
    paper = (i >= -1) & (j >= -1) & (i <= BOARD.columns + 1) & (j <= BOARD.rows + 1)
    gray = (
        np.where(square, 30, np.where(paper, 235, 120))
        .astype(np.float32)
        .reshape(SIZE[1] * 2, SIZE[0] * 2)
    )
    noisy = cv2.resize(gray, SIZE, interpolation=cv2.INTER_AREA) + np.random.default_rng(1).normal(
        0, 2, (SIZE[1], SIZE[0])
    )
    return np.repeat(np.clip(noisy, 0, 255).astype(np.uint8)[..., None], 3, axis=2)


def poses(count: int) -> list[tuple[np.ndarray, np.ndarray]]:
    dice = np.random.default_rng(0)
    middle = np.array([-0.1, -0.0625, 0.36])
    return [
        (dice.uniform(-0.6, 0.6, 3), middle + dice.uniform(-0.06, 0.06, 3)) for _ in range(count)
    ]


@pytest.fixture(scope="module")
def views() -> dict[str, Corners]:
    found = {
        str(number): find_corners(photo(*pose), BOARD) for number, pose in enumerate(poses(12))
    }
    return {name: corners for name, corners in found.items() if corners is not None}


def test_corners_are_where_the_lens_puts_them() -> None:
    turn, shift = poses(1)[0]
    there, _ = cv2.projectPoints(BOARD.points, turn, shift, MATRIX, DISTORTION)
    corners = find_corners(photo(turn, shift), BOARD)
    assert corners is not None
    apart = min(
        np.linalg.norm(corners - there.reshape(-1, 2)[::way], axis=1).max() for way in (1, -1)
    )
    assert apart < 0.3


@pytest.mark.slow
def test_the_lens_comes_back(views: dict[str, Corners]) -> None:
    assert len(views) >= 8
    found = calibrate(views, BOARD, SIZE)
    assert found.error < 0.3 and found.verdict == "good" and found.dropped == {}
    for place in ((0, 0), (1, 1), (0, 2), (1, 2)):
        assert found.lens.matrix[place] == pytest.approx(MATRIX[place], rel=0.01)
    assert found.lens.distortion[0] == pytest.approx(DISTORTION[0], abs=0.03)


def test_a_bad_image_is_left_out_and_told(views: dict[str, Corners]) -> None:
    bent = next(iter(views.values())) + np.random.default_rng(0).normal(0, 4, (54, 2)).astype(
        np.float32
    )
    found = calibrate({**views, "bent": bent}, BOARD, SIZE)
    assert "bent" in found.dropped and "bent" not in found.errors
    assert found.error < 0.3
    assert found.lens.matrix[0, 0] == pytest.approx(MATRIX[0, 0], rel=0.01)


def test_too_few_images_are_refused(views: dict[str, Corners]) -> None:
    with pytest.raises(TankError, match="seen in 3 images; at least 4"):
        calibrate(dict(list(views.items())[:3]), BOARD, SIZE)


def test_views_that_are_all_alike_are_no_lens(views: dict[str, Corners]) -> None:
    """A board held flat before the camera says nothing of its distance.

    Focal length and distance trade.
    """
    there, _ = cv2.projectPoints(
        BOARD.points, np.zeros(3), np.array([-0.1, -0.06, 0.4]), MATRIX, np.zeros(5)
    )
    dice = np.random.default_rng(2)
    flat = {
        str(i): (there.reshape(-1, 2) + dice.normal(0, 0.5, (54, 2))).astype(np.float32)
        for i in range(6)
    }
    try:
        found = calibrate(flat, BOARD, SIZE)
    except TankError as error:
        assert "tilt the board" in str(error)
    else:
        pytest.fail(f"taken for a lens: {found.lens}")


def test_an_image_without_a_board_has_no_corners() -> None:
    assert find_corners(np.full((480, 640, 3), 128, np.uint8), BOARD) is None


def test_the_verdict_follows_the_error() -> None:
    lens = Lens(MATRIX, DISTORTION)
    verdicts = [
        Calibration(lens, SIZE, {"1": error}, {}).verdict.split(":")[0] for error in (0.1, 0.8, 3.0)
    ]
    assert verdicts == ["good", "fair", "poor"]


def test_the_file_is_read_again(tmp_path: Path) -> None:
    path = str(tmp_path / "camera.yaml")
    save_camera(Calibration(Lens(MATRIX, DISTORTION), SIZE, {"1": 0.1}, {}), path, "head")
    lens, size = load_camera(path)
    assert (lens.matrix == MATRIX).all() and (lens.distortion == DISTORTION).all() and size == SIZE
    data = yaml.safe_load(Path(path).read_text())
    assert (data["camera_name"], data["distortion_model"], data["image_width"]) == (
        "head",
        "plumb_bob",
        640,
    )
    assert [
        data[key]["rows"] * data[key]["cols"] == len(data[key]["data"])
        for key in data
        if key.endswith(("matrix", "coefficients"))
    ] == [True] * 4


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("distortion_model", "equidistant", "equidistant.*plumb_bob"),
        (
            "camera_matrix",
            {"rows": 3, "cols": 3, "data": [1.0] * 8},
            "camera_matrix is 3 x 3 with 8 numbers",
        ),
        (
            "camera_matrix",
            {"rows": 3, "cols": 3, "data": [0.0] * 9},
            r"camera_matrix.*must be \[\[fx, 0, cx\]",
        ),
        (
            "distortion_coefficients",
            {"rows": 1, "cols": 5, "data": [0, 0, 0, 0, "x"]},
            "distortion_coefficients.*'x' is not a number",
        ),
        ("image_width", None, "image_width is None; give a whole number, 1 to 20000 px"),
        ("focus", 1, "'focus' is not known"),
    ],
)
def test_a_wrong_file_is_refused_in_one_line(
    key: str, value: object, words: str, tmp_path: Path
) -> None:
    path = tmp_path / "camera.yaml"
    save_camera(Calibration(Lens(MATRIX, DISTORTION), SIZE, {"1": 0.1}, {}), str(path))
    path.write_text(yaml.safe_dump({**yaml.safe_load(path.read_text()), key: value}))
    with pytest.raises(TankError, match=words) as refused:
        load_lens(str(path))
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(TankError, match=r"none.yaml does not exist.*./tank calibrate camera"):
        load_lens(str(tmp_path / "none.yaml"))


@pytest.mark.parametrize("text", ["9", "9x", "9x6x2", "2x6", "-9x6", "axb"])
def test_a_board_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(TankError, match="9x6"):
        parse_board(text, 0.025)


@pytest.mark.parametrize("square", [25.0, 0.0, float("nan")])
def test_a_square_in_other_units_is_refused(square: float) -> None:
    with pytest.raises(TankError, match="meters"):
        parse_board("9x6", square)


def test_a_picture_is_taken_of_a_still_board_at_a_new_place_only() -> None:
    place = BOARD.points[:, :2] * 1000 + 100
    still = StillBoard(SIZE)
    assert [still.step(corners) for corners in (None, place, place, place)] == [
        False,
        False,
        True,
        False,
    ]
    assert not still.step(place + 60) and still.step(place + 61)
    # the same place, read from the other end
    assert not still.step(place[::-1] + 61) and not still.step(place[::-1] + 61)
    assert not still.step(None) and not still.step(place + 150), "it has just come"
    assert len(still.kept) == 2


def test_coverage_shows_where_corners_were() -> None:
    corner = np.array([[1.0, 1.0], [639.0, 479.0]], np.float32)
    lines = coverage([corner], SIZE).splitlines()
    assert (lines[0][0], lines[-1][-1]) == ("#", "#") and "".join(lines).count("#") == 2
