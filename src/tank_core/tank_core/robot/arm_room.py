"""The room that an arm has, to the floor and to the robot's own body.

The arm is its links' boxes and its claw, wide open; the body is chassis, wheels or tracks, mast and
camera. Each joint's positions are one row, so that a whole way is measured at once.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from tank_core.geometry import Vector
from tank_core.robot.description import Robot
from tank_core.robot.solids import arm_solids, body_solids
from tank_core.state import Array

ROOM_M = 0.005  # that an arm keeps from floor and body
CAMERA_M = 0.012  # radius of a camera
STAND_M = 0.04  # so near to its own joint the first link that lifts may touch what it stands on
SPACING_M = 0.02  # of the points on each box
UNDER_TIP_M = 0.012  # what is held reaches so far beyond the fingertips, at most


class ArmRoom:
    """Measures the room of one robot's arm."""

    def __init__(self, robot: Robot, held: float = 0.0) -> None:
        """Take the arm of a robot, with what is in its hand.

        That is ``held`` [m] wide and high; 0: nothing.
        """
        self._joints = robot.arm.joints
        self._points = _points_on_links(robot, held)
        boxes = [(solid.center, solid.half_size) for solid in body_solids(robot)[:1]]
        drive = robot.drive
        wheel = (drive.wheel_radius, drive.wheel_half_width, drive.wheel_radius)
        sides = [(0.0, side * drive.wheel_separation / 2, drive.wheel_radius) for side in (1, -1)]
        boxes += list(drive.belts) or [(place, wheel) for place in sides]
        self._boxes = [(np.array(center), np.array(half_size)) for center, half_size in boxes]
        eye, mast = robot.camera.position, robot.camera.mast
        self._tubes = [(eye, eye, CAMERA_M)]
        self._tubes += [(start, end, robot.camera.mast_radius) for start, end in pairwise(mast)]

    def over_floor(self, positions: Array) -> Array:
        """Return the height [m] of the lowest point: (m,).

        ``positions`` [rad] are (m, n).
        """
        return _lowest(self._in_base(positions))

    def off_body(self, positions: Array) -> Array:
        """Return the least distance [m] from the body: (m,).

        ``positions`` [rad] are (m, n).

        It is negative inside.
        """
        return self._to_body(self._in_base(positions))

    def least(self, positions: Array) -> Array:
        """Return the lesser of both [m]: (m,) for ``positions`` [rad] (m, n)."""
        points = self._in_base(positions)
        return np.minimum(_lowest(points), self._to_body(points))

    def _to_body(self, points: Array) -> Array:
        gaps = [_to_box(points, center, half_size) for center, half_size in self._boxes]
        gaps += [_to_tube(points, *tube) for tube in self._tubes]
        gap: Array = np.min(gaps, axis=(0, 2))
        return gap

    def _in_base(self, positions: Array) -> Array:
        """Return the arm's points [m] in base_link: (m, k, 3)."""
        count = len(positions)
        rotation, origin = np.tile(np.eye(3), (count, 1, 1)), np.zeros((count, 3))
        found = []
        for number, joint in enumerate(self._joints):
            origin = origin + rotation @ np.array(joint.origin)
            rotation = rotation @ _turns(joint.axis, positions[:, number])
            found.append(self._points[number] @ rotation.transpose(0, 2, 1) + origin[:, None])
        return np.concatenate(found, axis=1)


def _points_on_links(robot: Robot, held: float) -> list[Array]:
    """Return points (k, 3) [m] on the boxes of each link, in the link's frame."""
    arm, points = robot.arm, []
    stands = next(
        (number for number, joint in enumerate(arm.joints) if abs(joint.axis[2]) < 0.5), 0
    )
    for number, link in enumerate(arm.links):
        grid = _on_box(link.center, link.half_size)
        if number < stands:
            grid = grid[:0]  # the column of a yaw stands on the body
        elif number == stands:
            grid = grid[np.linalg.norm(grid, axis=1) > STAND_M]
        points.append(grid)
    count = len(arm.links)
    claw = [solid for solid in arm_solids(robot, {}) if not solid.is_drum][count:]
    boxes = [(solid.center, solid.half_size) for solid in claw]
    if held > 0.0:
        x, y, z = arm.tool
        boxes.append(((x + UNDER_TIP_M - held / 2, y, z), (held / 2,) * 3))
    points[-1] = np.concatenate([points[-1], *(_on_box(*box) for box in boxes)])
    return points


def _on_box(center: Vector, half_size: Vector) -> Array:
    """Return points (k, 3) on a box, its corners among them."""
    axes = [
        middle + np.linspace(-half, half, max(2, math.ceil(2 * half / SPACING_M) + 1))
        for middle, half in zip(center, half_size, strict=True)
    ]
    return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)


def _turns(axis: Vector, angles: Array) -> Array:
    """Return rotations (m, 3, 3) about a unit axis, after Rodrigues.

    ``angles`` [rad] are (m,).
    """
    x, y, z = axis
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    sine, rest = np.sin(angles)[:, None, None], 1.0 - np.cos(angles)[:, None, None]
    turns: Array = np.eye(3) + sine * cross + rest * (cross @ cross)
    return turns


def _lowest(points: Array) -> Array:
    height: Array = points[..., 2].min(axis=1)
    return height


def _to_box(points: Array, center: Array, half_size: Array) -> Array:
    beyond = np.abs(points - center) - half_size
    gap: Array = np.linalg.norm(np.maximum(beyond, 0.0), axis=-1) + np.minimum(
        beyond.max(axis=-1), 0.0
    )
    return gap


def _to_tube(points: Array, start: Vector, end: Vector, radius: float) -> Array:
    first, along = np.array(start), np.subtract(end, start)
    length2 = max(float(along @ along), 1e-12)
    share = np.clip((points - first) @ along / length2, 0.0, 1.0)
    gap: Array = np.linalg.norm(points - first - share[..., None] * along, axis=-1) - radius
    return gap
