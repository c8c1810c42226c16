"""Pictures of files, folders, worlds and topics.

And one line for a source that gives none.
"""

from __future__ import annotations

import argparse
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest

from tank_cli.calibrate.image_sources import Picture, add_sources, is_live, stills, stream
from tank_core.exceptions import TankError
from tank_core.state import CameraFrame
from tank_core.testing.own_domain import own_domain

DOMAIN = own_domain()

RED = np.full((40, 60, 3), (200, 10, 20), np.uint8)


def options(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_sources(parser, world=True)
    return parser.parse_args(words)


def save(path: Path, rgb: np.ndarray) -> str:
    assert cv2.imwrite(str(path), rgb[:, :, ::-1])
    return str(path)


def test_files_and_folders_are_read_in_order_as_rgb(tmp_path: Path) -> None:
    folder = tmp_path / "shots"
    folder.mkdir()
    for name in ("b.png", "a.png"):
        save(folder / name, RED)
    (folder / "notes.txt").write_text("no image")
    pictures = stills(options("--image", save(tmp_path / "z.png", RED), str(folder)))
    assert [picture.name for picture in pictures] == ["z.png", "a.png", "b.png"]
    assert all((picture.rgb == RED).all() for picture in pictures)


def test_what_is_no_image_is_told(tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("not a picture")
    (tmp_path / "empty.png").touch()
    (tmp_path / "folder").mkdir()
    for name, words in (
        ("text.png", "no image"),
        ("empty.png", "no image"),
        ("none.png", "does not exist"),
        ("folder", "has no image"),
    ):
        with pytest.raises(TankError, match=words):
            stills(options("--image", str(tmp_path / name)))


@pytest.mark.parametrize(
    "words", [(), ("--world", "cells", "--device", "0"), ("--image", "a.png", "--topic")]
)
def test_one_source_is_wanted(words: tuple[str, ...]) -> None:
    with pytest.raises(TankError, match="one source"):
        is_live(options(*words))


def test_which_sources_go_on() -> None:
    words = {
        "--image a.png": False,
        "--world cells": False,
        "--topic": True,
        "--topic /eye": True,
        "--device 0": True,
    }
    assert {given: is_live(options(*given.split())) for given in words} == words


def test_a_world_is_seen_by_the_robots_camera() -> None:
    try:
        pictures = stills(options("--world", "cells"))
    except TankError as error:
        pytest.skip(str(error))
    assert len(pictures) == 1 and pictures[0].rgb.shape == (480, 640, 3)
    assert (pictures[0].rgb == stills(options("--world", "cells"))[0].rgb).all()


def test_an_unknown_world_is_refused() -> None:
    with pytest.raises(TankError, match="nowhere"):
        stills(options("--world", "nowhere"))


def test_a_camera_that_is_not_there_is_told() -> None:
    with pytest.raises(TankError, match="camera 97 does not open"):
        stills(options("--device", "97"))


class FakeCapture:
    """A camera whose images are numbered by their brightness.

    It breaks after the twentieth.
    """

    released = 0

    def __init__(self, *_: int) -> None:
        self.count = 0

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        return True

    def read(self) -> tuple[bool, np.ndarray]:
        self.count += 1
        return self.count <= 20, np.full((4, 4, 3), (1, 2, self.count), np.uint8)

    def release(self) -> None:
        FakeCapture.released += 1


def test_a_device_is_let_warm_up_and_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cv2, "VideoCapture", FakeCapture)
    FakeCapture.released = 0
    assert stills(options("--device", "0"))[0].rgb[0, 0].tolist() == [11, 2, 1]
    assert FakeCapture.released == 1
    with (
        closing(stream(options("--device", "0"))) as pictures,
        pytest.raises(TankError, match="gives no image"),
    ):
        for _ in pictures:
            pass
    assert FakeCapture.released == 2


class FakePiCamera(FakeCapture):
    """The same, as the driver's camera."""

    def read(self) -> Any:  # type: ignore[override]
        return SimpleNamespace(rgb=super().read()[1])

    close = FakeCapture.release


def test_a_pis_own_camera_is_let_warm_up_and_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tank_hw_driver.sensors.camera_source.PiCamera", FakePiCamera)
    FakeCapture.released = 0
    assert stills(options("--device", "picamera2"))[0].rgb[0, 0].tolist() == [1, 2, 11]
    assert FakeCapture.released == 1


@pytest.fixture
def domain(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A ROS domain where another run of the tests is not heard."""
    number = DOMAIN
    monkeypatch.setenv("ROS_DOMAIN_ID", str(number))
    monkeypatch.setenv("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
    yield number


def test_the_images_of_a_topic(domain: int) -> None:
    rclpy = pytest.importorskip("rclpy", reason="ROS 2 is not installed here")
    from sensor_msgs.msg import Image

    from tank_core.ros import interfaces as names
    from tank_core.ros.images.conversions import image_to_ros

    context = rclpy.Context()
    rclpy.init(args=[], context=context, domain_id=domain)
    node = rclpy.create_node("camera", context=context)
    publisher = node.create_publisher(Image, names.IMAGE, names.SENSOR_DATA)
    ended = threading.Event()

    def publish() -> None:
        while not ended.wait(0.05):
            publisher.publish(image_to_ros(CameraFrame(0.0, RED), 1.0, "camera"))

    thread = threading.Thread(target=publish)
    thread.start()
    try:
        first = stills(options("--topic"))
        with closing(stream(options("--topic", names.IMAGE))) as pictures:
            more: list[Picture] = [next(pictures) for _ in range(2)]
    finally:
        ended.set()
        thread.join()
        node.destroy_node()
        context.try_shutdown()
    assert all((picture.rgb == RED).all() for picture in (*first, *more))


def test_a_topic_on_which_nothing_comes_is_told(
    domain: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("rclpy", reason="ROS 2 is not installed here")
    monkeypatch.setattr("tank_cli.ros.image_topic.WAIT_S", 0.2)
    with pytest.raises(TankError, match=r"no image came on /nobody within 0.2 s"):
        stills(options("--topic", "/nobody"))
