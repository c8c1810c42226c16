"""arm: the poses that have names, and waving."""

from __future__ import annotations

import numpy as np

from tank_core.commands import Arm, ArmPose
from tank_core.state import Array
from tank_executor.arm_ways import ArmWays
from tank_executor.hand import holds, play
from tank_executor.script import Context, Done, Failed, Primitive, Reason, Script, Verdict

WAVES = 2  # there and back so often
FOLDED_RAD = 0.1  # [rad] an arm this near to a folded pose is folded: a load makes it sag


class ArmPrimitive(Primitive):
    """The command arm: a pose that the robot file names, or a wave.

    The gripper is left as it is, so that what is held stays held; it is carried where the arm
    would else be at home.
    """

    def __init__(self, command: Arm, context: Context) -> None:
        super().__init__(context)
        self.command = command

    def script(self) -> Script[Verdict]:
        context, pose = self.context, self.command.pose
        poses = {name: np.array(at) for name, at in context.robot.arm.poses.items()}
        held = _held(context)
        poses[ArmPose.HOME] = context.arm.carry if held else context.arm.home
        if pose not in poses:
            return Failed(f"no such pose: {pose}; robot {context.robot.name} has {_listed(poses)}")
        stations = [poses[pose]]
        if pose is ArmPose.WAVE:
            swings = [poses[ArmPose.UP], poses[ArmPose.WAVE]] * WAVES
            stations = [*swings, poses[ArmPose.UP], poses[ArmPose.HOME]]
        reason = yield from _through(context, pose, stations, held)
        if held and not holds(context):
            return Failed(f"{held} was lost on the way" + (f"; {reason}" if reason else ""))
        if reason:
            return Failed(reason)
        return Done(f"still holding {held}" if held else "")


def fold_in(context: Context) -> Script[Reason]:
    """Bring the arm home before a way, or to where it carries what it holds.

    Stretched out or up it would meet what the body passes. An arm that nothing is known of stays.
    """
    arm, joints = context.arm, context.state.joints
    if any(name not in joints for name in context.robot.joint_names):
        return None
    at = arm.positions(joints)
    if any(np.abs(at - pose).max() <= FOLDED_RAD for pose in (arm.home, arm.carry, arm.tucked)):
        return None
    held = _held(context)
    return (yield from _through(context, ArmPose.HOME, [arm.carry if held else arm.home], held))


def _held(context: Context) -> str:
    """Return what is held, in words; empty: nothing."""
    return (context.memory.held or "what it holds") if holds(context) else ""


def _through(context: Context, pose: ArmPose, stations: list[Array], held: str) -> Script[Reason]:
    """Move through all stations (n,) on the way to a pose, or not at all.

    All ways are found before.
    """
    ways = ArmWays(context.arm, context.robot.gripper.max_object if held else 0.0)
    at, found = context.arm.positions(context.state.joints), []
    for station in stations:
        way = None if ways.hits(station) else ways.find(at, station)
        if way is None:
            return _no_way(pose, held, ways.hits(station))
        found.append(ways.trajectory(way))
        at = station
    for trajectory in found:
        reason = yield from play(context, trajectory, _doing(pose))
        if reason:
            return reason
    return None


def _doing(pose: ArmPose) -> str:
    return "waving" if pose is ArmPose.WAVE else f"moving the arm {_into(pose)}"


def _into(pose: ArmPose) -> str:
    return "home" if pose is ArmPose.HOME else f"{pose}"


def _no_way(pose: ArmPose, held: str, what: str | None) -> str:
    """Say why the arm is left where it is.

    ``what`` it would hit in the pose itself; None: it is the way there.
    """
    if what is None:
        return f"the arm finds no way {_into(pose)} from here that is clear of floor and body"
    if not held:
        return f"arm {pose} would hit {what}"
    return f"arm {pose} would hit {what} with {held} in the hand; put it down first"


def _listed(poses: dict[ArmPose, Array]) -> str:
    *names, last = sorted(str(name) for name in poses)
    return f"{', '.join(names)} and {last}" if names else last
