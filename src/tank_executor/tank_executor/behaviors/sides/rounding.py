"""Drives round what stands in the way, leg by leg, to one of some places."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tank_core.geometry import Place, wrap
from tank_executor.behaviors.driving import drive, turn
from tank_executor.behaviors.looking import on_floor
from tank_executor.motion import guard, route
from tank_executor.motion.route import Disc, Footprint
from tank_executor.script import Context, Failed, Script, Verdict

LEG_M = 1.0  # look again after this much way
GONE_BY_M = 0.04  # a leg has arrived at its corner


def discs(context: Context, but: int | None = None) -> list[Disc]:
    """Return what stands on the floor as obstacles, and what frames the gates.

    The thing with the id ``but`` is left out.
    """
    things = [one for one in on_floor(context) if one.id != but]
    return [*(Disc(one.x, one.y, one.width / 2) for one in things), *guard.frames(context)]


def arrived(context: Context, goals: Sequence[tuple[Place, float]]) -> Place | None:
    """Return the cheapest of the goals where the robot is already, or None.

    ``goals`` are places [m] in odom with what ending there costs besides [m].
    """
    base = context.state.odometry.pose
    here = [goal for goal in goals if math.dist(goal[0], (base.x, base.y)) <= GONE_BY_M]
    return min(here, key=lambda goal: goal[1])[0] if here else None


def leg(
    context: Context, goals: Sequence[tuple[Place, float]], doing: str, where: str
) -> Script[Verdict]:
    """Drive the next straight piece of the way to the cheapest of the goals.

    ``where`` names them in what is said when there is no free way.
    """
    base, footprint = context.state.odometry.pose, Footprint.of(context.robot)
    way = route.plan(base, goals, discs(context), footprint)
    if way is None:
        return Failed(f"there is no free way to the place {where}")
    corner = next((one for one in way if math.dist(one, (base.x, base.y)) > GONE_BY_M), way[-1])
    bearing = math.atan2(corner[1] - base.y, corner[0] - base.x)
    turned = yield from turn(context, wrap(bearing - base.yaw), None, doing)
    if isinstance(turned, Failed):
        return turned
    base = context.state.odometry.pose
    length = min(LEG_M, math.dist(corner, (base.x, base.y)))
    return (yield from drive(context, length, None, doing, guard.narrow(context.robot)))
