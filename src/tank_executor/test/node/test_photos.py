"""Pictures and answers over topics."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from executor_peer import Peer
from sensor_msgs.msg import BatteryState, CompressedImage, Image

from tank_core.commands import Move, Report, TakePhoto, Topic
from tank_core.geometry import Pose2D
from tank_core.ros import conversions as convert
from tank_core.ros import interfaces as names
from tank_core.ros.images.conversions import image_to_ros, jpeg_to_ros
from tank_core.state import CameraFrame
from tank_core.testing.waiting import wait_for
from tank_executor.executor_node import ExecutorNode
from tank_executor.findings import Photo
from tank_executor.photo_keeper import details_of
from tank_executor.plan import PlanState
from tank_executor.ros.findings import photo_from_ros
from tank_msgs.msg import Photo as PhotoMsg

RGB = np.full((48, 64, 3), (200, 30, 30), np.uint8)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    yield tmp_path / "tank" / "photos"


def camera(peer: Peer, kind: type, make: Any) -> Any:
    """Publish images at 20 Hz, those of a moving robot included."""
    topic = names.IMAGE if kind is Image else names.COMPRESSED_IMAGE
    publisher = peer.create_publisher(kind, topic, names.SENSOR_DATA)

    def publish() -> None:
        if publisher.get_subscription_count():
            now = peer.get_clock().now().nanoseconds * 1e-9
            publisher.publish(make(CameraFrame(now, RGB), now, "camera_optical_frame"))

    peer.create_timer(0.05, publish)
    return publisher


def jpeg(*args: Any) -> CompressedImage:
    return jpeg_to_ros(*args, quality=80)


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "make"), [(CompressedImage, jpeg), (Image, image_to_ros)])
def test_a_picture_is_kept_published_and_told_and_the_camera_left_alone(
    folder: Path, peer: Peer, kind: type, make: Any
) -> None:
    publisher = camera(peer, kind, make)
    wait_for(lambda: peer.node.count_publishers(publisher.topic_name) > 0, "the camera")
    photos: list[PhotoMsg] = []
    peer.create_subscription(PhotoMsg, names.PHOTOS, photos.append, names.LAST_PHOTOS)
    assert publisher.get_subscription_count() == 0
    peer.say(Move("forward", 0.1), TakePhoto())
    outcome = peer.wait(PlanState.SUCCEEDED).outcomes[1]
    wait_for(lambda: bool(photos), "the picture")
    wait_for(lambda: publisher.get_subscription_count() == 0, "the end of the subscription")
    (path,) = folder.iterdir()
    assert outcome.photo == Photo(str(path)) and outcome.message == f"the picture is {path}"
    photo, data = photo_from_ros(photos[0])
    assert photo.path == str(path) and path.read_bytes() == data
    pose = peer.controller.state.odometry.pose
    assert photo.pose is not None and photo.pose.distance(pose) < 0.001 and pose.x > 0.09
    last = max(when for when, *twist in peer.twists if twist != [0.0, 0.0])
    offset = peer.get_clock().now().nanoseconds * 1e-9 - time.monotonic()
    assert photo.time is not None and photo.time > last + offset
    assert details_of(data)["x_m"] == pytest.approx(pose.x, abs=0.001)
    assert cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR).shape == RGB.shape
    late: list[PhotoMsg] = []
    peer.create_subscription(PhotoMsg, names.PHOTOS, late.append, names.LAST_PHOTOS)
    wait_for(lambda: len(late) == 1, "the latched picture")
    peer.say(Move("forward", 0.1), TakePhoto())
    wait_for(lambda: len(photos) == 2, "another one")
    later: list[PhotoMsg] = []
    peer.create_subscription(PhotoMsg, names.PHOTOS, later.append, names.LAST_PHOTOS)
    wait_for(lambda: [one.path for one in later] == [one.path for one in photos], "both, in order")


@pytest.mark.slow
def test_without_a_camera_it_says_so(folder: Path, peer: Peer) -> None:
    peer.say(TakePhoto())
    message = peer.wait(PlanState.FAILED).outcomes[0].message
    assert message.startswith("no camera: nobody publishes camera/image_raw or ")
    assert not folder.exists()


def test_an_answer_comes_with_its_outcome_and_sends_no_velocity(peer: Peer) -> None:
    twists = len(peer.twists)
    peer.say(Report(Topic.POSITION), Report(Topic.HOLDING))
    where, what = peer.wait(PlanState.SUCCEEDED).outcomes
    assert where.answer is not None and where.answer.pose == Pose2D()
    assert what.answer is not None and what.answer.held == ""
    assert where.message == where.answer.text and len(peer.twists) == twists


@pytest.mark.parametrize(
    ("message", "stamp", "known"),
    [
        (convert.battery_to_ros(7.5, 0.5, 99.0), 100.0, (7.5, 0.5)),
        (convert.battery_to_ros(7.5, None, 99.0), 100.0, (7.5, None)),
        (convert.battery_to_ros(7.5, 0.5, 80.0), 100.0, (None, None)),
        (convert.battery_to_ros(7.5, 0.5, 120.0), 100.0, (None, None)),
        (BatteryState(voltage=7.5, present=False), 1.0, (None, None)),
    ],
)
def test_the_battery_is_known_while_it_is_young(
    idle: ExecutorNode, message: BatteryState, stamp: float, known: tuple[Any, Any]
) -> None:
    idle._senses.on_battery(message)
    odometry = convert.odometry_to_ros(convert.Odometry(), stamp, "odom", "base_link")
    state = idle._senses.state(odometry)
    assert (state.battery_v, state.battery_charge) == known
