"""Measures a gate from near, by a camera that is too low to do it from afar.

How far away something is on the floor, a low camera tells badly, for its tilt counts by the
distance squared. From near it sees no more than one upright at a time: the robot turns to each.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from tank_core.geometry import wrap
from tank_core.robot import Robot
from tank_executor.behaviors.driving import drive, turn
from tank_executor.behaviors.looking import look
from tank_executor.memory import KnownGate
from tank_executor.motion import guard
from tank_executor.motion.veer import Veer
from tank_executor.script import Context, Failed, Script

TILT_RAD = 0.0035  # standard deviation of a camera's tilt
EDGE_M = 0.02  # the same of where an upright's edge is seen: at its front or at its back
WELL_M = 0.012  # what is measured as well as this needs no look from near
LOOK_M = 0.45  # from the middle of a gate, from where each upright is looked at
LEAST_M = 0.15  # of a way that is worth it


@dataclass(frozen=True)
class Approached:
    """A gate before the robot, how well its distance is known [m], the veer.

    ``deviation`` is the standard deviation.
    """

    gate: KnownGate
    deviation: float
    veer: Veer


def deviation(robot: Robot, distance: float) -> float:
    """Return how badly the camera tells a distance [m] from base_link."""
    ahead, _, height = robot.camera.position
    away = max(0.0, distance - ahead)
    return math.hypot(TILT_RAD * (away**2 + height**2) / height, EDGE_M)


def close_in(context: Context, gate: KnownGate) -> Script[Approached | Failed]:
    """Measure a gate well enough, from where the robot is or from nearer by."""
    start = context.state.odometry.pose
    away = start.distance(gate.pose)
    off = deviation(context.robot, away)
    if off <= math.hypot(WELL_M, EDGE_M) or away - LOOK_M < LEAST_M:
        return Approached(gate, off, Veer())
    doing = f"closing in on the {gate.name}"
    x, y = start.to_local(gate.pose.to_world((-LOOK_M, 0.0)))
    verdict = yield from turn(context, math.atan2(y, x), None, doing)
    if not isinstance(verdict, Failed):
        start = context.state.odometry.pose
        way = math.hypot(x, y)
        verdict = yield from drive(context, way, None, doing, guard.narrow(context.robot))
    if isinstance(verdict, Failed):
        return verdict
    end = context.state.odometry.pose
    seen = yield from _look_at_each(context, gate)
    if isinstance(seen, Failed):
        return seen
    before, after = ((one.pose.x, one.pose.y) for one in (gate, seen.gate))
    if not seen.well:
        return Approached(seen.gate, off, Veer())
    off = deviation(context.robot, end.distance(seen.gate.pose))
    return Approached(seen.gate, off, Veer.learned(start, end, before, after))


@dataclass(frozen=True)
class _Seen:
    gate: KnownGate
    well: bool  # both of its uprights from here


def _look_at_each(context: Context, gate: KnownGate) -> Script[_Seen | Failed]:
    """Look at one upright after the other, and turn as the gate is."""
    doing, well = f"measuring the {gate.name}", True
    for number in range(2):
        x, y = context.state.odometry.pose.to_local(gate.uprights[number])
        bearing = math.atan2(y, x)
        verdict = yield from turn(context, bearing, None, doing)
        if isinstance(verdict, Failed):
            return verdict
        yield from look(context, doing)
        gate = next((one for one in context.objects.gates if one.id == gate.id), gate)
        well = well and context.objects.time - gate.seen < 1e-6
    angle = wrap(gate.pose.yaw - context.state.odometry.pose.yaw)
    verdict = yield from turn(context, angle, None, doing)
    return verdict if isinstance(verdict, Failed) else _Seen(gate, well)
