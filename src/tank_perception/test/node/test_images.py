"""The node looks at the newest good image, as often as it should."""

import math
from typing import Any

import numpy as np
import pytest

pytest.importorskip("rclpy", reason="ROS 2 is not installed here")

from perception_topics import Start
from sensor_msgs.msg import CameraInfo, CompressedImage, Image
from std_msgs.msg import Header

from tank_core.robot import Robot
from tank_core.ros import conversions as convert
from tank_core.ros import interfaces as names
from tank_core.ros.images.conversions import image_to_ros, jpeg_to_ros
from tank_core.state import CameraFrame
from tank_perception.perception import Perception
from tank_perception.perception_node import PerceptionNode


def newest_stamp(node: PerceptionNode) -> float:
    with node._lock:
        return convert.time_from_ros(node._newest[0].header.stamp) if node._newest else math.nan


@pytest.mark.slow
def test_a_second_camera_on_the_topic_is_told(start: Start) -> None:
    robots = start()
    for _ in range(2):
        robots.bench.publisher(Image, names.IMAGE, names.SENSOR_DATA)
    robots.refuses(
        "2 senders on camera/image_raw; end all but one, or remap their topics", "camera"
    )


def test_only_the_newest_of_those_that_came_meanwhile_is_looked_at(start: Start) -> None:
    robots = start(rate=60.0)
    robots.moment(3.0)
    for moment in np.arange(3.0, 3.6, 0.1):
        robots.state(float(moment) + 0.01)
    robots.perception.open.clear()
    robots.image(robots.picture(3.0))
    robots.bench.wait(lambda: robots.perception.shown, "the first image")
    robots.clock(3.5)
    for moment in (3.1, 3.2, 3.3, 3.4, 3.5):
        robots.image(robots.picture(moment))
        robots.bench.wait(
            lambda moment=moment: newest_stamp(robots.node) == pytest.approx(moment),
            "the next image",
        )
    robots.perception.open.set()
    robots.bench.wait(lambda: len(robots.detections) == 2, "detections")
    assert robots.perception.times == [3.0, 3.5]


def test_a_stop_and_all_else_goes_on_while_it_looks(start: Start) -> None:
    """The work is in a group of its own: transforms are taken meanwhile."""
    robots = start()
    robots.moment(3.0)
    robots.perception.open.clear()
    robots.image(robots.picture(3.0))
    robots.bench.wait(lambda: robots.perception.shown, "the image")
    robots.moment(3.2)
    robots.perception.open.set()


def test_images_are_looked_at_as_often_as_the_rate_says(start: Start) -> None:
    robots = start(rate=5.0)
    came = robots.bench.listen(Image, names.IMAGE, names.SENSOR_DATA)
    for step in range(11):
        robots.moment(4.0 + step / 10)
        robots.image(robots.picture(4.0 + step / 10))
        robots.bench.wait(lambda step=step: len(came) == step + 1, "the image")
        robots.bench.wait(lambda step=step: len(robots.detections) == step // 2 + 1, "detections")
    assert robots.perception.times == [4.0, 4.2, 4.4, 4.6, 4.8, 5.0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"encoding": "mono8"}, "image encoding is 'mono8': no color can be told from gray"),
        ({"encoding": "theora"}, "image encoding is 'theora'; known are rgb8, bgr8"),
        ({"width": 320, "step": 960, "height": 960}, "image is 320 x 960"),
        ({"data": b"123"}, "image has 3 bytes"),
    ],
)
def test_an_image_that_is_none_is_told_and_the_next_is_looked_at(
    start: Start, change: dict[str, Any], words: str
) -> None:
    robots = start()
    robots.moment(5.0)
    message = robots.picture(5.0)
    for name, value in change.items():
        setattr(message, name, value)
    robots.image(message)
    robots.refuses(words)
    robots.look(5.5)


@pytest.mark.parametrize(
    ("stamp", "words"),
    [(0.0, "it has no stamp"), (3.0, "its stamp is 2 s old"), (9.0, "4 s in the future")],
)
def test_an_image_of_another_time_is_dropped(start: Start, stamp: float, words: str) -> None:
    robots = start()
    robots.moment(5.0)
    robots.image(robots.picture(stamp))
    robots.refuses(words)
    assert not robots.perception.shown


