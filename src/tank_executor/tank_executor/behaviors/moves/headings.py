"""Compass headings: turning to one, and being told which one this is."""

from __future__ import annotations

from tank_core.commands import Heading
from tank_core.geometry import wrap
from tank_executor.behaviors.driving import standing, turn, turning
from tank_executor.motion.travel import Compass
from tank_executor.script import Context, Done, Failed, Script, Verdict

UNKNOWN_NORTH = "I do not know where north is; turn me there and say: this is north"
SURE = 2.0  # standard deviations: a heading is within "give or take" in 19 of 20 cases
WORTH_SAYING_DEG = 1.0  # a smaller error than that of a turn is not told


def face_heading(context: Context, heading_deg: float) -> Script[Verdict]:
    """Turn in place, the shorter way, to a heading [deg] clockwise from north."""
    compass = context.memory.compass
    if compass is None:
        return Failed(UNKNOWN_NORTH)
    heading = Heading().said(heading_deg)
    angle = wrap(compass.yaw(heading_deg) - standing(context).yaw)
    verdict = yield from turn(context, angle, None, turning(angle, f"to face {heading}"))
    if isinstance(verdict, Failed):
        return verdict
    return Done(f"facing {heading}{give_or_take(context, compass)}")


def remember_heading(context: Context, heading_deg: float) -> Verdict:
    """Take the way that the robot faces for a heading [deg], from now on."""
    context.memory.compass = Compass.told(heading_deg, context.state.odometry)
    return Done(f"I face {Heading().said(heading_deg)} now")


def give_or_take(context: Context, compass: Compass) -> str:
    """Say how far a heading may be off since the compass was told."""
    error = round(SURE * compass.error_deg(context.state.odometry))
    return f", give or take {error} degrees" if error > WORTH_SAYING_DEG else ""
