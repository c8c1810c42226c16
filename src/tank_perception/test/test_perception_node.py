"""The node: which images are looked at, from where, and what goes out.

Then with the simulator, and nothing made up.
"""

import math
import threading
import time
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import numpy as np
import pytest

pytest.importorskip("rclpy", reason="ROS 2 is not installed here")

from geometry_msgs.msg import TwistStamped
from nav_msgs.msg import Odometry
from rclpy.parameter import Parameter
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import CameraInfo, CompressedImage, Image, JointState
from tf2_msgs.msg import TFMessage
from visualization_msgs.msg import Marker, MarkerArray

from tank_core.robot import Robot
from tank_core.robot.frames import Transform, about, camera_frames
from tank_core.ros import conversions as convert
from tank_core.ros import interfaces as names
from tank_core.ros.images.conversions import image_from_ros, image_to_ros, jpeg_to_ros
from tank_core.ros.tank_messages import detections_from_ros
from tank_core.ros.testing import Bench
from tank_core.state import CameraFrame, Detection, Detections, Pose2D
from tank_core.state import JointState as Joint
from tank_msgs.msg import DetectedObjectArray
from tank_perception.perception import Perception
from tank_perception.perception_node import TRANSFORM_PATIENCE_S, PerceptionNode
from tank_perception.view import Lens, View
from tank_sim.sim_node import SimNode

BALL = Detection(
    4,
    "blue",
    "ball",
    (0.5, 0.1, 0.02),
    (0.04, 0.04, 0.04),
    0.75,
    0.0,
    (1e-4, 0.0, 0.0) * 3,
    (10, 20, 30, 40),
)


class Script:
    """Stands in for Perception where the node's own doings are looked at.

    Keeps what it was shown, and sees what it is told to.
    """

    def __init__(self, robot: Robot, colors: object) -> None:
        self.shown: list[tuple[CameraFrame, View, Lens]] = []
        self.sees: tuple[Detection, ...] = (BALL,)
        self.resets = 0
        self.open = threading.Event()
        self.open.set()

    def observe(self, frame: CameraFrame, view: View, lens: Lens) -> Detections:
        self.shown.append((frame, view, lens))
        assert self.open.wait(20.0)
        return Detections(frame.time, self.sees)

    def reset(self) -> None:
        self.resets += 1

    @property
    def times(self) -> list[float]:
        return [round(frame.time, 3) for frame, _, _ in self.shown]


class Robots:
    """The robot's side of the topics, told by hand.

    It turns at 1 rad/s, driving 0.5 m/s along odom's x.
    """

    def __init__(self, node: PerceptionNode, bench: Bench, robot: Robot) -> None:
        self.node, self.bench, self.robot = node, bench, robot
        self.detections = bench.listen(DetectedObjectArray, names.DETECTIONS, names.RELIABLE)
        self.status = bench.diagnostics()
        self._clock = bench.publisher(Clock, names.CLOCK, names.STREAM)
        self._tf = bench.publisher(TFMessage, names.TF, names.TF_QOS)
        self._static = bench.publisher(TFMessage, names.TF_STATIC, names.LATCHED)
        self._joints = bench.publisher(JointState, names.JOINT_STATES, names.STREAM)
        self._images: dict[type, Any] = {}
        fixed = camera_frames(
            robot.camera, names.BASE_FRAME, names.CAMERA_FRAME, names.OPTICAL_FRAME
        )
        self._static.publish(convert.transforms_to_ros(fixed, 0.0))
        bench.wait(
            lambda: names.OPTICAL_FRAME in node._viewpoints._whereabouts.transforms.frames(),
            "the fixed frames",
        )

    @property
    def eyes(self) -> Script:
        eyes = self.node._perception
        assert isinstance(eyes, Script)
        return eyes

    def clock(self, seconds: float) -> None:
        self._clock.publish(Clock(clock=convert.time_to_ros(seconds)))
        self.bench.wait(lambda: abs(self.node._now() - seconds) < 1e-6, "the clock")

    def state(self, seconds: float) -> None:
        """tf and joint_states of a time."""
        self._joints.publish(convert.joints_to_ros({"arm_yaw": Joint(seconds)}, seconds))
        pose = Transform(
            names.ODOM_FRAME, names.BASE_FRAME, (0.5 * seconds, 0.0, 0.0), about((0, 0, 1), seconds)
        )
        self._tf.publish(convert.transforms_to_ros([pose], seconds))

    def moment(self, seconds: float) -> None:
        """The clock, and tf and joints a little before and after."""
        self.clock(seconds)
        for moment in (seconds - 0.01, seconds + 0.01):
            self.state(moment)
        self.bench.wait(lambda: self._knows(seconds), "the transforms")

    def _knows(self, seconds: float) -> bool:
        try:
            return "arm_yaw" in self.node._viewpoints.view(names.OPTICAL_FRAME, seconds, 0.0).joints
        except LookupError:
            return False

    def image(self, message: Any) -> None:
        if type(message) not in self._images:
            topic = names.IMAGE if isinstance(message, Image) else names.COMPRESSED_IMAGE
            self._images[type(message)] = self.bench.publisher(
                type(message), topic, names.SENSOR_DATA
            )
        self._images[type(message)].publish(message)

    def picture(self, seconds: float, gray: int = 90) -> Image:
        camera = self.robot.camera
        frame = CameraFrame(seconds, np.full((camera.height, camera.width, 3), gray, np.uint8))
        return image_to_ros(frame, seconds, names.OPTICAL_FRAME)

    def look(self, seconds: float) -> None:
        """An image of a moment at which everything is known, looked at."""
        self.moment(seconds)
        count = len(self.detections)
        self.image(self.picture(seconds))
        self.bench.wait(lambda: len(self.detections) > count, "detections")

    def drops(self, kind: str = "dropped") -> int:
        return self.node.diagnostics.health.count("perception", kind)

    def refuses(self, words: str, part: str = "perception") -> None:
        """Waits for the diagnostic that has these words."""
        self.bench.wait(
            lambda: (status := self.status(part)) is not None and words in status.message, words
        )


