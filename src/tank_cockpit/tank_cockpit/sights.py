"""Objects and gates that are seen, as named boxes for the page. Pure."""

from __future__ import annotations

import math
from typing import Any

from tank_core.geometry import Pose2D
from tank_core.state import Detection, Detections, Gate

OLD_S = 1.5  # [s] since it was seen, after which it is shown as remembered


def seen(detections: Detections, pose: Pose2D) -> dict[str, Any]:
    """The message about objects and gates, in odom.

    ``pose``: the robot's when the image was taken.
    """
    return {
        "t": "seen",
        "things": [_thing(each, pose) for each in detections.objects],
        "gates": [_gate(each, pose) for each in detections.gates],
    }


def _thing(thing: Detection, pose: Pose2D) -> dict[str, Any]:
    x, y, z = thing.position
    place = pose.to_world((x, y))
    in_image = thing.age <= 0.0 and thing.box[2] > 0
    return {
        "id": thing.id,
        "name": thing.name,
        "color": thing.color or "",
        "shape": thing.shape if thing.shape_told else "",
        "p": _rounded(*place, z),
        "size": _rounded(*thing.size),
        "yaw": round(pose.yaw, 3),
        "far": round(math.hypot(x, y), 2),
        "old": thing.age > OLD_S,
        "box": list(thing.box) if in_image else None,
    }


def _gate(gate: Gate, pose: Pose2D) -> dict[str, Any]:
    place = pose.to_world((gate.pose.x, gate.pose.y))
    return {
        "id": gate.id,
        "name": f"{gate.color} gate" if gate.color else "opening",
        "color": gate.color or "",
        "p": _rounded(*place, 0.0),
        "yaw": round(gate.pose.yaw + pose.yaw, 3),
        "width": round(gate.width, 3),
        "height": round(gate.height, 3),
        "old": gate.age > OLD_S,
    }


def _rounded(*numbers: float) -> list[float]:
    return [round(number, 3) for number in numbers]
