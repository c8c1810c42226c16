"""Images wait for their transforms; strangers on tf blind nobody for long."""

import time
from types import ModuleType

import pytest

pytest.importorskip("rclpy", reason="ROS 2 is not installed here")

from perception_topics import Start, make
from tf2_msgs.msg import TFMessage

from tank_core.robot import Robot
from tank_core.robot.frames import Transform
from tank_core.ros import conversions as convert
from tank_core.ros import interfaces as names
from tank_core.ros.testing import Bench
from tank_perception.perception_node import TRANSFORM_PATIENCE_S


def test_an_image_waits_for_its_transform(start: Start) -> None:
    robots = start()
    robots.moment(5.0)
    robots.clock(5.1)
    robots.image(robots.picture(5.1))
    robots.bench.wait(lambda: robots.node._waiting is not None, "the image")
    robots.state(5.12)
    robots.bench.wait(lambda: robots.detections, "detections")
    assert robots.perception.shown[0][1].base.x == pytest.approx(2.55)


@pytest.mark.slow
def test_a_transform_that_is_a_little_late_is_guessed(start: Start) -> None:
    robots = start()
    robots.moment(5.0)
    robots.clock(5.08)
    robots.image(robots.picture(5.08))
    robots.bench.wait(lambda: robots.detections, "detections")
    assert robots.perception.shown[0][1].base.x == pytest.approx(2.54)


@pytest.mark.slow
def test_an_image_without_a_transform_is_dropped_and_the_next_is_not(start: Start) -> None:
    robots = start()
    robots.moment(5.0)
    robots.clock(5.5)
    robots.image(robots.picture(5.5))
    robots.refuses(
        "no transform odom -> base_link at that time: odom -> base_link: it is wanted at 5.500 s "
        "and known up to 5.010 s"
    )
    assert not robots.perception.shown
    robots.look(6.0)
    assert robots.perception.times == [6.0]


@pytest.mark.slow
def test_an_image_waits_as_long_as_it_is_young_enough(start: Start) -> None:
    """As on a busy machine, where transforms are taken late."""
    robots = start(max_age=10.0)
    robots.moment(5.0)
    robots.clock(5.5)
    robots.image(robots.picture(5.5))
    robots.bench.wait(lambda: robots.node._waiting is not None, "the image")
    since = time.monotonic()
    robots.bench.wait(
        lambda: time.monotonic() - since > 3 * TRANSFORM_PATIENCE_S, "more than its patience"
    )
    assert robots.drops() == 0 and not robots.detections
    robots.state(5.52)
    robots.bench.wait(lambda: robots.detections, "detections")
    assert robots.perception.times == [5.5] and robots.drops() == 0


def test_an_image_that_is_lost_now_and_then_is_counted_and_not_logged(
    start: Start, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tank_perception.perception_node.IMAGE_SILENCE_S", 3600.0)
    robots = start()
    robots.moment(5.0)
    robots.image(robots.picture(2.0))
    robots.refuses("its stamp is 3 s old")
    assert robots.drops() == 1 and "dropped" not in capfd.readouterr().err
    monkeypatch.setattr("tank_perception.perception_node.IMAGE_SILENCE_S", 0.0)
    robots.image(robots.picture(2.0 - 0.5))
    robots.bench.wait(lambda: robots.drops() == 2, "the next to be dropped")
    robots.bench.wait(
        lambda: "an image was dropped: its stamp is 3.5 s old" in capfd.readouterr().err, "the log"
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("parent", "child"),
    [
        ("base_link", "odom"),
        ("base_link", "camera_link"),
        ("camera_link", "camera_link"),
        ("camera_optical_frame", "base_link"),
    ],
)
@pytest.mark.parametrize("topic", [names.TF, names.TF_STATIC])
def test_a_stranger_on_tf_blinds_nobody_for_longer_than_he_speaks(
    start: Start, topic: str, parent: str, child: str
) -> None:
    robots = start()
    robots.look(5.0)
    stranger = robots.bench.publisher(TFMessage, topic, names.TF_STATIC_QOS)
    senders = robots.node.count_publishers(topic)
    stranger.publish(convert.transforms_to_ros([Transform(parent, child, (9.0, 0.0, 0.0))], 5.005))
    known = robots.node._viewpoints._whereabouts.transforms

    def latched() -> float | None:
        said = known._fixed.get((parent, child))
        return said.transform.translation[0] if said is not None else None

    if parent == child:
        robots.refuses("camera_link -> camera_link is refused: a frame cannot hang on itself", "tf")
    else:
        robots.bench.wait(
            lambda: (parent, child) in known._moving if topic == names.TF else latched() == 9.0,
            "his word",
        )
    robots.bench.node.destroy_publisher(stranger)
    robots.bench.wait(lambda: robots.node.count_publishers(topic) < senders, "his end")
    robots.bench.wait(
        lambda: latched() != 9.0 and names.OPTICAL_FRAME in known.frames(),
        "his word to be forgotten, and not the robot's",
    )
    robots.look(7.0)
    frame, view, _ = robots.perception.shown[-1]
    assert frame.time == 7.0 and view.camera.translation == pytest.approx(
        robots.robot.camera.position
    )
    assert view.base.x == pytest.approx(3.5)


@pytest.mark.slow
def test_those_who_contradict_each_other_on_tf_are_named(start: Start) -> None:
    robots = start()
    robots.look(5.0)
    stranger = robots.bench.publisher(TFMessage, names.TF_STATIC, names.TF_STATIC_QOS)
    stranger.publish(
        convert.transforms_to_ros([Transform("camera_optical_frame", "base_link")], 5.0)
    )
    robots.refuses(
        "camera_optical_frame -> base_link on tf_static is not used: it would close a circle with",
        "tf",
    )
    robots.look(6.0)


def test_what_two_have_latched_is_known_to_one_who_comes_late(
    ros: ModuleType, robot: Robot
) -> None:
    """A queue of one message, as of one sender, would lose all but the last."""
    bench = Bench()
    for number in range(5):
        publisher = bench.node.create_publisher(TFMessage, names.TF_STATIC, names.LATCHED)
        publisher.publish(
            convert.transforms_to_ros([Transform("base_link", f"mast_{number}")], 0.0)
        )
    node = make()
    node.trigger_configure()
    bench.executor.add_node(node)
    frames = node._viewpoints._whereabouts.transforms.frames
    bench.wait(
        lambda: frames() == ["base_link", *(f"mast_{number}" for number in range(5))], "all of them"
    )
    bench.executor.remove_node(node)
    node.trigger_shutdown()
    bench.close()
    node.destroy_node()


@pytest.mark.slow
def test_a_frame_that_is_not_on_tf_is_named(start: Start) -> None:
    robots = start()
    robots.moment(5.0)
    message = robots.picture(5.0)
    message.header.frame_id = "other_camera"
    robots.image(message)
    robots.refuses(
        "'other_camera' is not on tf; there are base_link, camera_link, camera_optical_frame, odom"
    )
