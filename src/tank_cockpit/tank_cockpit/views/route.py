"""The way of a plan that nobody carries out, as far as its steps tell it. Pure.

Frame: odom. A step that looks for something first has its way told only where that is seen now.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from tank_core.commands import Approach, Command, Face, Grasp
from tank_core.commands.wording import describe
from tank_core.geometry import Place, Pose2D
from tank_executor.drawing.way import step_poses

LEAST_M = 0.005  # of a way: less is none

Thing = Mapping[str, Any]  # as ``sights`` tells it


@dataclass(frozen=True)
class Route:
    """Points [m] of a way, its end, and the step from which it is open, or ""."""

    points: tuple[Place, ...]
    end: Pose2D
    open_from: str = ""


def route(
    commands: Iterable[Command],
    start: Pose2D,
    things: Sequence[Thing] = (),
    reach: float | None = None,
) -> Route:
    """The way of these commands from ``start``, among ``things`` seen now.

    ``reach`` [m]: how far ahead of the robot's middle a thing ends that it drives up to; None: that
    is not known.
    """
    points, here = [(start.x, start.y)], start
    for command in commands:
        way = _way(command, here, things, reach)
        if way is None:
            return Route(tuple(points), here, describe(command))
        points += [(each.x, each.y) for each in way]
        here = way[-1] if way else here
    return Route(tuple(points), here)


def _way(
    command: Command, here: Pose2D, things: Sequence[Thing], reach: float | None
) -> Sequence[Pose2D] | None:
    """The poses that a command leads to, one after another; None: nobody knows."""
    match command:
        case Face(heading_deg=None, color=color, shape=shape):
            return _toward(here, _nearest(things, here, color, shape))
        case Approach(relation=None, color=color, shape=shape):
            return _up_to(here, _nearest(things, here, color, shape), reach)
        case Grasp(cell=None, color=color, shape=shape) if color is not None or shape is not None:
            return _up_to(here, _nearest(things, here, color, shape), reach)
        case _:
            return step_poses(command, here)


def _toward(here: Pose2D, thing: Thing | None) -> list[Pose2D] | None:
    """Facing a thing."""
    if thing is None:
        return None
    return [Pose2D(here.x, here.y, math.atan2(thing["p"][1] - here.y, thing["p"][0] - here.x))]


def _up_to(here: Pose2D, thing: Thing | None, reach: float | None) -> list[Pose2D] | None:
    """Facing a thing, and on until it is ``reach`` [m] ahead."""
    facing = _toward(here, thing)
    if facing is None or thing is None or reach is None:
        return None
    far = math.dist(thing["p"][:2], (here.x, here.y))
    return [*facing, facing[0].compose(Pose2D(max(0.0, far - reach)))]


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