def test_a_world_that_was_reset_is_forgotten_with_its_images(start: Start) -> None:
    robots = start()
    robots.look(5.0)
    resets, publisher = (
        robots.perception.resets,
        robots.bench.publisher(Header, names.WORLD_RESET, names.RELIABLE),
    )
    publisher.publish(Header(stamp=convert.time_to_ros(5.3), frame_id=names.ODOM_FRAME))
    robots.bench.wait(lambda: robots.perception.resets == resets + 1, "it to forget")
    robots.moment(5.3)
    robots.image(robots.picture(5.2))
    robots.refuses("it shows the world before it was reset")
    robots.look(5.5)
    robots.look(1.0)  # the simulation was started again: what was told is of another time
    assert robots.perception.times == [5.0, 5.5, 1.0]


def test_a_clock_that_goes_back_makes_it_forget(start: Start) -> None:
    robots = start()
    robots.look(50.0)
    resets = robots.perception.resets
    robots.look(51.0)
    assert robots.perception.resets == resets
    robots.look(2.0)
    assert robots.perception.resets == resets + 1 and robots.perception.times == [
        50.0,
        51.0,
        2.0,
    ]
    assert robots.perception.shown[-1][1].base.x == pytest.approx(1.0)


def test_the_lens_is_that_of_camera_info(start: Start) -> None:
    robots = start()
    info = convert.camera_info_to_ros(robots.robot.camera, 1.0, names.OPTICAL_FRAME)
    info.k[0], info.d = 333.0, [0.1, 0.0, 0.0, 0.0, 0.0]
    publisher = robots.bench.publisher(CameraInfo, names.CAMERA_INFO, names.SENSOR_DATA)
    publisher.publish(info)
    robots.bench.wait(
        lambda: robots.node._viewpoints.lens(names.OPTICAL_FRAME, 0.0)[0].matrix[0, 0] == 333.0,
        "camera_info",
    )
    robots.look(5.0)
    assert robots.perception.shown[0][2].distortion.tolist() == info.d.tolist()
    publisher.publish(CameraInfo())
    robots.refuses("camera_info has no calibration", "camera")
    robots.look(6.0)
    assert robots.perception.shown[-1][2].matrix[0, 0] == 333.0


def test_compressed_images_are_read_too(start: Start) -> None:
    robots = start(image_transport="compressed")
    robots.moment(5.0)
    frame = CameraFrame(5.0, np.full((480, 640, 3), 90, np.uint8))
    robots.image(jpeg_to_ros(frame, 5.0, names.OPTICAL_FRAME, 90))
    robots.bench.wait(lambda: robots.detections, "detections")
    assert np.abs(robots.perception.shown[0][0].rgb.astype(int) - 90).max() < 3
    robots.moment(6.0)
    robots.image(
        CompressedImage(header=convert.header(6.0, names.OPTICAL_FRAME), data=b"no picture")
    )
    robots.refuses("cannot be decoded")


def test_an_image_that_is_too_small_to_see_in_is_told_in_words(
    start: Start, robot: Robot, monkeypatch: pytest.MonkeyPatch
) -> None:
    robots = start()
    monkeypatch.setattr(robots.node, "_perception", Perception(robot))
    info = convert.camera_info_to_ros(robot.camera, 1.0, names.OPTICAL_FRAME)
    info.width = info.height = 2
    info.k[0] = info.k[4] = 1.0
    info.k[2] = info.k[5] = 0.5
    robots.bench.publisher(CameraInfo, names.CAMERA_INFO, names.SENSOR_DATA).publish(info)
    robots.bench.wait(
        lambda: robots.node._viewpoints.lens(names.OPTICAL_FRAME, 0.0)[1] == (2, 2), "camera_info"
    )
    robots.moment(5.0)
    robots.image(
        image_to_ros(CameraFrame(5.0, np.zeros((2, 2, 3), np.uint8)), 5.0, names.OPTICAL_FRAME)
    )
    robots.refuses(
        "image is 2 x 2 px; at least 72 x 72 are needed: set its size in the camera's driver"
    )
