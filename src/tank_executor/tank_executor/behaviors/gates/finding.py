"""Finds the gate that is meant, by turning to look where it was said to be."""

from __future__ import annotations

import math

from tank_core.commands import Side, Speed
from tank_core.geometry import Pose2D, clamp, wrap
from tank_core.robot import Robot
from tank_executor.behaviors.driving import standing, sweep, turn
from tank_executor.behaviors.gates.choosing import AHEAD_RAD, GateChoice, choose, not_found
from tank_executor.behaviors.looking import NO_DETECTIONS, look
from tank_executor.memory import KnownGate
from tank_executor.motion.route import Footprint
from tank_executor.script import Context, Failed, Script

SIDE_RAD = math.radians(115.0)  # how far the robot turns to look on a side
FRONT_RAD = AHEAD_RAD - math.radians(10.0)  # how far to either side, to look ahead
GATE_RAD = math.radians(48.0)  # how wide a gate may look, from where one says "go through it"
# a view with so much room beside a gate sees it in several images of a sweep; with less the robot
# stands still to look, at least this far apart
SWEPT_RAD, LEAST_RAD = math.radians(25.0), math.radians(5.0)
ARRIVED_RAD = math.radians(2.0)


def find_gate(context: Context, side: Side | None) -> Script[KnownGate | Failed]:
    """Return the gate that is meant, or say why there is none.

    The robot then faces any way; where there is none it turns back.
    """
    start = standing(context)
    doing = "looking for the gate" if side is None else f"looking for the gate on the {side}"
    if not (yield from look(context, doing)):
        return Failed(NO_DETECTIONS)
    ways = {None: (FRONT_RAD, -FRONT_RAD), Side.LEFT: (SIDE_RAD,), Side.RIGHT: (-SIDE_RAD,)}[side]
    for way in ways:
        fault = yield from _look_toward(context, start, side, way, doing)
        if fault is not None:
            return fault
    choice = _known(context, start, side, looked=True)
    if choice.gate is not None:
        return choice.gate
    back = wrap(start.yaw - context.state.odometry.pose.yaw)
    turned = yield from turn(context, back, None, "turning back")
    if isinstance(turned, Failed):
        return turned
    return Failed(choice.reason or not_found(context.objects.gates, start, side))


def _look_toward(
    context: Context, start: Pose2D, side: Side | None, way: float, doing: str
) -> Script[Failed | None]:
    """Turn to ``way`` [rad] from the start, until the gate is known.

    A camera that hardly has a gate in its image is given time to see.
    """
    stride = 2 * half_view(context.robot) - GATE_RAD
    while _known(context, start, side) == GateChoice():
        left = wrap(start.yaw + way - context.state.odometry.pose.yaw)
        if abs(left) < ARRIVED_RAD:
            return None
        if stride < SWEPT_RAD:
            left = clamp(left, -max(stride, LEAST_RAD), max(stride, LEAST_RAD))
        found = yield from sweep(
            context,
            left,
            doing,
            # ahead, but not straight ahead, there may be one on either side
            lambda: _known(context, start, side) != GateChoice(),
            Speed.SLOW,
        )
        if isinstance(found, Failed):
            return found
        if not (yield from look(context, doing)):
            return Failed(NO_DETECTIONS)
    return None


def half_view(robot: Robot) -> float:
    """Return how far to either side [rad] the camera sees what is far away.

    That is at the image's top, where a camera that looks down sees more of the sides.
    """
    camera = robot.camera
    up = math.tan(math.radians(camera.fovy) / 2)
    ahead = math.cos(camera.pitch) + up * math.sin(camera.pitch)
    return math.atan(up * camera.width / camera.height / ahead)


def _known(context: Context, start: Pose2D, side: Side | None, looked: bool = False) -> GateChoice:
    footprint = Footprint.of(context.robot)
    return choose(context.objects.gates, start, side, footprint, context.now, looked)
