"""Places as data: for files, and for whoever asks over ROS. Pure.

They are told relative to where the robot was started, for odom means nothing to another session: a
robot that is started at the same spot finds them again.
"""

from __future__ import annotations

import math
from typing import Any

from tank_core.commands import Past
from tank_core.exceptions import TankError
from tank_core.geometry import Pose2D, wrap
from tank_core.io.one_line import quoted
from tank_executor.motion.drift import SURE, Doubt
from tank_executor.motion.landmarks import Landmark
from tank_executor.places import MOST_LANDMARKS, MOST_PLACES, Places

# how well a person puts a robot back to where it was started, as standard deviations
PUT_BACK_M, PUT_BACK_RAD = 0.05, math.radians(3.0)
FAR_M = 1000.0  # [m] no place is farther away
NAME_LENGTH = 40


class SavedPlacesError(TankError):
    """Data that are no places."""


def places_to_data(places: Places) -> dict[str, Any]:
    """Return the named places as JSON data, relative to the robot's start."""
    if Past.START not in places:
        return {}
    start = places[Past.START].pose
    return {name: _place_to_data(places, name, start) for name in places.names}


def _place_to_data(places: Places, name: str, start: Pose2D) -> dict[str, Any]:
    spot, off = places[name], places.off(name)
    x, y = start.to_local((spot.pose.x, spot.pose.y))
    return {
        "x": round(x, 4),
        "y": round(y, 4),
        "yaw_deg": round(math.degrees(wrap(spot.pose.yaw - start.yaw)), 2),
        "give_or_take_m": round(off.distance, 3),
        "give_or_take_deg": round(math.degrees(off.heading), 2),
        "landmarks": [
            {
                "color": one.color,
                "shape": one.shape,
                "x": round(place[0], 4),
                "y": round(place[1], 4),
                "give_or_take_m": round(SURE * math.sqrt(2 * one.variance), 3),
            }
            for one in spot.landmarks
            for place in [start.to_local(one.place)]
        ],
    }


def put_places(places: Places, data: Any) -> list[str]:
    """Put places of another session into the book; returns their names.

    All of them or none. Raises SavedPlacesError for what are no places, and where there is no
    odometry yet.
    """
    if Past.START not in places:
        raise SavedPlacesError("no odometry yet: nobody knows where the robot was started")
    if not isinstance(data, dict) or not data:
        raise SavedPlacesError(f"places are {quoted(data)}; they must be an object by name")
    if len({*data, *places.names}) > MOST_PLACES:
        raise SavedPlacesError(f"these would be more than {MOST_PLACES} places; forget some first")
    start = places[Past.START].pose
    read = {name: _place_from_data(name, one, start) for name, one in data.items()}
    for name, (pose, rest, landmarks) in read.items():
        places.put(name, pose, rest, landmarks)
    return list(read)


def _place_from_data(
    name: str, data: Any, start: Pose2D
) -> tuple[Pose2D, Doubt, tuple[Landmark, ...]]:
    if not 0 < len(name.strip()) <= NAME_LENGTH:
        raise SavedPlacesError(f"name {quoted(name)} must have 1 to {NAME_LENGTH} characters")
    what = f"place {quoted(name)}"
    x, y = start.to_world((_number(what, data, "x"), _number(what, data, "y")))
    yaw = start.yaw + math.radians(_number(what, data, "yaw_deg"))
    off = _number(what, data, "give_or_take_m", least=0.0) / SURE
    turned = math.radians(_number(what, data, "give_or_take_deg", least=0.0)) / SURE
    rest = Doubt.about((x, y), off**2, turned**2) + Doubt.about(
        (start.x, start.y), 2 * PUT_BACK_M**2, PUT_BACK_RAD**2
    )
    marks = data.get("landmarks", [])
    if not isinstance(marks, list) or len(marks) > MOST_LANDMARKS:
        raise SavedPlacesError(f"{what}: landmarks must be a list of at most {MOST_LANDMARKS}")
    landmarks = tuple(_landmark(f"{what}, landmark {n + 1}", m, start) for n, m in enumerate(marks))
    return Pose2D(x, y, yaw), rest, landmarks


def _landmark(what: str, data: Any, start: Pose2D) -> Landmark:
    place = start.to_world((_number(what, data, "x"), _number(what, data, "y")))
    off = _number(what, data, "give_or_take_m", least=0.0) / SURE
    color, shape = data.get("color"), data.get("shape")
    if not isinstance(color, str) or not isinstance(shape, str | None):
        raise SavedPlacesError(f"{what}: color and shape must be words; shape may be null")
    return Landmark(color, shape, place, max(off**2 / 2, 1e-6))


def _number(what: str, data: Any, key: str, least: float = -FAR_M) -> float:
    value = data.get(key) if isinstance(data, dict) else None
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not (least <= value <= FAR_M)
    ):
        raise SavedPlacesError(
            f"{what}: {key} is {quoted(value)}; it must be a number from {least:g} to {FAR_M:g}"
        )
    return float(value)
