"""The robot as boxes by its joints' positions, as its camera sees them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from tank_core.geometry import Vector
from tank_core.robot.description import Robot
from tank_core.robot.frames import Pose, link_poses

DRUM_M = 0.018  # radius of the servo drum at each joint, ...
DRUM_WIDTH_M = 0.024  # ... and half its length, along the y axis of a joint that lifts


class Solid(NamedTuple):
    """A box on a link, by middle and half-sizes in the link's frame [m].

    ``is_drum``: the drum along y that just fits into that box.
    """

    link: Pose  # in base_link
    center: Vector
    half_size: Vector
    is_drum: bool = False


def body_solids(robot: Robot) -> list[Solid]:
    """Chassis and wheels."""
    chassis, drive = robot.chassis, robot.drive
    base = np.eye(3), np.zeros(3)
    wheel = (drive.wheel_radius, drive.wheel_half_width, drive.wheel_radius)
    sides = [(0.0, side * drive.wheel_separation / 2, drive.wheel_radius) for side in (1, -1)]
    return [
        Solid(base, (0.0, 0.0, chassis.height), chassis.half_size),
        *(Solid(base, place, wheel) for place in sides),
    ]


def arm_solids(robot: Robot, joints: Mapping[str, float]) -> list[Solid]:
    """Links, servo drums and the claw, at joint positions [rad or m] by name.

    A joint that is not named is at home, the gripper open.
    """
    poses = link_poses(robot.arm, joints)
    gap = robot.gripper.gap(joints.get(robot.gripper.joint, robot.gripper.upper))
    solids = []
    for link, pose in zip(robot.arm.links, poses, strict=True):
        solids.append(Solid(pose, link.center, link.half_size))
        solids.append(Solid(pose, (0.0, 0.0, 0.0), (DRUM_M, DRUM_WIDTH_M, DRUM_M), is_drum=True))
    return [*solids, *_claw(robot, poses[-1], gap)]


def _claw(robot: Robot, hand: Pose, gap: float) -> list[Solid]:
    """The claw: two fingers, and the rail behind them on which they slide.

    The fingers end at the tool center point.
    """
    gripper, tool = robot.gripper, robot.arm.tool
    length, half_width, half_height = gripper.finger_half_size
    aside = gap / 2 + half_width
    widest = max(gap for _, gap in gripper.opening) / 2 + 2 * half_width
    fingers = [(tool[0] - length, tool[1] + side * aside, tool[2]) for side in (1, -1)]
    rail = Solid(hand, (tool[0] - 2 * length, tool[1], tool[2]), (DRUM_M / 2, widest, half_height))
    return [*(Solid(hand, finger, gripper.finger_half_size) for finger in fingers), rail]
