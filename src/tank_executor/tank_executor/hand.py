"""Moves of arm and gripper, as scripts that other scripts are made of."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tank_core.geometry import Place, Vector
from tank_core.state import Array, JointTrajectory
from tank_executor.arm import FLOOR_CLEARANCE_M, SLOW_SHARE, SPEED_SHARE
from tank_executor.script import Context, Reason, Script, TickOutput
from tank_ik import IkResult

JOINT_TOLERANCE = 0.03  # [rad]
LOW_M = 0.05  # a hand this much lower than it carries things must be raised before the robot moves
ARM_PATIENCE_S = 2.0  # beyond a trajectory's time
GRIP_PATIENCE_S = 1.5
OVER_M = 0.003  # what is put onto a thing is let go of this far over it, by what the camera told
MET_M = 0.012  # a hand that is stopped this far over where it goes has met what it goes to
GRIP_THERE = 0.001  # [m or rad] of the gripper's joint
GRIP_STILL = 0.002  # [m/s] of the gripper's joint
GRIP_STILL_S = 0.12
SHOWN_S = 1.0  # what the camera saw between the fingers this long ago is there now


def grip_gap(context: Context) -> float:
    """Return the gap between the fingertips now [m]."""
    return context.robot.gripper.gap(context.state.joints[context.robot.gripper.joint].position)


def play(
    context: Context, trajectory: JointTrajectory, message: str, until_blocked: bool = False
) -> Script[Reason]:
    """Play an arm trajectory to its end.

    ``until_blocked`` gives up early when a joint pushes hard.
    """
    began, goal = context.now, trajectory.points[-1].positions
    yield TickOutput(trajectory=trajectory, message=message)
    while True:
        joints, elapsed = context.state.joints, context.now - began
        off, name = max(
            (abs(joints[name].position - end), name)
            for name, end in zip(trajectory.joint_names, goal, strict=True)
        )
        if elapsed >= trajectory.duration and off <= JOINT_TOLERANCE:
            return None
        if until_blocked and context.grasp_check.pushes(context):
            return "something is in the way"
        if elapsed > trajectory.duration + ARM_PATIENCE_S:
            return f"the arm does not get there: {name} stays {off:.2f} rad away"
        yield TickOutput(message=message)


def move_grip(context: Context, gap: float, message: str) -> Script[None]:
    """Drive the gripper until it is there, or stands still at something."""
    gripper = context.robot.gripper
    # The robot may count from where the gripper was told to be, not from where an object keeps it:
    # allow for the full travel.
    travel = (gripper.upper - gripper.lower) / gripper.velocity
    began = still_since = away_at = context.now
    yield TickOutput(trajectory=context.arm.grip(gap), message=message)
    while context.now - began < travel + GRIP_PATIENCE_S:
        joint = context.state.joints[gripper.joint]
        if abs(joint.velocity) > GRIP_STILL:
            still_since = context.now
        if abs(joint.position - gripper.position(gap)) > GRIP_THERE:
            away_at = context.now
        there = context.now - away_at > context.grasp_check.lag
        if there or (
            context.now - began >= travel + context.grasp_check.lag
            and context.now - still_since >= GRIP_STILL_S
        ):
            return
        yield TickOutput(message=message)


def go(context: Context, point: Vector, message: str) -> Script[Reason]:
    """Bring the hand to a point [m] through joint space."""
    start = context.arm.positions(context.state.joints)
    result = context.arm.reach(point, start)
    if not result.reached:
        return _unreached(result)
    return (yield from play(context, context.arm.way(start, result.q), message))


def straight(
    context: Context,
    points: Sequence[Vector],
    message: str,
    share: float = SLOW_SHARE,
    careful: bool = False,
) -> Script[Reason]:
    """Bring the hand in straight lines by way of points [m].

    ``careful``: give up where it meets resistance.
    """
    line = context.arm.line(context.arm.positions(context.state.joints), *points, share=share)
    if isinstance(line, IkResult):
        return _unreached(line)
    return (yield from play(context, line, message, until_blocked=careful))


def fold(context: Context, message: str, pose: Array | None = None) -> Script[Reason]:
    """Bring the arm back to its rest pose, or to ``pose`` (n,)."""
    start = context.arm.positions(context.state.joints)
    goal = context.arm.home if pose is None else pose
    if np.max(np.abs(start - goal)) <= JOINT_TOLERANCE:
        return None
    return (yield from play(context, context.arm.way(start, goal), message))


def tuck(context: Context, message: str) -> Script[Reason]:
    """Fold the arm so that it hides least of the view, with what it holds."""
    if any(name not in context.state.joints for name in context.robot.joint_names):
        return None
    pose = context.arm.tucked if holds(context) else context.arm.home
    return (yield from fold(context, message, pose))


def _unreached(result: IkResult) -> str:
    return f"it is {result.message}"


def tip(context: Context) -> Vector:
    """Return the tool center point [m] in base_link."""
    x, y, z = context.arm.solver.chain.forward(context.arm.positions(context.state.joints))[0]
    return float(x), float(y), float(z)


def cannot_reach(context: Context, place: Place) -> Reason:
    """Return why the arm cannot work at a place on the floor; None when it can.

    The robot is thought turned to it where it must be.
    """
    for height in (FLOOR_CLEARANCE_M, context.arm.hover_height, context.arm.carry_height):
        result = context.arm.reach((*context.arm.in_plane(place), height), context.arm.home)
        if not result.reached:
            return result.message
    return None


def put_down(context: Context, place: Place, on: float = 0.0) -> Script[Reason]:
    """Put what is held onto the floor at a place, and let go of it.

    The hand stays there. ``on`` [m] is the height of a thing that stands there and is to carry it;
    where the hand meets that sooner, it has arrived.
    """
    place = context.arm.in_plane(place)
    reason = yield from go(context, (*place, context.arm.carry_height), "reaching out")
    low = (*place, FLOOR_CLEARANCE_M + (on + OVER_M if on else 0.0))
    reason = reason or (yield from straight(context, [low], "lowering", careful=on > 0.0))
    if reason and not (on and tip(context)[2] - low[2] <= MET_M):
        return reason
    if not context.grasp_check.squeezes(context):
        reason = f"{context.memory.held or 'it'} was lost on the way"
        context.memory.holding, context.memory.held = False, ""
        return reason
    yield from move_grip(context, context.grasp_check.release_gap(context), "opening the gripper")
    if context.grasp_check.squeezes(context):
        return f"the gripper does not let go of {context.memory.held or 'it'}"
    context.memory.holding, context.memory.held = False, ""
    return None


def retreat(context: Context, place: Place) -> Script[Reason]:
    """Raise the arm from a place on the floor and fold it.

    What is still held is carried.
    """
    place = context.arm.in_plane(place)
    reason = yield from straight(
        context, [(*place, context.arm.carry_height)], "raising the arm", SPEED_SHARE
    )
    if holds(context):
        return reason or (yield from fold(context, "folding the arm", context.arm.carry))
    yield from move_grip(context, context.arm.open_gap, "opening the gripper")
    return reason or (yield from fold(context, "folding the arm"))


def is_low(context: Context) -> bool:
    """Whether the hand is lower than it carries things, where that is known."""
    known = all(name in context.state.joints for name in context.robot.joint_names)
    return known and tip(context)[2] < context.arm.carry_height - LOW_M


def clear_the_floor(context: Context) -> Script[Reason]:
    """Raise a hand that a stop or a failure has left low.

    Before the robot drives or turns: the hand would sweep the floor, and hide the view.
    """
    if not is_low(context):
        return None
    x, y, _ = tip(context)
    pose = context.arm.carry if holds(context) else None
    reason = yield from straight(
        context, [(x, y, context.arm.carry_height)], "raising the arm", SPEED_SHARE
    )
    reason = (yield from fold(context, "folding the arm", pose)) or reason
    if not is_low(context):
        return None
    return f"the hand does not come up: {reason or 'it stays low'}"


def holds(context: Context) -> bool:
    """True when something is held, by the gripper, whatever is remembered."""
    context.memory.holding = context.grasp_check.squeezes(context)
    if not context.memory.holding:
        context.memory.held = ""
    return context.memory.holding


def knows_held(context: Context) -> bool:
    """Whether what is held is felt, or seen between the fingers just now.

    A hand that feels nothing may have lost it since it closed.
    """
    shown = context.memory.shown
    return context.grasp_check.feels or (
        shown is not None
        and any(
            not one.on_floor and one.color == shown.color and context.now - one.seen <= SHOWN_S
            for one in context.objects.things
        )
    )