Start = Callable[..., Robots]


@pytest.fixture
def start(ros: ModuleType, robot: Robot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """A function from settings to the robot's side of an active node whose eyes are a Script."""
    monkeypatch.setattr("tank_perception.perception_node.Perception", Script)
    benches: list[Bench] = []

    def start_one(**settings: Any) -> Robots:
        node = make(**settings)
        benches.append(Bench(node))
        node.trigger_configure()
        node.trigger_activate()
        return Robots(node, benches[-1], robot)

    yield start_one
    for bench in benches:
        bench.close()


def make(**settings: Any) -> PerceptionNode:
    settings = {"use_sim_time": True, **settings}
    return PerceptionNode(
        parameter_overrides=[Parameter(name, value=value) for name, value in settings.items()]
    )


def test_an_image_becomes_detections_of_its_time_and_frame(start: Start) -> None:
    robots = start()
    robots.look(7.0)
    message = robots.detections[0]
    assert (message.header.frame_id, convert.time_from_ros(message.header.stamp)) == (
        names.BASE_FRAME,
        7.0,
    )
    assert detections_from_ros(message).objects == (BALL,)
    frame, view, lens = robots.perception_loop.shown[0]
    assert frame.time == 7.0 and frame.rgb.shape == (480, 640, 3) and (frame.rgb == 90).all()
    assert (view.base.x, view.base.yaw) == pytest.approx((3.5, math.remainder(7.0, math.tau)))
    assert view.joints == pytest.approx({"arm_yaw": 7.0})
    assert np.allclose(lens.matrix, Lens.of(robots.robot.camera).matrix)


def test_an_image_waits_for_its_transform(start: Start) -> None:
    robots = start()
    robots.moment(5.0)
    robots.clock(5.1)
    robots.image(robots.picture(5.1))
    robots.bench.wait(lambda: robots.node._waiting is not None, "the image")
    robots.state(5.12)
    robots.bench.wait(lambda: robots.detections, "detections")
    assert robots.perception_loop.shown[0][1].base.x == pytest.approx(2.55)


def test_a_transform_that_is_a_little_late_is_guessed(start: Start) -> None:
    robots = start()
    robots.moment(5.0)
    robots.clock(5.08)
    robots.image(robots.picture(5.08))
    robots.bench.wait(lambda: robots.detections, "detections")
    assert robots.perception_loop.shown[0][1].base.x == pytest.approx(2.54)


def test_an_image_without_a_transform_is_dropped_and_the_next_is_not(start: Start) -> None:
    robots = start()
    robots.moment(5.0)
    robots.clock(5.5)
    robots.image(robots.picture(5.5))
    robots.refuses(
        "no transform odom -> base_link at that time: odom -> base_link: it is wanted at 5.500 s "
        "and known up to 5.010 s"
    )
    assert not robots.perception_loop.shown
    robots.look(6.0)
    assert robots.perception_loop.times == [6.0]


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
    assert robots.perception_loop.times == [5.5] and robots.drops() == 0


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
    frame, view, _ = robots.perception_loop.shown[-1]
    assert frame.time == 7.0 and view.camera.translation == pytest.approx(
        robots.robot.camera.position
    )
    assert view.base.x == pytest.approx(3.5)


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
    robots.perception_loop.open.clear()
    robots.image(robots.picture(3.0))
    robots.bench.wait(lambda: robots.perception_loop.shown, "the first image")
    robots.clock(3.5)
    for moment in (3.1, 3.2, 3.3, 3.4, 3.5):
        robots.image(robots.picture(moment))
        robots.bench.wait(
            lambda moment=moment: newest_stamp(robots.node) == pytest.approx(moment),
            "the next image",
        )
    robots.perception_loop.open.set()
    robots.bench.wait(lambda: len(robots.detections) == 2, "detections")
    assert robots.perception_loop.times == [3.0, 3.5]


def newest_stamp(node: PerceptionNode) -> float:
    with node._lock:
        return convert.time_from_ros(node._newest[0].header.stamp) if node._newest else math.nan


def test_a_stop_and_all_else_goes_on_while_it_looks(start: Start) -> None:
    """The work is in a group of its own: transforms are taken meanwhile."""
    robots = start()
    robots.moment(3.0)
    robots.perception_loop.open.clear()
    robots.image(robots.picture(3.0))
    robots.bench.wait(lambda: robots.perception_loop.shown, "the image")
    robots.moment(3.2)
    robots.perception_loop.open.set()


def test_images_are_looked_at_as_often_as_the_rate_says(start: Start) -> None:
    robots = start(rate=5.0)
    came = robots.bench.listen(Image, names.IMAGE, names.SENSOR_DATA)
    for step in range(11):
        robots.moment(4.0 + step / 10)
        robots.image(robots.picture(4.0 + step / 10))
        robots.bench.wait(lambda step=step: len(came) == step + 1, "the image")
        robots.bench.wait(lambda step=step: len(robots.detections) == step // 2 + 1, "detections")
    assert robots.perception_loop.times == [4.0, 4.2, 4.4, 4.6, 4.8, 5.0]


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
    assert not robots.perception_loop.shown


def test_a_frame_that_is_not_on_tf_is_named(start: Start) -> None:
    robots = start()
    robots.moment(5.0)
    message = robots.picture(5.0)
    message.header.frame_id = "other_camera"
    robots.image(message)
    robots.refuses(
        "'other_camera' is not on tf; there are base_link, camera_link, camera_optical_frame, odom"
    )


def test_a_clock_that_goes_back_makes_it_forget(start: Start) -> None:
    robots = start()
    robots.look(50.0)
    resets = robots.perception_loop.resets
    robots.look(51.0)
    assert robots.perception_loop.resets == resets
    robots.look(2.0)
    assert robots.perception_loop.resets == resets + 1 and robots.perception_loop.times == [
        50.0,
        51.0,
        2.0,
    ]
    assert robots.perception_loop.shown[-1][1].base.x == pytest.approx(1.0)


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
    assert robots.perception_loop.shown[0][2].distortion.tolist() == info.d.tolist()
    publisher.publish(CameraInfo())
    robots.refuses("camera_info has no calibration", "camera")
    robots.look(6.0)
    assert robots.perception_loop.shown[-1][2].matrix[0, 0] == 333.0


def test_markers_come_and_go_with_the_objects(start: Start) -> None:
    robots = start()
    arrays = robots.bench.listen(MarkerArray, names.MARKERS, names.STREAM)
    robots.bench.wait(lambda: robots.node._markers_topic.get_subscription_count(), "a listener")
    robots.look(0.5)
    robots.perception_loop.sees = ()
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
    from tank_perception import perception_node

    draw = perception_node.annotate
    monkeypatch.setattr(perception_node, "annotate", lambda *args: drawn.append(1) or draw(*args))
    robots.look(5.0)
    assert not drawn
    pictures = robots.bench.listen(Image, names.DETECTIONS_IMAGE, names.STREAM)
    robots.bench.wait(lambda: robots.node._picture_topic.get_subscription_count(), "a listener")
    robots.look(6.0)
    if annotated:
        robots.bench.wait(lambda: pictures, "a picture")
        assert (image_from_ros(pictures[0]).rgb != 90).any() and image_from_ros(
            pictures[0]
        ).time == 6.0
        assert pictures[0].header.frame_id == names.OPTICAL_FRAME
    assert bool(drawn) is annotated


def test_compressed_images_are_read_too(start: Start) -> None:
    robots = start(image_transport="compressed")
    robots.moment(5.0)
    frame = CameraFrame(5.0, np.full((480, 640, 3), 90, np.uint8))
    robots.image(jpeg_to_ros(frame, 5.0, names.OPTICAL_FRAME, 90))
    robots.bench.wait(lambda: robots.detections, "detections")
    assert np.abs(robots.perception_loop.shown[0][0].rgb.astype(int) - 90).max() < 3
    robots.moment(6.0)
    robots.image(
        CompressedImage(header=convert.header(6.0, names.OPTICAL_FRAME), data=b"no picture")
    )
    robots.refuses("cannot be decoded")


def test_without_images_somebody_says_so(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tank_perception.perception_node.IMAGE_SILENCE_S", 0.1)
    robots = start()
    robots.refuses("no image on camera/image_raw for ")
    assert robots.status("perception").message.endswith(
        "is the robot running, and has it a camera?"
    )
    assert robots.status("perception").level == b"\x01"


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


def test_a_fault_in_perception_is_told_and_the_next_image_is_looked_at(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    robots = start()
    robots.moment(5.0)
    with monkeypatch.context() as patch:
        patch.setattr(robots.perception_loop, "observe", lambda *_: 1 / 0)
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


@pytest.fixture
def seeing(ros: ModuleType) -> Iterator[tuple[SimNode, PerceptionNode, Bench]]:
    """The simulator and the real thing, in a world whose one green thing, a cube, stands a meter
    away, somewhat to the left.
    """
    sim = SimNode(
        parameter_overrides=[
            Parameter(name, value=value)
            for name, value in {"use_sim_time": True, "world": "playground"}.items()
        ]
    )
    node = make()
    bench = Bench(sim, node)
    for one in (sim, node):
        one.trigger_configure()
        one.trigger_activate()
    yield sim, node, bench
    bench.close()


def place_in_odom(thing: Detection, base: Pose2D) -> tuple[float, float]:
    return base.to_world(thing.position[:2])


def test_with_the_simulator_objects_are_where_they_are_also_while_it_turns(
    seeing: tuple[SimNode, PerceptionNode, Bench],
) -> None:
    sim, _, bench = seeing
    told = bench.listen(DetectedObjectArray, names.DETECTIONS, names.RELIABLE)
    truths = bench.listen(Odometry, names.GROUND_TRUTH, names.STREAM)
    bench.wait(lambda: sim.simulation.camera_problem or greens(told), "the green cube")
    if sim.simulation.camera_problem:
        pytest.skip(sim.simulation.camera_problem)
    wheel = bench.publisher(TwistStamped, names.CMD_VEL, names.NEWEST)
    turning = TwistStamped()
    turning.twist.angular.z = 0.6

    def turned() -> bool:
        wheel.publish(turning)
        return bool(truths and convert.odometry_from_ros(truths[-1]).pose.yaw > 0.5)

    bench.wait(turned, "it to turn")
    errors = [
        error for message in told if (error := green_cube_error(sim, message, truths)) is not None
    ]
    assert len(errors) >= 3
    # at 0.6 rad/s, 40 ms amiss would be 2.5 cm
    assert sorted(errors)[len(errors) // 2] < 0.02 and max(errors) < 0.05, errors


def greens(messages: list[DetectedObjectArray]) -> list[Detection]:
    found = [thing for message in messages for thing in detections_from_ros(message).objects]
    return [thing for thing in found if thing.color == "green"]


def green_cube_error(
    sim: SimNode, message: DetectedObjectArray, truths: list[Odometry]
) -> float | None:
    """How far [m] the green cube is told from where it is, by the truth at the stamp of the
    image; None when it is not told.
    """
    stamp, found = message.header.stamp, greens([message])
    base = next(
        (convert.odometry_from_ros(truth).pose for truth in truths if truth.header.stamp == stamp),
        None,
    )
    if base is None or not found:
        return None
    assert len(found) == 1
    with sim.lock:
        cube = sim.simulation.objects()["green_cube"]
    return math.dist(place_in_odom(found[0], base), (cube.x, cube.y))
