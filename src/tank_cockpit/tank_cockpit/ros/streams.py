"""Streams of the robot: of each topic the newest, until the board takes it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from nav_msgs.msg import Odometry
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import BatteryState, CompressedImage, JointState
from std_msgs.msg import String
from visualization_msgs.msg import Marker, MarkerArray

from tank_cockpit.board import PageState
from tank_cockpit.views.room import TrueThing, WorldLetterError, room_letter, world_letter
from tank_core.geometry import Pose2D
from tank_core.ros import interfaces as names
from tank_core.ros.conversions import time_from_ros, yaw_from_ros
from tank_core.ros.subscription import OpenSubscription
from tank_core.ros.tank_messages import detections_from_ros
from tank_core.ros.tank_node import TankNode
from tank_msgs.msg import DetectedObjectArray

FIXTURES = "fixtures"  # the simulator's markers of what stands fast
PICTURE_S = 0.2  # [s] between two pictures for the pages


class Streams:
    """Odometry, joints, battery, sights, pictures, and the simulation's clock.

    ROS's threads put a message down, the board's thread takes the newest: assignments are whole, so
    no lock is needed, and none of them waits for another.
    """

    def __init__(self, node: TankNode) -> None:
        self._node = node
        self._new: dict[str, Any] = {}  # by topic
        self._camera: OpenSubscription | None = None
        self._picture_at = float("-inf")
        self.closing: list[Callable[[], object]] = [self._look_away]
        for kind, topic, qos in (
            (Odometry, names.ODOM, names.STREAM),
            (JointState, names.JOINT_STATES, names.STREAM),
            (BatteryState, names.BATTERY_STATE, names.STREAM),
            (DetectedObjectArray, names.DETECTIONS, names.RELIABLE),
            (Clock, names.CLOCK, names.NEWEST_HEARD),
            (MarkerArray, names.GROUND_TRUTH_MARKERS, names.LATCHED),
            (String, names.WORLD, names.LATCHED),
        ):
            self.closing.append(node.hear(kind, topic, self._put(topic), qos).close)

    def _put(self, topic: str) -> Callable[[Any], None]:
        return lambda message: self._new.__setitem__(topic, message)

    def take(self, board: PageState, now: float) -> None:
        """Tell the board what is new at ``now`` [s]. On the board's thread."""
        if (message := self._new.pop(names.ODOM, None)) is not None:
            place, turn = message.pose.pose.position, message.pose.pose.orientation
            pose = Pose2D(place.x, place.y, yaw_from_ros(turn))
            board.moved(time_from_ros(message.header.stamp), pose, now)
        if (message := self._new.pop(names.JOINT_STATES, None)) is not None:
            board.joints(dict(zip(message.name, message.position, strict=False)))
        if (message := self._new.pop(names.BATTERY_STATE, None)) is not None:
            board.vitals.battery(message.voltage, message.percentage)
        if (message := self._new.pop(names.DETECTIONS, None)) is not None:
            with suppress(ValueError):  # numbers that are none; perception's diagnostics tell
                board.saw(detections_from_ros(message))
        if (message := self._new.pop(names.CLOCK, None)) is not None:
            board.vitals.ticked(time_from_ros(message.clock), now)
        if (message := self._new.pop(names.GROUND_TRUTH_MARKERS, None)) is not None:
            board.keep(room_letter(map(_thing, filter(_is_thing, message.markers))))
        if (message := self._new.pop(names.WORLD, None)) is not None:
            with suppress(WorldLetterError):  # by no simulator of ours
                board.keep(world_letter(message.data))
        self._look(board, now)

    def _look(self, board: PageState, now: float) -> None:
        """Hear the camera while somebody looks: it renders for nobody else."""
        if any(outbox.looking for outbox in board.outboxes):
            if self._camera is None:
                topic = names.COMPRESSED_IMAGE
                self._camera = self._node.hear(
                    CompressedImage, topic, self._put(topic), names.SENSOR_DATA
                )
        else:
            self._look_away()
        if now - self._picture_at >= PICTURE_S:
            picture = self._new.pop(names.COMPRESSED_IMAGE, None)
            if picture is not None:
                self._picture_at = now
                board.camera(bytes(picture.data))

    def _look_away(self) -> None:
        if self._camera is not None:
            self._camera.close()
            self._camera = None

    def close(self) -> None:
        """Hear nothing more. Idempotent."""
        while self.closing:
            self.closing.pop()()


_FORMS = {Marker.CUBE: "cube", Marker.SPHERE: "ball", Marker.CYLINDER: "cylinder"}


def _is_thing(marker: Marker) -> bool:
    """Whether it is a solid.

    The first marker of an array only takes all before it away.
    """
    return marker.action == Marker.ADD and marker.type in _FORMS


def _thing(marker: Marker) -> TrueThing:
    place, turn, size, color = (
        marker.pose.position, marker.pose.orientation, marker.scale, marker.color,
    )  # fmt: skip
    return TrueThing(
        _FORMS[marker.type], (place.x, place.y, place.z), (turn.x, turn.y, turn.z, turn.w),
        (size.x, size.y, size.z), (color.r, color.g, color.b), marker.ns == FIXTURES,
    )  # fmt: skip
