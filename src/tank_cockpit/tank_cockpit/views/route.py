"""The way of a plan that nobody carries out, as far as its steps tell it. Pure.

Frame: odom. A step that looks for something first has its way told only where that is seen now.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from tank_core.commands import (
    Approach,
    Arc,
    Arm,
    Command,
    Face,
    Grasp,
    Move,
    Release,
    Remember,
    Report,
    Stop,
    TakePhoto,
    Turn,
    Wait,
)
from tank_core.commands.wording import describe
from tank_core.geometry import Place, Pose2D

REACH_M = 0.3  # [m] where a thing is in the arm zone, ahead of the robot's middle
BEND_RAD = math.radians(10.0)  # between two points of a curve
LEAST_M = 0.005  # of a way: less is none
STANDING = (Arm, Release, Remember, Report, TakePhoto, Wait)  # none of these moves the base

Thing = Mapping[str, Any]  # as ``sights`` tells it


@dataclass(frozen=True)
class Route:
    """Points [m] of a way, its end, and the step from which it is open, or ""."""

    points: tuple[Place, ...]
    end: Pose2D
    open_from: str = ""


def route(commands: Iterable[Command], start: Pose2D, things: Sequence[Thing] = ()) -> Route:
    """The way of these commands from ``start``, among ``things`` seen now."""
    points, here = [(start.x, start.y)], start
    for command in commands:
        if isinstance(command, Stop):
            break
        way = _way(command, here, things)
        if way is None:
            return Route(tuple(points), here, describe(command))
        points += [(each.x, each.y) for each in way]
        here = way[-1] if way else here
    return Route(tuple(points), here)


def _way(command: Command, here: Pose2D, things: Sequence[Thing]) -> list[Pose2D] | None:
    """The poses that a command leads to, one after another; None: nobody knows."""
    match command:
        case Move(direction=direction, distance_m=distance, until=None):
            return [_ahead(here, distance if direction == "forward" else -distance)]
        case Turn(direction=direction, angle_deg=angle):
            return [_turned(here, math.radians(angle if direction == "left" else -angle))]
        case Arc(direction=direction, radius_m=radius, angle_deg=angle):
            return _curve(here, 1 if direction == "left" else -1, radius, math.radians(angle))
        case Face(heading_deg=None, color=color, shape=shape):
            return _toward(here, _nearest(things, here, color, shape), near=False)
        case Approach(relation=None, color=color, shape=shape):
            return _toward(here, _nearest(things, here, color, shape), near=True)
        case Grasp(cell=None, color=color, shape=shape) if color is not None or shape is not None:
            return _toward(here, _nearest(things, here, color, shape), near=True)
        case Grasp():
            return []
        case Release(relation=relation) if relation is not None:
            return None
        case _:
            return [] if isinstance(command, STANDING) else None


def _ahead(here: Pose2D, distance: float) -> Pose2D:
    return Pose2D(*here.to_world((distance, 0.0)), here.yaw)


def _turned(here: Pose2D, angle: float) -> Pose2D:
    return Pose2D(here.x, here.y, here.yaw + angle)


def _curve(here: Pose2D, side: int, radius: float, angle: float) -> list[Pose2D]:
    steps = max(1, math.ceil(angle / BEND_RAD))
    bends = [angle * (step + 1) / steps for step in range(steps)]
    return [
        Pose2D(
            *here.to_world((radius * math.sin(bend), side * radius * (1 - math.cos(bend)))),
            here.yaw + side * bend,
        )
        for bend in bends
    ]


def _toward(here: Pose2D, thing: Thing | None, near: bool) -> list[Pose2D] | None:
    """Facing a thing, and up to it where ``near``."""
    if thing is None:
        return None
    x, y = thing["p"][0] - here.x, thing["p"][1] - here.y
    facing = Pose2D(here.x, here.y, math.atan2(y, x))
    return [facing, _ahead(facing, max(0.0, math.hypot(x, y) - REACH_M))] if near else [facing]


def _nearest(
    things: Sequence[Thing], here: Pose2D, color: str | None, shape: str | None
) -> Thing | None:
    fitting = [
        thing
        for thing in things
        if color in (None, thing["color"]) and shape in (None, thing["shape"])
    ]
    return min(fitting, key=lambda thing: math.dist(thing["p"][:2], (here.x, here.y)), default=None)


NO_ROUTE: dict[str, Any] = {"t": "route", "points": [], "end": None}


def route_letter(way: Route) -> dict[str, Any]:
    """The letter that draws a way."""
    return {
        "t": "route",
        "points": [[round(x, 3), round(y, 3)] for x, y in way.points],
        "end": [round(each, 3) for each in (way.end.x, way.end.y, way.end.yaw)],
    }


def in_words(way: Route) -> str:
    """The end of a way in words."""
    if way.open_from:
        return f"The way from “{way.open_from}” on depends on what it finds."
    length = sum(math.dist(one, other) for one, other in pairwise(way.points))
    if length < LEAST_M:
        return "It would stay where it is now."
    return f"From where it is now: {length:.2f} m, to x {way.end.x:.2f} m, y {way.end.y:.2f} m."
