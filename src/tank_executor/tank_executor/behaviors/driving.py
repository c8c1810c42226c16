"""Moves and turns as scripts, on top of the motion laws."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tank_core.commands import Speed
from tank_core.geometry import Place, Pose2D, wrap
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
Ahead = Callable[[], guard.Obstacle | None]


def _never() -> bool:
    return False


@dataclass(frozen=True)
class Driven:
    """The course of a drive: its ``way`` [m] > 0, and what ended it.

    All None: it came to its end, or ended early as it should (``early``).
    """

    way: float
    obstacle: guard.Obstacle | None = None
    fault: str | None = None
    early: bool = False


def drive(
    context: Context,
    distance: float,
    speed: Speed | None,
    message: str,
    margin: guard.Margin = guard.WIDE,
    but: int | None = None,
    uprights: Sequence[Place] = (),
) -> Script[Verdict]:
    """Drive straight on by ``distance`` [m], negative backwards.

    Ends before what is in the way, by the ``margin``, except the thing ``but``. Between
    ``uprights``, places in odom, it passes with no more room than the narrow margin beside it.
    """
    law = straight(context, distance, speed)
    driven = yield from follow(
        context,
        law,
        message,
        lambda: guard.obstacle(context, distance < 0, but, margin.beside, uprights),
        margin.ahead,
    )
    return verdict_of(driven, law.asked, "behind" if distance < 0 else "ahead")


def straight(context: Context, distance: float, speed: Speed | None) -> MoveLaw:
    """Return the law of a move from here, by ``distance`` [m]."""
    return MoveLaw(standing(context), distance, context.robot.pace(speed), context.robot.drive)


def follow(
    context: Context,
    law: MoveLaw,
    message: str,
    ahead: Ahead,
    room: float,
    until: Condition = _never,
    always: bool = False,
) -> Script[Driven]:
    """Drive by a law to its end, or to ``room`` [m] before what is ``ahead``.

    It stops at once when ``until`` comes true. ``always``: it ends before obstacles
    where other moves do not.
    """
    reason = yield from clear_the_floor(context)
    if reason:
        return Driven(0.0, fault=reason)
    in_the_way: guard.Obstacle | None = None
    while True:
        if context.stop_for_obstacles or always:
            nearest = ahead()
            law.end_before(nearest.distance - room if nearest else math.inf)
            in_the_way = nearest if nearest and abs(law.distance) < abs(law.asked) - CUT_M else None
        if until():
            context.memory.reference = None
            return Driven(law.gone, early=True)
        step = law.step(context.state.odometry, context.now)
        if step.done or step.fault:
            break
        yield TickOutput(step.twist, progress=step.progress, message=message)
    context.memory.reference = None if step.fault or in_the_way else law.end
    return Driven(abs(law.distance), in_the_way, step.fault)


def verdict_of(driven: Driven, asked: float, where: str) -> Verdict:
    """Judge a drive that was to be ``asked`` [m] long, and say why it was not."""
    if driven.obstacle:
        return Failed(f"stopped {_after(driven.way, asked)}: {in_words(driven.obstacle)} {where}")
    return Failed(driven.fault) if driven.fault else Done()


def _after(way: float, asked: float) -> str:
    return f"after {way:.2f} of {abs(asked):.2f} m" if way >= CUT_M else "without moving"


def in_words(obstacle: guard.Obstacle) -> str:
    """Say what is in the way, and how far away: "the red cube is 10 cm"."""
    return f"{obstacle.there} {obstacle.distance * 100:.0f} cm"


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
