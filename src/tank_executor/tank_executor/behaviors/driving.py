"""Moves and turns as scripts, on top of the motion laws."""

from __future__ import annotations

import math
from collections.abc import Callable

from tank_core.commands import Speed
from tank_core.geometry import Pose2D, wrap
from tank_executor.hand import clear_the_floor
from tank_executor.motion import guard
from tank_executor.motion.laws import MoveLaw, TurnLaw
from tank_executor.script import Context, Done, Failed, Script, TickOutput, Verdict

# The next motion begins where the last was meant to end, if the robot is this close to it: small
# errors do not add up.
REFERENCE_M, REFERENCE_RAD = 0.03, math.radians(3.0)
TINY_RAD = math.radians(0.1)  # not worth a turn
CUT_M = 0.01  # a way that is shorter by more than this is not the way that was asked for

Condition = Callable[[], bool]


def _never() -> bool:
    return False


def drive(
    context: Context,
    distance: float,
    speed: Speed | None,
    message: str,
    margin: guard.Margin = guard.WIDE,
    but: int | None = None,
) -> Script[Verdict]:
    """Drive straight on by ``distance`` [m], negative backwards.

    Ends before what is in the way, by the ``margin``, except the thing ``but``.
    """
    reason = yield from clear_the_floor(context)
    if reason:
        return Failed(reason)
    law = MoveLaw(standing(context), distance, context.robot.pace(speed), context.robot.drive)
    in_the_way: guard.Obstacle | None = None
    while True:
        if context.stop_for_obstacles:
            nearest = guard.obstacle(context, distance < 0, but, margin.beside)
            law.end_before(nearest.distance - margin.ahead if nearest else math.inf)
            in_the_way = nearest if nearest and abs(law.distance) < abs(law.asked) - CUT_M else None
        step = law.step(context.state.odometry, context.now)
        if step.done or step.fault:
            break
        yield TickOutput(step.twist, progress=step.progress, message=message)
    context.memory.reference = None if step.fault or in_the_way else law.end
    if in_the_way:
        return Failed(_cut_short(in_the_way, law, distance))
    return Failed(step.fault) if step.fault else Done()


def _cut_short(obstacle: guard.Obstacle, law: MoveLaw, distance: float) -> str:
    side = "behind" if distance < 0 else "ahead"
    way = (
        f"after {abs(law.distance):.2f} of {abs(distance):.2f} m"
        if abs(law.distance) >= CUT_M
        else "without moving"
    )
    return f"stopped {way}: {obstacle.name} is {obstacle.distance * 100:.0f} cm {side}"


def turn(context: Context, angle: float, speed: Speed | None, message: str) -> Script[Verdict]:
    """Turn in place by ``angle`` [rad], counter-clockwise positive."""
    turned = yield from sweep(context, angle, message, _never, speed)
    return turned if isinstance(turned, Failed) else Done()


def sweep(
    context: Context, angle: float, message: str, until: Condition, speed: Speed | None = None
) -> Script[float | Failed]:
    """Turn in place, but end early when ``until`` comes true.

    Returns the angle [rad] that was turned.
    """
    if abs(angle) < TINY_RAD:
        return 0.0
    reason = yield from clear_the_floor(context)
    if reason:
        return Failed(reason)
    start = standing(context)
    law = TurnLaw(start.yaw, angle, context.robot.pace(speed), context.robot.drive)
    while not until():
        step = law.step(context.state.odometry, context.now)
        if step.done or step.fault:
            context.memory.reference = Pose2D(start.x, start.y, law.end_yaw) if step.done else None
            return Failed(step.fault) if step.fault else angle
        yield TickOutput(step.twist, progress=step.progress, message=message)
    context.memory.reference = None
    return law.turned


def turning(angle: float, why: str) -> str:
    """Describe a turn [rad] to the operator: "turning 40 degrees left ..."."""
    side = "left" if angle > 0 else "right"
    return f"turning {abs(math.degrees(angle)):.0f} degrees {side} {why}"


def standing(context: Context) -> Pose2D:
    """Return the pose in odom from which the next motion begins.

    It is where the last was meant to end, if that is where the robot is.
    """
    here, meant = context.state.odometry.pose, context.memory.reference
    if meant is None or math.dist((here.x, here.y), (meant.x, meant.y)) > REFERENCE_M:
        return here
    return meant if abs(wrap(here.yaw - meant.yaw)) <= REFERENCE_RAD else here
