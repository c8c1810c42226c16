"""Reaching by a learned skill, checked by kinematics."""

from __future__ import annotations

import math

import numpy as np

from tank_core.geometry import Vector
from tank_core.io.one_line import described
from tank_core.robot.arm_room import ArmRoom
from tank_core.skill import Skill, SkillTarget
from tank_core.state import Array, JointTrajectory, TrajectoryPoint
from tank_executor.behaviors.learned.proposals import Proposals
from tank_executor.behaviors.posing import fold_in
from tank_executor.hand import go, tip
from tank_executor.script import Context, Reason, Script, TickOutput

APART_RAD = 0.1  # of the postures on a way that are looked at, at most
THERE_M, THERE_S = 0.01, 0.3  # the tool this near for so long has reached its place


def reach(context: Context, point: Vector, message: str) -> Script[Reason]:
    """Bring the hand to a point [m], by the skill chosen for grasps, if any.

    How it was done is noted for the operator.
    """
    skill = context.learned.skills.get("grasp")
    if skill is None:
        return (yield from go(context, point, message))
    reason = yield from _reach(context, skill, point, f"{message}, learned")
    if reason is None:
        context.notes.append(f"reached out by the learned skill {skill.card.name}")
        return None
    failed = f"the learned skill {skill.card.name} failed: {reason}"
    yield TickOutput(trajectory=context.arm.hold(context.state.joints), message=failed)
    stuck = yield from fold_in(context)  # from whatever posture it was left in
    if stuck is not None or not context.learned.fallback:
        return failed if stuck is None else f"{failed}; {stuck}"
    reason = yield from go(context, point, message)
    if reason is None:
        context.notes.append(f"reached out by my own way, for {failed}")
    return reason


def _reach(context: Context, skill: Skill, point: Vector, message: str) -> Script[Reason]:
    """Move the joints as the skill proposes, until the tool rests at the point."""
    target, room = SkillTarget(place=point), ArmRoom(context.robot)
    proposals = Proposals(context, skill, lambda: target)
    away_at, told = context.now, context.arm.positions(context.state.joints)
    while (fault := proposals.fault()) is None:
        off = math.dist(tip(context), point)
        if off > THERE_M:
            away_at = context.now
        elif context.now - away_at >= THERE_S:
            return None
        try:
            action = proposals.next()
        except Exception as error:  # whatever a skill does, the robot is to stand
            return described(error)
        trajectory = None
        if action is not None and action.joints is not None:
            wanted = _targets(context, skill, action.joints, told)
            if not np.array_equal(wanted, told):
                if room.least(_way(told, wanted)).min() < min(0.0, room.least(told[None])[0]):
                    return "it would move the arm into the floor or the robot's body"
                told, trajectory = wanted, _step(context, wanted, skill.card.period)
        yield TickOutput(trajectory=trajectory, message=message, view=proposals.looks)
    return f"{fault}; the hand is {math.dist(tip(context), point) * 100:.0f} cm away"


def _way(told: Array, wanted: Array) -> Array:
    """Return postures [rad] (m, n) between two, the last of them with them."""
    count = max(1, int(np.ceil(np.abs(wanted - told).max() / APART_RAD)))
    return np.linspace(told, wanted, count + 1)[1:]


def _targets(context: Context, skill: Skill, joints: Array, told: Array) -> Array:
    """Return the arm's next targets [rad] (n,), within limits.

    Joints that are not the skill's stay as they were told.
    """
    wanted = dict(zip(context.arm.names, told.tolist(), strict=True))
    for name, value in zip(skill.card.joints, joints.tolist(), strict=True):
        if name in wanted:
            lower, upper = context.robot.joint_limits(name)
            wanted[name] = min(max(value, lower), upper)
    return np.array(list(wanted.values()))


def _step(context: Context, wanted: Array, period: float) -> JointTrajectory:
    """Return the way there in a period, or as fast as the joints may."""
    now = context.arm.positions(context.state.joints)
    speeds = np.array([context.robot.joint_velocity(name) for name in context.arm.names])
    duration = max(period, float((np.abs(wanted - now) / speeds).max()))
    return JointTrajectory(context.arm.names, (TrajectoryPoint(duration, tuple(wanted.tolist())),))
