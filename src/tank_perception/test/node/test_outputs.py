"""Detections, markers, pictures and diagnostics of an active node."""

import math
from types import ModuleType
from typing import Any

import numpy as np
import pytest

pytest.importorskip("rclpy", reason="ROS 2 is not installed here")

from perception_topics import BALL, Start, make
from sensor_msgs.msg import Image
from visualization_msgs.msg import Marker, MarkerArray

from tank_core.geometry import wrap
from tank_core.robot.frames import camera_frames
from tank_core.ros import conversions as convert
from tank_core.ros import interfaces as names
from tank_core.ros.images.conversions import image_from_ros
from tank_core.ros.tank_messages import detections_from_ros
from tank_perception.ros import outputs
from tank_perception.view import Lens


def test_an_image_becomes_detections_of_its_time_and_frame(start: Start) -> None:
    robots = start()
    robots.look(7.0)
    message = robots.detections[0]
    assert (message.header.frame_id, convert.time_from_ros(message.header.stamp)) == (
        names.BASE_FRAME,
        7.0,
    )
    assert detections_from_ros(message).objects == (BALL,)
    frame, view, lens = robots.perception.shown[0]
    assert frame.time == 7.0 and frame.rgb.shape == (480, 640, 3) and (frame.rgb == 90).all()
    assert (view.base.x, view.base.yaw) == pytest.approx((3.5, wrap(7.0)))
    assert view.joints == pytest.approx({"arm_yaw": 7.0})
    assert np.allclose(lens.matrix, Lens.of(robots.robot.camera).matrix)


def test_markers_come_and_go_with_the_objects(start: Start) -> None:
    robots = start()
    arrays = robots.bench.listen(MarkerArray, names.MARKERS, names.STREAM)
    robots.bench.wait(lambda: robots.node._outputs._shapes.get_subscription_count(), "a listener")
    robots.look(0.5)
    robots.perception.sees = ()
    robots.look(1.0)
    robots.bench.wait(lambda: len(arrays) == 2, "markers")
    assert [marker.action for array in arrays for marker in array.markers] == [
        Marker.ADD,
        Marker.ADD,
        Marker.DELETE,
        Marker.DELETE,
    ]
    shape = arrays[0].markers[0]
    turned = complex(0.5, 0.1) * complex(math.cos(0.5), math.sin(0.5)) + 0.25
    assert (shape.pose.position.x, shape.pose.position.y) == pytest.approx(
        (turned.real, turned.imag)
    )
    assert shape.header.frame_id == names.ODOM_FRAME
    robots.node.trigger_deactivate()
    robots.bench.wait(
        lambda: [marker.action for marker in arrays[-1].markers] == [Marker.DELETEALL], "their end"
    )


@pytest.mark.parametrize("annotated", [True, False])
def test_a_picture_is_drawn_for_those_who_look(
    start: Start, monkeypatch: pytest.MonkeyPatch, annotated: bool
) -> None:
    robots = start(annotate=annotated)
    drawn: list[int] = []

    draw = outputs.annotate
    monkeypatch.setattr(outputs, "annotate", lambda *args: drawn.append(1) or draw(*args))
    robots.look(5.0)
    assert not drawn
    pictures = robots.bench.listen(Image, names.DETECTIONS_IMAGE, names.STREAM)
    robots.bench.wait(lambda: robots.node._outputs._picture.get_subscription_count(), "a listener")
    robots.look(6.0)
    if annotated:
        robots.bench.wait(lambda: pictures, "a picture")
        assert (image_from_ros(pictures[0]).rgb != 90).any() and image_from_ros(
            pictures[0]
        ).time == 6.0
        assert pictures[0].header.frame_id == names.OPTICAL_FRAME
    assert bool(drawn) is annotated


@pytest.mark.slow
def test_without_images_somebody_says_so(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tank_perception.perception_node.IMAGE_SILENCE_S", 0.1)
    robots = start()
    robots.refuses("no image on camera/image_raw for ")
    assert robots.status("perception").message.endswith(
        "is the robot running, and has it a camera?"
    )
    assert robots.status("perception").level == b"\x01"


def test_a_fault_in_perception_is_told_and_the_next_image_is_looked_at(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    robots = start()
    robots.moment(5.0)
    with monkeypatch.context() as patch:
        patch.setattr(robots.perception, "observe", lambda *_: 1 / 0)
        robots.image(robots.picture(5.0))
        robots.refuses("ZeroDivisionError")
    robots.look(6.0)


def test_the_camera_is_listened_to_only_while_active(start: Start) -> None:
    robots = start()
    listeners = robots.node.count_subscribers
    assert listeners(names.IMAGE) == listeners(names.CAMERA_INFO) == 1
    robots.node.trigger_deactivate()
    robots.bench.wait(
        lambda: listeners(names.IMAGE) == listeners(names.CAMERA_INFO) == 0,
        "the camera to be let go",
    )
    robots.node.trigger_activate()
    robots.look(5.0)
    robots.node.trigger_deactivate()
    robots.node.trigger_cleanup()
    robots.node.trigger_configure()
    robots.node.trigger_activate()
    robots._static.publish(
        convert.transforms_to_ros(
            camera_frames(robots.robot.camera, "base_link", "camera_link", names.OPTICAL_FRAME), 0.0
        )
    )
    robots.look(6.0)


@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        ({"colors_file": "/no/such/file.yaml"}, "/no/such/file.yaml"),
        ({"image_transport": "theora"}, "say one of raw, compressed"),
        ({"rate": 0.0}, "between 0.2 and 60"),
        ({"robot": "toaster"}, "'toaster'"),
    ],
)
def test_bad_settings_are_refused_in_words(
    ros: ModuleType, settings: dict[str, Any], fault: str
) -> None:
    node = make(**settings)
    node.trigger_configure()
    assert fault in node.failure
    node.destroy_node()
