"""Decodes a recording of Tank into what was said, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nav_msgs.msg import Odometry
from rclpy.serialization import deserialize_message
from rosgraph_msgs.msg import Clock
from std_msgs.msg import Bool, Header, String

from tank_client.ros.messages import report_from_ros, understanding_from_ros
from tank_core.geometry import Pose2D
from tank_core.io.one_line import quoted
from tank_core.ros import interfaces as names
from tank_core.ros.conversions import time_from_ros, yaw_from_ros
from tank_executor.running.hands import DRIVEN, hands_from_text
from tank_msgs.msg import CommandList, ExecutionStatus
from tank_recording.bag import RecordingError
from tank_recording.definitions import same_meaning
from tank_recording.reading import Recording
from tank_recording.ros.types import definition
from tank_recording.said import Account

KINDS: dict[str, Any] = {
    names.COMMANDS: CommandList,
    names.EXECUTION_STATUS: ExecutionStatus,
    names.ODOM: Odometry,
    names.WORLD_RESET: Header,
    names.STOPPED: Bool,
    names.TELEOP_STATE: String,
    names.CLOCK: Clock,
}
NEEDED = (names.COMMANDS, names.EXECUTION_STATUS, names.ODOM)


def accounts(recording: Recording) -> list[Account]:
    """Accounts of what was said and done, one from each reset to the next.

    Raises RecordingError where a topic is missing, or its type means something else today.
    """
    telling = _Telling()
    known = _topics(recording)
    for message in recording.messages(known):
        name = known[message.topic]
        telling.hear(name, deserialize_message(message.data, KINDS[name]), message.at)
    return telling.accounts


def _topics(recording: Recording) -> dict[str, str]:
    """Recorded topics that tell what was said and done, with Tank's names."""
    path, base = quoted(str(recording.path)), _namespace(recording)
    found = {f"{base}{name}" if name != names.CLOCK else name: name for name in KINDS}
    if (own := f"{base.rstrip('/')}{names.CLOCK}") in recording.topics:  # one robot of several
        del found[names.CLOCK]
        found[own] = names.CLOCK
    found = {topic: name for topic, name in found.items() if topic in recording.topics}
    missing = [name for name in NEEDED if name not in found.values()]
    if missing:
        raise RecordingError(
            f"{path} has no {' and no '.join(missing)}, so what was done is not known; record "
            f"{', '.join(NEEDED)}, or all"
        )
    for topic in map(recording.topics.__getitem__, found):
        if not same_meaning(topic.definition, definition(topic.type)):
            raise RecordingError(
                f"{path} was recorded with another {topic.type} than today's; record it again"
            )
    return found


def _namespace(recording: Recording) -> str:
    """The prefix of the recorded robot's topics, with the last slash."""
    ends = [one for one in recording.topics if one.endswith(f"/{names.COMMANDS}")]
    if len(ends) > 1:
        raise RecordingError(
            f"{quoted(str(recording.path))} has several robots ({', '.join(sorted(ends))}); "
            "record one alone, by --topics"
        )
    return ends[0].removesuffix(names.COMMANDS) if ends else "/"


class _Telling:
    """Sorts messages into accounts."""

    def __init__(self) -> None:
        self.accounts = [Account()]
        self._now, self._at = 0.0, 0  # simulated [s]; when the message came [ns]
        self._pose: Pose2D | None = None
        self._hearing: dict[str, Callable[[Any], None]] = {
            names.COMMANDS: self._on_commands,
            names.EXECUTION_STATUS: self._on_status,
            names.ODOM: self._on_odometry,
            names.WORLD_RESET: self._on_reset,
            names.STOPPED: self._on_stopped,
            names.TELEOP_STATE: self._on_hands,
            names.CLOCK: self._on_clock,
        }

    def hear(self, name: str, message: Any, at: int) -> None:
        self._at = at
        self._hearing[name](message)

    @property
    def _account(self) -> Account:
        return self.accounts[-1]

    def _on_clock(self, message: Clock) -> None:
        self._now = max(self._now, time_from_ros(message.clock))

    def _on_odometry(self, message: Odometry) -> None:
        place = message.pose.pose.position
        self._pose = Pose2D(place.x, place.y, yaw_from_ros(message.pose.pose.orientation))
        self._account.starts_at(self._pose)
        self._now = max(self._now, time_from_ros(message.header.stamp))

    def _on_commands(self, message: CommandList) -> None:
        self._account.understood(understanding_from_ros(message), self._now)

    def _on_status(self, message: ExecutionStatus) -> None:
        self._now = max(self._now, time_from_ros(message.header.stamp))
        self._account.progressed(report_from_ros(message), self._pose, self._now)

    def _on_reset(self, _: Header) -> None:
        self._account.until = self._at
        self.accounts.append(self._account.after_reset())
        self._pose = None

    def _on_stopped(self, message: Bool) -> None:
        if message.data:
            self._account.spoil("somebody pressed STOP, which no sentence says again")

    def _on_hands(self, message: String) -> None:
        hands = hands_from_text(message.data)
        if hands is not None and hands.state == DRIVEN:
            self._account.spoil("somebody drove by hand, which no sentence says again")
