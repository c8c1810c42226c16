"""Between Tank's objects and commands, and its own messages (tank_msgs).

Pairs ``x_to_ros`` / ``x_from_ros`` that undo each other. A robot that neither sees nor is spoken to
needs none of them, nor tank_msgs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tank_core.commands import (
    ACTIONS,
    Amount,
    Command,
    command_from_dict,
    command_to_dict,
    fields_of,
)
from tank_core.geometry import Pose2D, from_yaw, yaw_of
from tank_core.ros.conversions import NEVER, header, time_from_ros
from tank_core.state import Detection, Detections, Gate
from tank_msgs.msg import Command as CommandMsg
from tank_msgs.msg import DetectedGate, DetectedObject, DetectedObjectArray


def detections_to_ros(detections: Detections, frame: str) -> DetectedObjectArray:
    """Objects and gates in the robot's frame; ``frame``: base_link's name."""
    message = DetectedObjectArray(header=header(detections.time, frame))
    message.objects = [_detection_to_ros(thing) for thing in detections.objects]
    message.gates = [_gate_to_ros(gate) for gate in detections.gates]
    return message


def _gate_to_ros(gate: Gate) -> DetectedGate:
    message = DetectedGate(
        id=gate.id,
        width=gate.width,
        height=gate.height,
        color=gate.color or "",
        confidence=gate.confidence,
        age=gate.age,
    )
    pose = message.pose.pose
    pose.position.x, pose.position.y = gate.pose.x, gate.pose.y
    turn = pose.orientation
    turn.x, turn.y, turn.z, turn.w = from_yaw(gate.pose.yaw)
    return message


def _detection_to_ros(thing: Detection) -> DetectedObject:
    box = dict(zip(("box_x", "box_y", "box_width", "box_height"), thing.box, strict=True))
    message = DetectedObject(
        id=thing.id,
        color=thing.color or "",
        shape=thing.shape or "",
        confidence=thing.confidence,
        age=thing.age,
        **box,
    )
    place = message.pose.pose.position
    place.x, place.y, place.z = thing.position
    message.size.x, message.size.y, message.size.z = thing.size
    spread = np.diag([NEVER] * 6)
    spread[:3, :3] = np.reshape(thing.covariance, (3, 3))
    message.pose.covariance = spread.ravel()
    return message


def detections_from_ros(message: DetectedObjectArray) -> Detections:
    """Raises ValueError that names what has numbers that are not finite."""
    return Detections(
        time_from_ros(message.header.stamp),
        tuple(_detection_from_ros(thing) for thing in message.objects),
        tuple(_gate_from_ros(gate) for gate in message.gates),
    )


def _gate_from_ros(gate: DetectedGate) -> Gate:
    place, turn = gate.pose.pose.position, gate.pose.pose.orientation
    pose = Pose2D(place.x, place.y, yaw_of((turn.x, turn.y, turn.z, turn.w)))
    size = gate.width, gate.height
    if not np.isfinite([pose.x, pose.y, pose.yaw, *size, gate.confidence, gate.age]).all():
        raise ValueError(
            f"gate {gate.id} is at {(pose.x, pose.y)}, with width and height {size}: they, and the "
            "rest, must be finite numbers"
        )
    return Gate(gate.id, pose, *size, gate.color or None, gate.confidence, gate.age)


def _detection_from_ros(thing: DetectedObject) -> Detection:
    place, size = thing.pose.pose.position, thing.size
    position, extent = (place.x, place.y, place.z), (size.x, size.y, size.z)
    covariance = tuple(np.reshape(thing.pose.covariance, (6, 6))[:3, :3].ravel().tolist())
    if not np.isfinite([*position, *extent, *covariance, thing.confidence, thing.age]).all():
        raise ValueError(
            f"object {thing.id} has position {position}, size {extent}: they, and the rest, must "
            "be finite numbers"
        )
    box = (thing.box_x, thing.box_y, thing.box_width, thing.box_height)
    color, shape = thing.color or None, thing.shape or None
    return Detection(
        thing.id, color, shape, position, extent, thing.confidence, thing.age, covariance, box
    )


def command_to_ros(command: Command) -> CommandMsg:
    """The message of a command: what was not said keeps its default."""
    return CommandMsg(**command_to_dict(command))


def command_from_ros(message: CommandMsg, actions: Mapping[str, type[Any]] = ACTIONS) -> Command:
    """The command of a message.

    Empty texts, and zeros where the action has no such number, count as not said; anything else
    that the action does not have is refused, not ignored. Raises InvalidCommandError for anything
    outside the language.
    """
    data: dict[str, Any] = {"action": message.action}
    blanks = {f.name: f.kind.blank for kind in actions.values() for f in fields_of(kind)}
    own = fields_of(actions[message.action]) if message.action in actions else ()
    needed = {f.name for f in own if isinstance(f.kind, Amount) and not f.optional}
    for name, blank in blanks.items():
        value = getattr(message, name)
        if name in needed or value != blank:
            data[name] = value
    return command_from_dict(data, actions)
