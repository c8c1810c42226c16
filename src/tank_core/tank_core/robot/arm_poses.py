"""Checks the named poses of a robot file.

Within the joints' limits, or the file is refused; clear of floor and body, or the robot refuses to
go there: another arm may have the poses of the file that it was made from.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from tank_core.commands import ArmPose
from tank_core.exceptions import RobotFileError
from tank_core.robot.arm_room import ROOM_M, ArmRoom

if TYPE_CHECKING:
    from tank_core.robot.description import Robot


def check_poses(robot: Robot, where: str) -> None:
    """Raises RobotFileError with the first fault, after ``where``."""
    for fault in faults(robot):
        raise RobotFileError(f"{where}: arm: {fault}")


def faults(robot: Robot) -> Iterator[str]:
    """Everything that is wrong with the poses, one line each."""
    arm = robot.arm
    for name, pose in arm.poses.items():
        where = f"poses: {name}"
        if name is ArmPose.HOME:
            yield f"{where} is each joint's own home; leave it out"
            continue
        if len(pose) != len(arm.joints):
            yield f"{where} has {len(pose)} positions; give {len(arm.joints)}, one for each joint"
            continue
        yield from (
            f"{where} puts {joint.name} to {at:g}, outside [{joint.lower:g}, {joint.upper:g}]; "
            "put it within"
            for joint, at in zip(arm.joints, pose, strict=True)
            if not joint.lower <= at <= joint.upper
        )
    if ArmPose.WAVE in arm.poses and ArmPose.UP not in arm.poses:
        yield "poses: wave is there without up, from which the arm waves; add up"


def in_the_way(robot: Robot) -> Iterator[str]:
    """Everything that home and the poses are too near to, one line each."""
    room = ArmRoom(robot)
    for name, pose in (("home", robot.arm.home), *robot.arm.poses.items()):
        at = np.array([pose])
        over_floor, off_body = float(room.over_floor(at)[0]), float(room.off_body(at)[0])
        for gap, what in ((over_floor, "floor"), (off_body, "robot's own body")):
            if gap < ROOM_M:
                yield f"{name} leaves {gap * 1000:.0f} mm between the arm and the {what}"
