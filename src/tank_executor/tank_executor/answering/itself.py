"""Answers about the robot itself: position, holding, battery, status."""

from __future__ import annotations

import math

from tank_core.commands import Grasp, Release, Report
from tank_core.geometry import Place, wrap
from tank_executor.answering import words
from tank_executor.findings import PERHAPS, Answer
from tank_executor.hand import knows_held
from tank_executor.motion.laws import REST_ANGULAR, REST_LINEAR
from tank_executor.plan import PlanState, PlanStatus, describe
from tank_executor.script import Context, Failed

AT_M = 0.02  # nearer to the start is at it
SPREADS = 2.0  # standard deviations within which the robot is: 19 times of 20


def moves(context: Context) -> bool:
    """Whether the robot moves, whoever moves it."""
    twist = context.state.odometry.twist
    return abs(twist.linear) > REST_LINEAR or abs(twist.angular) > REST_ANGULAR


def position(context: Context, command: Report) -> Answer:
    """Answer where the robot is since its start, its way and its heading."""
    odometry, travel, compass = (
        context.state.odometry,
        context.memory.travel,
        context.memory.compass,
    )
    pose, start = odometry.pose, travel.start or odometry
    since = [
        max(0.0, now - then) for now, then in zip(odometry.variance, start.variance, strict=True)
    ]
    off = SPREADS * math.sqrt(since[0] + since[1])
    yaw = SPREADS * math.degrees(math.sqrt(since[2]))
    here = start.pose.to_local((pose.x, pose.y))
    text = (
        f"I am {_from_start(here)}, {words.turned(wrap(pose.yaw - start.pose.yaw))}"
        f"{_give_or_take(off, yaw)}. I have driven {travel.way:.2f} m. "
    )
    heading = None
    if compass is None:
        text += "I do not know where north is; turn me there and say: this is north."
    else:
        heading = compass.heading_deg(pose)
        error = SPREADS * compass.error_deg(odometry)
        sure = f", give or take {math.ceil(error)} degrees" if error >= 0.5 else ""
        text += f"My heading is {words.heading(heading)}{sure}."
    return Answer(
        command.what,
        text,
        context.now,
        pose=pose,
        variance=odometry.variance,
        way=travel.way,
        heading_deg=heading,
    )


def _from_start(here: Place) -> str:
    """A place [m] from the start, such as "0.50 m ahead of where I started"."""
    if math.hypot(*here) < AT_M:
        return "where I started"
    x, y = here
    parts = [
        f"{abs(value):.2f} m {name}"
        for value, name in (
            (x, "ahead" if x > 0 else "behind"),
            (y, "to the left" if y > 0 else "to the right"),
        )
        if abs(value) >= AT_M
    ]
    of = " of" if abs(y) >= AT_M or x > 0 else ""
    return f"{' and '.join(parts)}{of} where I started"


def _give_or_take(off: float, yaw: float) -> str:
    if off < 0.005 and yaw < 0.5:
        return ""
    return f" (give or take {math.ceil(off * 100)} cm and {math.ceil(yaw)} degrees)"


def handles(context: Context) -> bool:
    """Whether the hand is at work in the plan beside."""
    beside = context.beside
    return beside is not None and isinstance(beside.outcomes[beside.step].command, (Grasp, Release))


def may_have_lost(context: Context) -> bool:
    """Whether the hand does not feel what it held; a jolt is soon over."""
    there = context.robot.gripper.joint in context.state.joints
    feels = there and context.grasp_check.squeezes(context)
    return there and context.memory.holding and not feels and not handles(context)


def holding(context: Context, command: Report) -> Answer | Failed:
    """Answer what the fingers hold, as far as they or the camera tell."""
    if context.robot.gripper.joint not in context.state.joints:
        return Failed(
            f"I cannot tell what I hold: no reading of {context.robot.gripper.joint} on "
            "'joint_states'; is the robot running?"
        )
    memory, held = context.memory, context.memory.held
    if not context.grasp_check.squeezes(context):
        lost = "" if memory.holding else memory.lost
        text = f"I hold nothing any more: I lost {lost}." if lost else "I hold nothing."
        return Answer(command.what, text, context.now)
    if handles(context) and not memory.holding:
        return Failed("I cannot tell yet what I hold: my fingers are still at work")
    held = held or "something"
    if context.grasp_check.feels:
        text = f"I hold {held}; my fingers feel it."
        if not memory.holding:
            text = f"My fingers feel something that I did not pick up: {held}."
    elif knows_held(context):
        text = f"I hold {held}; the camera sees it between my fingers."
    else:
        text = (
            f"I closed my fingers on {held}; they feel nothing and the camera does not see it "
            "from here, so it may have been lost since."
        )
        held = PERHAPS + held
    return Answer(command.what, text, context.now, held=held)


def battery(context: Context, command: Report) -> Answer | Failed:
    """Answer how much is left in the battery."""
    volts, charge = context.state.battery_v, context.state.battery_charge
    if volts is None:
        return Failed("I cannot tell: this robot does not measure its battery")
    if math.isnan(volts):
        return Failed("I cannot tell: the battery gives no reading; ./tank doctor says more")
    left = "" if charge is None else f", about {round(charge * 100)} % of its charge"
    return Answer(command.what, f"The battery has {volts:.1f} V{left}.", context.now, voltage=volts)


def status(context: Context, command: Report) -> Answer:
    """Answer how the last thing ended, and whether the robot moves."""
    last, beside, sentences = context.memory.last_plan, context.beside, []
    earlier = [one for one in context.earlier if not isinstance(one.command, Report)]
    if beside is not None:
        sentences.append(_doing(beside))
    elif earlier:
        done = words.listed([describe(one.command) for one in earlier], ";")
        note = f" ({earlier[-1].message})" if earlier[-1].message else ""
        sentences.append(f"Of this request I have done: {done}{note}.")
    elif last is None or last.plan is None:
        sentences.append("I have done nothing yet.")
    else:
        how = {PlanState.SUCCEEDED: "it worked", PlanState.STOPPED: "it was stopped"}.get(
            last.state, "it did not work"
        )
        why = f": {last.message}" if last.message not in ("done", "stopped") else ""
        sentences.append(f"The last thing I did was {last.plan.name}; {how}{why}.")
    moving = "I am being moved." if beside is None else "I am moving."
    sentences.append(moving if moves(context) else "I stand still.")
    return Answer(command.what, " ".join(sentences), context.now)


def _doing(status: PlanStatus) -> str:
    """The plan that runs, how far it is, and how many wait behind it."""
    said = status.plan.name if status.plan is not None and status.plan.instruction else "this"
    steps, step = len(status.outcomes), describe(status.outcomes[status.step].command)
    which = f"step {status.step + 1} of {steps}, " if steps > 1 else ""
    waiting = words.counted(status.queued, "request").capitalize()
    after = f" {waiting} {'waits' if status.queued == 1 else 'wait'}." if status.queued else ""
    return f"I am doing {said}: {which}{step}.{after}"
