"""Publishes a recording again, for who looks and never for a robot."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from rclpy.node import Node

from tank_core.ros import interfaces as names
from tank_recording.bag import RecordingError
from tank_recording.definitions import same_meaning
from tank_recording.reading import Message, Recording
from tank_recording.ros.profiles import offered_again
from tank_recording.ros.types import definition, message_class

NODE = "player"
# What a robot and its nodes tell, and nobody obeys. What is not named here is not published:
# velocities, trajectories, sentences, their commands, stops, and the clock by which others live.
SHOWN = frozenset(
    {
        *(names.ODOM, names.JOINT_STATES, names.TF, names.TF_STATIC, names.ROBOT_DESCRIPTION),
        *(names.BATTERY_STATE, names.RANGE, names.ROBOT_STOPPED, names.GROUND_TRUTH),
        *(names.GROUND_TRUTH_MARKERS, names.WORLD),
        *(names.IMAGE, names.CAMERA_INFO, names.COMPRESSED_IMAGE, names.DETECTIONS_IMAGE),
        *(names.DETECTIONS, names.MARKERS, names.PHOTOS, names.PLACES, names.DIAGNOSTICS),
        *(names.EXECUTION_STATUS, names.EXECUTION_MARKER),
    }
)
# Who would take what is told for the truth about itself.
LISTENERS = frozenset(
    {
        *(names.SIM_NODE, names.DRIVER_NODE, names.LANGUAGE_NODE),
        *(names.EXECUTOR_NODE, names.PERCEPTION_NODE),
    }
)


class Player:
    """Publishes a recording's topics that may be shown, in a namespace."""

    def __init__(self, node: Node, recording: Recording, namespace: str) -> None:
        """Make the publishers, in a ``namespace`` such as "/replay".

        Raises RecordingError where nothing can be shown.
        """
        self._node, self._namespace = node, "/" + namespace.strip("/")
        self._publishers: dict[str, Any] = {}
        self.left_out: list[str] = []
        shown: dict[str, str] = {}
        for topic in recording.topics.values():
            name = shown_as(topic.name)
            if name is None or not _is_todays(topic.type, topic.definition):
                self.left_out.append(topic.name)
                continue
            if (other := shown.setdefault(name, topic.name)) != topic.name:
                raise RecordingError(
                    f"{recording.path} has several robots ({other}, {topic.name}), and one is "
                    "shown at a time; record one alone, by --topics"
                )
            self._publishers[topic.name] = node.create_publisher(
                message_class(topic.type),
                f"{self._namespace.rstrip('/')}/{name}",
                offered_again(topic.profiles),
            )
        if not self._publishers:
            raise RecordingError(
                f"{recording.path} has no topic that can be shown; it has "
                f"{', '.join(sorted(recording.topics))}"
            )

    @property
    def topics(self) -> Collection[str]:
        """The topics that are published again, by their recorded names."""
        return self._publishers.keys()

    def publish(self, messages: Iterable[Message]) -> None:
        """Publish messages byte by byte."""
        for message in messages:
            self._publishers[message.topic].publish(message.data)

    def check_alone(self) -> None:
        """Raise RecordingError if a robot of Tank's listens in this namespace."""
        there = {
            name
            for name, space in self._node.get_node_names_and_namespaces()
            if space == self._namespace
        }
        if robots := sorted(there & LISTENERS):
            raise RecordingError(
                f"a robot listens in the namespace {self._namespace} ({', '.join(robots)}), and a "
                "recording is never played to one; name another --namespace, or set another "
                "ROS_DOMAIN_ID"
            )


def shown_as(topic: str) -> str | None:
    """Tank's own name of a recorded topic of any namespace; None: not shown."""
    ends = [name for name in SHOWN if topic == f"/{name}" or topic.endswith(f"/{name}")]
    return max(ends, key=len, default=None)


def _is_todays(kind: str, text: str) -> bool:
    """Whether a recorded type is installed, and means today what it meant then."""
    try:
        return same_meaning(text, definition(kind)) and message_class(kind) is not None
    except RecordingError:
        return False
