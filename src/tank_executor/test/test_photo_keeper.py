"""Pictures are kept whole, told apart, and not for ever."""

import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from tank_core.geometry import Pose2D
from tank_core.ros.images.encodings import encode_jpeg
from tank_executor.findings import Photo, PhotoRequest
from tank_executor.photo_keeper import PhotoKeeper, details_of, is_whole

RGB = np.full((48, 64, 3), (200, 30, 30), np.uint8)
JPEG = encode_jpeg(RGB, 90)
REQUEST = PhotoRequest(1.0, Pose2D(1.0, -2.0, 0.5), 271.0)


def test_a_picture_tells_when_and_where_it_was_taken(tmp_path: Path) -> None:
    keeper = PhotoKeeper(tmp_path / "photos")
    photo, data = keeper.keep(JPEG + bytes(100), 12.5, REQUEST)
    assert photo == Photo(str(next((tmp_path / "photos").iterdir())), 12.5, REQUEST.pose, 271.0)
    assert Path(photo.path).read_bytes() == data and is_whole(data)
    assert details_of(data) == {
        "time_s": 12.5, "x_m": 1.0, "y_m": -2.0, "yaw_deg": 28.65, "heading_deg": 271.0
    }  # fmt: skip
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert image.shape == RGB.shape and abs(int(image[0, 0, 2]) - 200) < 8


def test_the_oldest_go_first_and_nothing_else_does(tmp_path: Path) -> None:
    keeper = PhotoKeeper(tmp_path, most=3)
    (tmp_path / "mine.jpg").touch()
    for number in range(5):
        photo, _ = keeper.keep(JPEG, float(number), REQUEST)
        os.utime(photo.path, (number, number))
    left = sorted(path.name[:14] for path in tmp_path.iterdir())
    assert left == ["mine.jpg", "photo_00002.00", "photo_00003.00", "photo_00004.00"]


def test_the_same_picture_is_one_file_and_a_real_clock_is_told_as_a_date(tmp_path: Path) -> None:
    keeper = PhotoKeeper(tmp_path)
    for time in (0.0, 0.0, 1.7e9):
        photo, _ = keeper.keep(JPEG, time, REQUEST)
    assert len(list(tmp_path.iterdir())) == 2
    assert Path(photo.path).name.startswith("photo_2023-11-14_22-13-20_")


def test_a_folder_that_cannot_be_written_is_told_with_its_cure(tmp_path: Path) -> None:
    (tmp_path / "photos").touch()
    reason = PhotoKeeper(tmp_path / "photos").keep(JPEG, 0.0, REQUEST)
    assert isinstance(reason, str) and "XDG_STATE_HOME" in reason and "\n" not in reason


@pytest.mark.parametrize("data", [b"", JPEG[:-200], b"\x89PNG" + JPEG, JPEG[2:]])
def test_what_is_cut_off_is_not_whole(data: bytes) -> None:
    assert is_whole(JPEG + bytes(7)) and not is_whole(data)
