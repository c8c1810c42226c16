"""What the types of a robot file alone do not say. Every refusal names the key and the cure."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import fields
from itertools import pairwise
from typing import TYPE_CHECKING

from tank_core.commands import Cell, Speed
from tank_core.exceptions import RobotFileError

if TYPE_CHECKING:
    from tank_core.robot import Robot


def check(robot: Robot, where: str) -> None:
    """What types alone do not say. Raises RobotFileError."""
    _check_arm(robot, where)
    _check_gripper(robot, where)
    for place, value in _positive_numbers(robot):
        if not value > 0:
            raise RobotFileError(f"{where}: {place} is {value:g}; it must be over 0")
    for kind, given in ((Speed, robot.speeds), (Cell, robot.cells)):
        missing = [str(word) for word in kind if word not in given]
        if missing:
            raise RobotFileError(f"{where}: {kind.__name__.lower()}s lacks {', '.join(missing)}; add them")


def _check_arm(robot: Robot, where: str) -> None:
    if len(robot.arm.joints) != len(robot.arm.links):
        raise RobotFileError(
            f"{where}: arm has {len(robot.arm.joints)} joints and {len(robot.arm.links)} links; give one link for each joint"
        )
    for name in robot.joint_names:
        if robot.joint_names.count(name) > 1:
            raise RobotFileError(f"{where}: two joints are named {name!r}; give each its own name")
        lower, upper = robot.joint_limits(name)
        if not lower < upper:
            raise RobotFileError(f"{where}: {name}: lower {lower} is not below upper {upper}; give the smaller one first")
    for joint in robot.arm.joints:
        if not joint.lower <= joint.home <= joint.upper:
            raise RobotFileError(f"{where}: {joint.name}: home {joint.home} is outside [{joint.lower}, {joint.upper}]; put it within")
        if abs(math.hypot(*joint.axis) - 1.0) > 1e-3:
            raise RobotFileError(f"{where}: {joint.name}: axis {list(joint.axis)} is not of length 1; make it so")


def _check_gripper(robot: Robot, where: str) -> None:
    gripper = robot.gripper
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(gripper.opening)]
    if not steps or min(along for along, _ in steps) <= 0 or min(gap * steps[0][1] for _, gap in steps) <= 0:
        raise RobotFileError(
            f"{where}: gripper: opening is {[list(pair) for pair in gripper.opening]}; give two or more pairs [position, gap], positions "
            "growing, gaps all growing or all falling"
        )
    first, last = gripper.opening[0][0], gripper.opening[-1][0]
    if not (first <= gripper.lower and gripper.upper <= last):
        raise RobotFileError(
            f"{where}: gripper: opening goes from {first:g} to {last:g}; it must cover {gripper.lower:g} to {gripper.upper:g}"
        )
    widest = max(gripper.gap(gripper.lower), gripper.gap(gripper.upper))
    if not 0 < gripper.max_object < widest:
        raise RobotFileError(
            f"{where}: gripper: max_object is {gripper.max_object:g}; it must be over 0 and under the widest gap, {widest:g}"
        )


def _positive_numbers(robot: Robot) -> Iterator[tuple[str, float]]:
    for field in fields(robot.drive):
        value = getattr(robot.drive, field.name)
        if isinstance(value, float):
            yield f"drive: {field.name}", value
    for joint in robot.arm.joints:
        yield f"{joint.name}: velocity", joint.velocity
        yield f"{joint.name}: effort", joint.effort
    yield "gripper: velocity", robot.gripper.velocity
    yield "gripper: effort", robot.gripper.effort
    for name in ("fovy", "width", "height", "rate"):
        yield f"camera: {name}", getattr(robot.camera, name)
    for speed, pace in robot.speeds.items():
        yield f"speeds: {speed}: linear", pace.linear
        yield f"speeds: {speed}: angular", pace.angular
