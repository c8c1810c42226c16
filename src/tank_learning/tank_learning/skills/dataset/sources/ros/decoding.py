"""Decodes a recording of a robot into events, in the order in which they came."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from geometry_msgs.msg import Twist, TwistStamped
from nav_msgs.msg import Odometry as OdometryMsg
from rclpy.serialization import deserialize_message
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import CompressedImage, Image
from sensor_msgs.msg import JointState as JointStateMsg
from std_msgs.msg import Bool, Header, String
from trajectory_msgs.msg import JointTrajectory as JointTrajectoryMsg

from tank_client.ros.messages import report_from_ros
from tank_core.io.one_line import quoted
from tank_core.ros import conversions as convert
from tank_core.ros import interfaces as names
from tank_core.ros.images.conversions import image_from_ros, jpeg_from_ros
from tank_core.state import CameraFrame
from tank_executor.running.hands import hands_from_text
from tank_learning.skills.dataset.sources.recorded import (
    Halted,
    JointSample,
    News,
    RecordedEvent,
    RecordingSummary,
    Stopped,
    WorldReset,
)
from tank_msgs.msg import ExecutionStatus
from tank_recording.bag import RecordingError
from tank_recording.definitions import same_meaning
from tank_recording.reading import Recording
from tank_recording.ros.types import definition

KINDS: dict[str, tuple[Any, ...]] = {
    names.ODOM: (OdometryMsg,),
    names.JOINT_STATES: (JointStateMsg,),
    names.COMPRESSED_IMAGE: (CompressedImage,),
    names.IMAGE: (Image,),
    names.CMD_VEL: (TwistStamped, Twist),
    names.JOINT_TRAJECTORY: (JointTrajectoryMsg,),
    names.STOPPED: (Bool,),
    names.ROBOT_STOPPED: (Bool,),
    names.EXECUTION_STATUS: (ExecutionStatus,),
    names.TELEOP_STATE: (String,),
    names.WORLD_RESET: (Header,),
    names.CLOCK: (Clock,),
    names.ROBOT_DESCRIPTION: (String,),
}
NEEDED = (names.ODOM, names.JOINT_STATES, names.CMD_VEL)
STAMPED = (names.ODOM, names.JOINT_STATES, names.EXECUTION_STATUS)


class RobotRecording:
    """The part of a recording that is about one robot.

    Raises RecordingError where a topic is missing, or its type means something else today.
    """

    def __init__(self, recording: Recording, images: bool) -> None:
        self._recording = recording
        path, base = quoted(str(recording.path)), _namespace(recording)
        self._base = base
        there = {f"{base}{name}" if name != names.CLOCK else name: name for name in KINDS}
        self._topics = {topic: name for topic, name in there.items() if topic in recording.topics}
        known = set(self._topics.values())
        missing = [name for name in NEEDED if name not in known]
        if missing:
            raise RecordingError(
                f"{path} has no {' and no '.join(missing)}, so what the robot did is not known; "
                f"record {', '.join(NEEDED)}, or all"
            )
        pictures = known & {names.COMPRESSED_IMAGE, names.IMAGE}
        if images and not pictures:
            raise RecordingError(
                f"{path} has no {names.COMPRESSED_IMAGE}; record it, or say --no-images"
            )
        # one picture is enough, and the JPEG is the smaller
        unwanted = {names.IMAGE} if names.COMPRESSED_IMAGE in pictures else set()
        unwanted = unwanted if images else pictures
        self._topics = {one: name for one, name in self._topics.items() if name not in unwanted}
        for topic in map(recording.topics.__getitem__, self._topics):
            if not same_meaning(topic.definition, definition(topic.type)):
                raise RecordingError(
                    f"{path} was recorded with another {topic.type} than today's; record it again"
                )
        self._now = 0.0
        self.broken = 0  # images that could not be read

    @property
    def told(self) -> RecordingSummary:
        """The recording in short: when it was begun, and what it tells of."""
        began = datetime.fromtimestamp(self._recording.start * 1e-9, UTC)
        counts = {
            name: sum(file.counts.get(topic, 0) for file in self._recording.files)
            for topic, name in self._topics.items()
        }
        plans, hands = counts.get(names.EXECUTION_STATUS, 0), counts.get(names.TELEOP_STATE, 0)
        return RecordingSummary(f"{began:%Y-%m-%d %H:%M:%S}", bool(plans), bool(hands))

    @property
    def robot(self) -> str:
        """The robot's name in its description; empty where there is none."""
        topic = f"{self._base}{names.ROBOT_DESCRIPTION}"
        for message in self._recording.messages([topic]) if topic in self._topics else ():
            try:
                return ET.fromstring(deserialize_message(message.data, String).data).get("name", "")
            except ET.ParseError:
                return ""
        return ""

    def events(self) -> Iterator[RecordedEvent]:
        """All that happened, at the robot's own time when it came."""
        for message in self._recording.messages(self._topics):
            name = self._topics[message.topic]
            kind = _kind(self._recording.topics[message.topic].type, name)
            decoded = deserialize_message(message.data, kind)
            if name in STAMPED:
                self._now = max(self._now, convert.time_from_ros(decoded.header.stamp))
            elif name == names.CLOCK:
                self._now = max(self._now, convert.time_from_ros(decoded.clock))
            news = self._news(name, decoded)
            if news is not None:
                yield RecordedEvent(self._now, news)

    def _news(self, name: str, message: Any) -> News | None:
        if name in (names.COMPRESSED_IMAGE, names.IMAGE):
            return self._image(image_from_ros if name == names.IMAGE else jpeg_from_ros, message)
        translate = _TRANSLATE.get(name)
        return None if translate is None else translate(message)

    def _image(self, convert_image: Callable[[Any], CameraFrame], message: Any) -> News | None:
        try:
            return convert_image(message)
        except ValueError:
            self.broken += 1
            return None


