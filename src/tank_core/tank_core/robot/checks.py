"""Checks of a robot file's values against each other.

Each fault names the key, the values and the cure. What a value can be by itself is part of its
type, in description.py.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from tank_core.commands import Cell, Speed
from tank_core.exceptions import RobotFileError

if TYPE_CHECKING:
    from tank_core.robot.description import Robot

MOST_JOINTS = 12
LEAST_TUBE_M = 1e-3  # a mast's points are at least so far apart
ROUNDING = 1.001  # a limit may be exceeded by this share, as products of rounded numbers do
SIDES = {Cell.FRONT_LEFT: 1, Cell.LEFT: 1, Cell.FRONT_RIGHT: -1, Cell.RIGHT: -1}


def check(robot: Robot, where: str) -> None:
    """Raises RobotFileError with the first fault, after ``where``."""
    for fault in faults(robot):
        raise RobotFileError(f"{where}: {fault}")


def faults(robot: Robot) -> Iterator[str]:
    """Everything that is wrong, one line each."""
    yield from _body_faults(robot)
    yield from _drive_faults(robot)
    yield from _arm_faults(robot)
    yield from _gripper_faults(robot)
    yield from _sensor_faults(robot)
    yield from _speed_faults(robot)
    yield from _cell_faults(robot)


def _body_faults(robot: Robot) -> Iterator[str]:
    chassis = robot.chassis
    if chassis.height < chassis.half_size[2]:
        yield (
            f"chassis: height is {chassis.height:g}, so the box reaches "
            f"{chassis.half_size[2] - chassis.height:g} m into the floor; give "
            f"{chassis.half_size[2]:g} or more, half of its height"
        )
    for axis, off, half in zip("xyz", chassis.com, chassis.half_size, strict=True):
        if abs(off) > half:
            yield (
                f"chassis: com is {list(chassis.com)}, outside the box; give {-half:g} to "
                f"{half:g} for {axis}"
            )


def _drive_faults(robot: Robot) -> Iterator[str]:
    drive = robot.drive
    if not drive.supports.positions:
        yield (
            "drive: supports: positions is []; give one [x, y] or more, or the robot tips over "
            "its wheels"
        )
    if drive.wheel_separation < 2 * drive.wheel_half_width:
        yield (
            f"drive: wheel_separation is {drive.wheel_separation:g}, so the wheels are in one "
            "another; give "
            f"{2 * drive.wheel_half_width:g} or more, the width of one"
        )
    fastest = drive.max_wheel_speed * drive.wheel_radius
    if drive.max_linear > fastest * ROUNDING:
        yield (
            f"drive: max_linear is {drive.max_linear:g}; give up to {fastest:g} m/s, which "
            "max_wheel_speed and wheel_radius allow, or "
            "change these"
        )
    turning = 2 * fastest / (drive.wheel_separation * drive.wheel_separation_multiplier)
    if drive.max_angular > turning * ROUNDING:
        yield (
            f"drive: max_angular is {drive.max_angular:g}; give up to {turning:g} rad/s, which "
            "max_wheel_speed, wheel_radius and "
            "wheel_separation allow, or change these"
        )


def _arm_faults(robot: Robot) -> Iterator[str]:
    arm = robot.arm
    if not 1 <= len(arm.joints) <= MOST_JOINTS:
        yield f"arm: joints has {len(arm.joints)} entries; give 1 to {MOST_JOINTS}"
        return
    if len(arm.joints) != len(arm.links):
        yield (
            f"arm has {len(arm.joints)} joints and {len(arm.links)} links; give one link for "
            "each joint"
        )
        return
    for number, joint in enumerate(arm.joints):
        where = f"arm: joints[{number}] ({joint.name})"
        if not joint.lower < joint.upper:
            yield (
                f"{where}: lower {joint.lower:g} is not below upper {joint.upper:g}; give the "
                "smaller one first"
            )
        elif not joint.lower <= joint.home <= joint.upper:
            yield (
                f"{where}: home {joint.home:g} is outside [{joint.lower:g}, {joint.upper:g}]; "
                "put it within"
            )
        if abs(math.hypot(*joint.axis) - 1.0) > 1e-3:
            yield (
                f"{where}: axis {list(joint.axis)} is not of length 1; make it so, such as [0, "
                "-1, 0]"
            )
    if not arm.tool[0] > 0:
        yield (
            f"arm: tool is {list(arm.tool)}; give an x over 0, because the hand points along its +x"
        )


def _gripper_faults(robot: Robot) -> Iterator[str]:
    gripper = robot.gripper
    if not gripper.lower < gripper.upper:
        yield (
            f"gripper: lower {gripper.lower:g} is not below upper {gripper.upper:g}; give the "
            "smaller one first"
        )
        return
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(gripper.opening)]
    if (
        not steps
        or min(along for along, _ in steps) <= 0
        or min(gap * steps[0][1] for _, gap in steps) <= 0
    ):
        yield (
            f"gripper: opening is {[list(pair) for pair in gripper.opening]}; give two or more "
            "pairs [position, gap], positions "
            "growing, gaps all growing or all falling"
        )
        return
    first, last = gripper.opening[0][0], gripper.opening[-1][0]
    if not (first <= gripper.lower and gripper.upper <= last):
        yield (
            f"gripper: opening goes from {first:g} to {last:g}; it must cover {gripper.lower:g} "
            f"to {gripper.upper:g}"
        )
        return
    widest = max(gripper.gap(gripper.lower), gripper.gap(gripper.upper))
    if not gripper.max_object < widest:
        yield (
            f"gripper: max_object is {gripper.max_object:g}; it must be over 0 and under the "
            f"widest gap, {widest:g}"
        )


def _sensor_faults(robot: Robot) -> Iterator[str]:
    camera, sensor = robot.camera, robot.range_sensor
    if not camera.position[2] > 0:
        yield f"camera: position is {list(camera.position)}; give a z over 0, over the floor"
    for number, (start, end) in enumerate(pairwise(camera.mast)):
        if math.dist(start, end) < LEAST_TUBE_M:
            yield (
                f"camera: mast[{number}] and mast[{number + 1}] are both {list(start)}; give "
                "places that are apart"
            )
    if sensor is not None and not sensor.min_range < sensor.max_range:
        yield (
            f"range_sensor: min_range {sensor.min_range:g} is not below max_range "
            f"{sensor.max_range:g}; give the smaller one first"
        )


def _speed_faults(robot: Robot) -> Iterator[str]:
    missing = [str(word) for word in Speed if word not in robot.speeds]
    if missing:
        yield f"speeds lacks {', '.join(missing)}; add them"
        return
    for way in ("linear", "angular"):
        slow, normal, fast = (
            getattr(robot.speeds[word], way) for word in (Speed.SLOW, Speed.NORMAL, Speed.FAST)
        )
        most = getattr(robot.drive, f"max_{way}")
        if not slow <= normal <= fast <= most:
            yield (
                f"speeds: {way} is slow {slow:g}, normal {normal:g}, fast {fast:g}; they must "
                f"rise, up to max_{way}, {most:g}"
            )


def _cell_faults(robot: Robot) -> Iterator[str]:
    missing = [str(word) for word in Cell if word not in robot.cells]
    if missing:
        yield f"cells lacks {', '.join(missing)}; add them"
        return
    (base_x, base_y, _), arm = robot.arm.joints[0].origin, robot.arm
    links = sum(math.hypot(*joint.origin) for joint in arm.joints[1:])
    # no arm reaches farther from base_link, whatever its joints
    reach = math.hypot(base_x, base_y) + links + math.hypot(*arm.tool)
    for cell, (x, y) in robot.cells.items():
        if math.hypot(x, y) > reach:
            yield (
                f"cells: {cell} is {[x, y]}, {math.hypot(x, y):.3g} m away; the arm reaches at "
                f"most {reach:.3g} m, so put it nearer"
            )
        if cell is Cell.FRONT and not x > 0:
            yield f"cells: {cell} is {[x, y]}; give an x over 0, ahead of base_link"
        if y * SIDES.get(cell, 0) < 0 or (cell in SIDES and y == 0):
            yield (
                f"cells: {cell} is {[x, y]}; give a y {'over' if SIDES[cell] > 0 else 'under'} "
                "0, because y points to the left"
            )
