"""A robot's side of perception's topics, and a perception that is scripted."""

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
from rclpy.parameter import Parameter
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import Image, JointState
from tf2_msgs.msg import TFMessage

from tank_core.robot import Robot
from tank_core.robot.frames import Transform, about, camera_frames
from tank_core.ros import conversions as convert
from tank_core.ros import interfaces as names
from tank_core.ros.images.conversions import image_to_ros
from tank_core.ros.testing import Bench
from tank_core.state import CameraFrame, Detection, Detections
from tank_core.state import JointState as Joint
from tank_msgs.msg import DetectedObjectArray
from tank_perception.perception_node import PerceptionNode
from tank_perception.view import Lens, View

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


class ScriptedPerception:
    """A stand-in for Perception, where the node's own doings are looked at.

    It keeps what it was shown, and sees what it is told to.
    """

    def __init__(self, robot: Robot, colors: object, halve: bool) -> None:
        self.shown: list[tuple[CameraFrame, View, Lens]] = []
        self.sees: tuple[Detection, ...] = (BALL,)
        self.resets = 0
        self.open = threading.Event()
        self.open.set()

    def observe(self, frame: CameraFrame, view: View, lens: Lens) -> Detections:
        self.shown.append((frame, view, lens))
        assert self.open.wait(60.0)
        return Detections(frame.time, self.sees)

    def reset(self) -> None:
        self.resets += 1

    @property
    def times(self) -> list[float]:
        return [round(frame.time, 3) for frame, _, _ in self.shown]


class RobotTopics:
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
    def perception(self) -> ScriptedPerception:
        perception = self.node._perception
        assert isinstance(perception, ScriptedPerception)
        return perception

    def clock(self, seconds: float) -> None:
        self._clock.publish(Clock(clock=convert.time_to_ros(seconds)))
        self.bench.wait(lambda: abs(self.node._now() - seconds) < 1e-6, "the clock")

    def state(self, seconds: float) -> None:
        """Publish tf and joint_states of a time."""
        self._joints.publish(convert.joints_to_ros({"arm_yaw": Joint(seconds)}, seconds))
        pose = Transform(
            names.ODOM_FRAME, names.BASE_FRAME, (0.5 * seconds, 0.0, 0.0), about((0, 0, 1), seconds)
        )
        self._tf.publish(convert.transforms_to_ros([pose], seconds))

    def moment(self, seconds: float) -> None:
        """Publish the clock, and tf and joints a little before and after."""
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
        """Publish an image at a time when everything is known; it is seen."""
        self.moment(seconds)
        count = len(self.detections)
        self.image(self.picture(seconds))
        self.bench.wait(lambda: len(self.detections) > count, "detections")

    def drops(self, kind: str = "dropped") -> int:
        return self.node.diagnostics.health.count("perception", kind)

    def refuses(self, words: str, part: str = "perception") -> None:
        """Wait for the diagnostic that has these words."""
        self.bench.wait(
            lambda: (status := self.status(part)) is not None and words in status.message, words
        )


Start = Callable[..., RobotTopics]


def make(**settings: Any) -> PerceptionNode:
    settings = {"use_sim_time": True, **settings}
    return PerceptionNode(
        parameter_overrides=[Parameter(name, value=value) for name, value in settings.items()]
    )
