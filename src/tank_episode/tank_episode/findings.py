"""Steps, answers and pictures as dicts for JSON."""

from __future__ import annotations

import math
from typing import Any

from tank_core.commands import Topic, command_to_dict
from tank_core.geometry import Pose2D
from tank_core.state import Detection
from tank_executor.findings import Answer, Photo
from tank_executor.plan import StepOutcome


def step_to_dict(outcome: StepOutcome) -> dict[str, Any]:
    """Return the outcome of a step as a dict for JSON.

    The command, how it ended in a word and in a sentence, how long it took [s].
    """
    return {
        "command": command_to_dict(outcome.command),
        "status": outcome.status.name.lower(),
        "message": outcome.message,
        "duration_s": outcome.duration,
    }


def answer_to_dict(answer: Answer) -> dict[str, Any]:
    """Return an answer: its sentence, when, and what it was made of.

    Places [m] are in base_link, the pose (m, degrees) is in odom.
    """
    measured: dict[Topic, dict[str, Any]] = {
        Topic.OBJECTS: {"objects": [_object_to_dict(thing) for thing in answer.objects]},
        Topic.POSITION: {
            "pose": _pose_to_dict(answer.pose),
            "deviation_m": math.sqrt(answer.variance[0] + answer.variance[1]),
            "way_m": answer.way,
            "heading_deg": answer.heading_deg,
        },
        Topic.HOLDING: {"held": answer.held or None},
        Topic.BATTERY: {"voltage_v": answer.voltage},
        Topic.STATUS: {},
    }
    told = {"what": str(answer.what), "text": answer.text, "time_s": answer.time}
    return told | measured[answer.what]


def photo_to_dict(photo: Photo) -> dict[str, Any]:
    """Return a picture: its file, when [s] and where (m, degrees; in odom)."""
    return {
        "path": photo.path,
        "time_s": photo.time,
        "pose": _pose_to_dict(photo.pose),
        "heading_deg": photo.heading_deg,
    }


def _pose_to_dict(pose: Pose2D | None) -> dict[str, float] | None:
    if pose is None:
        return None
    return {"x": pose.x, "y": pose.y, "yaw_deg": math.degrees(pose.yaw)}


def _object_to_dict(thing: Detection) -> dict[str, Any]:
    return {
        "color": thing.color,
        "shape": thing.shape,
        "x": thing.position[0],
        "y": thing.position[1],
        "deviation_m": math.sqrt(thing.covariance[0]),
        "confidence": thing.confidence,
        "age_s": thing.age,
    }