def _kind(type_name: str, name: str) -> Any:
    kind = next((one for one in KINDS[name] if type_name.endswith(f"/{one.__name__}")), None)
    if kind is None:
        wanted = " or ".join(one.__name__ for one in KINDS[name])
        raise RecordingError(f"{name} was recorded as {type_name}; it must be {wanted}")
    return kind


def _twist(message: Any) -> News:
    twist = message.twist if isinstance(message, TwistStamped) else message
    return Halted() if convert.twist_fault(twist) else convert.twist_from_ros(twist)


def _joints(message: JointStateMsg) -> News | None:
    try:
        return JointSample(convert.joints_from_ros(message))
    except ValueError:
        return None  # one that no reader can take; the next ones count


_TRANSLATE: dict[str, Callable[[Any], News | None]] = {
    names.ODOM: convert.odometry_from_ros,
    names.JOINT_STATES: _joints,
    names.CMD_VEL: _twist,
    names.JOINT_TRAJECTORY: convert.trajectory_from_ros,
    names.STOPPED: lambda message: Stopped(names.STOPPED, message.data),
    names.ROBOT_STOPPED: lambda message: Stopped(names.ROBOT_STOPPED, message.data),
    names.EXECUTION_STATUS: report_from_ros,
    names.TELEOP_STATE: lambda message: hands_from_text(message.data),
    names.WORLD_RESET: lambda _: WorldReset(),
}


def _namespace(recording: Recording) -> str:
    """The prefix of the recorded robot's topics, with the last slash."""
    ends = [one for one in recording.topics if one.endswith(f"/{names.JOINT_STATES}")]
    if len(ends) > 1:
        raise RecordingError(
            f"{quoted(str(recording.path))} has several robots ({', '.join(sorted(ends))}); "
            "record one alone, by --topics"
        )
    return ends[0].removesuffix(names.JOINT_STATES) if ends else "/"
