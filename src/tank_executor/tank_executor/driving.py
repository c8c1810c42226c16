"""move and turn as scripts, on top of the motion laws."""

from __future__ import annotations

import math

from tank_core.commands import Speed
from tank_core.state import Pose2D
from tank_executor.motion import MoveLaw, TurnLaw, wrap
from tank_executor.script import Action, Context, Done, Failed, Script, Verdict

# The next motion begins where the last was meant to end, if the robot is this close to it: small errors do not add up.
REFERENCE_M, REFERENCE_RAD = 0.03, math.radians(3.0)


def drive(context: Context, distance: float, speed: Speed | None, message: str) -> Script[Verdict]:
    """Straight on by ``distance`` [m], negative backwards."""
    law = MoveLaw(_begin(context), distance, context.robot.pace(speed), context.robot.drive)
    verdict = yield from _follow(context, law, message)
    context.memory.reference = law.end if isinstance(verdict, Done) else None
    return verdict


def turn(context: Context, angle: float, speed: Speed | None, message: str) -> Script[Verdict]:
    """In place by ``angle`` [rad], counter-clockwise positive."""
    start = _begin(context)
    law = TurnLaw(start.yaw, angle, context.robot.pace(speed), context.robot.drive)
    verdict = yield from _follow(context, law, message)
    context.memory.reference = Pose2D(start.x, start.y, law.end_yaw) if isinstance(verdict, Done) else None
    return verdict


def _begin(context: Context) -> Pose2D:
    here, meant = context.state.odometry.pose, context.memory.reference
    if meant is None or math.dist((here.x, here.y), (meant.x, meant.y)) > REFERENCE_M:
        return here
    return meant if abs(wrap(here.yaw - meant.yaw)) <= REFERENCE_RAD else here


def _follow(context: Context, law: MoveLaw | TurnLaw, message: str) -> Script[Verdict]:
    while True:
        step = law.step(context.state.odometry, context.now)
        if step.fault:
            return Failed(step.fault)
        if step.done:
            return Done()
        yield Action(step.twist, progress=step.progress, message=message)
