"""arc: along a circle by odometry."""

from __future__ import annotations

import math

from tank_core.commands import Arc
from tank_executor.behaviors.driving import follow, standing, verdict_of
from tank_executor.motion import guard
from tank_executor.motion.arc_law import ArcLaw, least_radius
from tank_executor.plan import describe
from tank_executor.script import Context, Done, Failed, Primitive, Script, Verdict

# [m], and of the way: wheels that slip cannot be felt, so a doubt beyond this is told
NEAR_M, NEAR_SHARE = 0.02, 0.01


class ArcPrimitive(Primitive):
    """The command arc: forward along a circle, and short of what is on it."""

    def __init__(self, command: Arc, context: Context) -> None:
        super().__init__(context)
        self.command = command

    def script(self) -> Script[Verdict]:
        command, context = self.command, self.context
        side, radius, drive = command.direction, command.radius_m, context.robot.drive
        least = least_radius(drive)
        if radius < least:
            return Failed(
                f"I cannot drive a circle of {radius:g} m radius: the tightest has "
                f"{math.ceil(100 * least) / 100:.2f} m; turn in place instead"
            )
        angle, pace = math.radians(command.angle_deg), context.robot.pace(command.speed)
        law = ArcLaw(standing(context), side, radius, angle, pace, drive)
        before = context.memory.places.doubt
        driven = yield from follow(
            context,
            law,
            describe(command),
            lambda: guard.obstacle_on_arc(context, side.sign * radius),
            guard.WIDE.ahead,
        )
        verdict = verdict_of(driven, law.asked, "ahead on the arc")
        off = context.memory.places.doubt.since(before).reach((law.end.x, law.end.y))
        if isinstance(verdict, Failed) or off <= NEAR_M + NEAR_SHARE * law.asked:
            return verdict
        return Done(f"give or take {math.ceil(100 * off)} cm, by odometry alone")
