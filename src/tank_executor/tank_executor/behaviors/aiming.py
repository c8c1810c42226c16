"""Aims an arm that has no yaw of its own by turning the whole robot.

It turns in place, which keeps distances, and turns back when the work is done.

Cells are relative to how the robot stands when it is told. So whoever says "put it down on your
left" and then "go forward" finds the robot's front where it was: what names a cell ends with the
heading that it began with, also where it fails. A thing that is fetched by its color is driven up
to anyway; there the heading is that of the way.
"""

from __future__ import annotations

import math

from tank_core.geometry import Place, wrap
from tank_executor.behaviors.driving import standing, turn, turning
from tank_executor.script import Context, Done, Failed, Script, Verdict

AIM_RAD = math.radians(1.0)  # 3 mm at the farthest cell: less is not worth a turn


def aim(context: Context, place: Place) -> Script[Verdict]:
    """Turn until the arm can work at a place [m] in base_link.

    At once where it can already. The arm is raised before.
    """
    angle = context.arm.turn_to(place)
    if abs(angle) <= AIM_RAD:
        return Done()
    return (yield from turn(context, angle, None, turning(angle, "to aim")))


def heading_kept(context: Context, script: Script[Verdict]) -> Script[Verdict]:
    """Run a script in which the robot may turn, and turn back after it."""
    before = standing(context).yaw
    verdict = yield from script
    turned = wrap(standing(context).yaw - before)
    if abs(turned) <= AIM_RAD:
        return verdict
    back = yield from turn(context, -turned, None, "turning back")
    if isinstance(back, Failed):
        return Failed(f"{verdict.message}, but the robot did not turn back: {back.message}")
    how = f", turning the robot {abs(math.degrees(turned)):.0f} degrees to reach it"
    return Done(verdict.message + how) if isinstance(verdict, Done) else verdict
