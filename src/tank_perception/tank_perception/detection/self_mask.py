"""Masks the pixels that show the robot itself.

Its boxes, by the joints' positions, are drawn as the camera sees them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import product
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from tank_core.geometry import Vector
from tank_core.robot import Robot
from tank_core.robot.frames import Pose, link_poses
from tank_core.robot.solids import arm_solids, body_solids
from tank_core.state import Array, Image
from tank_perception.detection.ground import NEAREST_M, Eye

# of a box by half-sizes, each twice  # (16, 3)
CORNERS: Array = np.array([*product((-1.0, 1.0), repeat=3)] * 2)
# Of an octagonal prism around a drum of radius 1 and half-length 1 along y: a circle's octagon
# reaches 1 / cos(22.5 deg).
_AROUND = (np.arange(8) + 0.5) * (math.pi / 4)
RIMS: Array = np.array(
    [(math.cos(a), side * math.cos(math.pi / 8), math.sin(a)) for a in _AROUND for side in (-1, 1)]
) / math.cos(math.pi / 8)
# screws and cables stand out from the links by up to this, and joints are read with some error
SERVO_M = 0.008
FAR_PX = 4000  # beyond the image; keeps coordinates in OpenCV's range
HELD_LEAST_M = 0.012  # fingers that are nearer to each other hold nothing
HELD_OVER_M = 0.005  # fingers farther apart than the widest object by this hold nothing


class _Part(NamedTuple):
    """A solid on a link.

    Its points at half-size 1 (16, 3), and its middle and half-size in the link's frame [m].
    """

    points: Array
    link: Pose
    center: Vector
    half_size: Vector


class RobotBody:
    """The robot's boxes in base_link at joint positions by name.

    Joints that are not named are at home.
    """

    def __init__(self, robot: Robot, joints: Mapping[str, float]) -> None:
        self.robot = robot
        self._joints = joints
        self._poses = link_poses(robot.arm, joints)
        gripper = robot.gripper
        self.gap = gripper.gap(joints.get(gripper.joint, gripper.upper))  # [m]

    @property
    def tool(self) -> Array:
        """The tool center point (3,), between the fingertips [m]."""
        rotation, translation = self._poses[-1]
        place: Array = translation + rotation @ np.array(self.robot.arm.tool)
        return place

    @property
    def may_hold(self) -> bool:
        """Whether the fingers are as far apart as something would keep them.

        Those that tell nothing count by where they were told to be.
        """
        least = HELD_LEAST_M if self.robot.joint_feedback else -math.inf
        return least < self.gap < self.robot.gripper.max_object + HELD_OVER_M

    @property
    def room(self) -> float:
        """Width [m] that a thing between the fingers may have.

        It is their gap, or, where they only are told to close, as wide as can be held.
        """
        return (
            self.gap if self.robot.joint_feedback else max(self.gap, self.robot.gripper.max_object)
        )

    def boxes(self, margin: float) -> Array:
        """Return the corners of every part [m]: (parts, 16, 3).

        Each box is larger by ``margin`` [m] on every side.
        """
        solids = [*body_solids(self.robot), *arm_solids(self.robot, self._joints)]
        points = [RIMS if solid.is_drum else CORNERS for solid in solids]
        parts = zip(points, solids, strict=True)
        return _placed([_Part(p, one.link, one.center, one.half_size) for p, one in parts], margin)

    def held_box(self, margin: float) -> Array:
        """Return the box of what is between the fingers [m]: (1, 16, 3).

        It is a cube as wide as there is room, around the tool center point.
        """
        half = self.room / 2
        return _placed(
            [_Part(CORNERS, self._poses[-1], self.robot.arm.tool, (half, half, half))], margin
        )

    def held_core(self) -> Array:
        """Return the box that only a held thing fills [m]: (1, 16, 3).

        It is where the ends of closed fingers are: they cannot close when they hold something.
        """
        (_, half_width, half_height), tool = (
            self.robot.gripper.finger_half_size,
            self.robot.arm.tool,
        )
        half_size = (half_height, 2 * half_width, half_height)
        return _placed(
            [_Part(CORNERS, self._poses[-1], (tool[0] - half_height, tool[1], tool[2]), half_size)],
            0.0,
        )


def draw(eye: Eye, boxes: Array, size: tuple[int, int]) -> Image:
    """Return a mask, 255 where a box is in the image and 0 elsewhere.

    ``boxes`` are (n, points, 3), ``size`` is (height, width).
    """
    mask = np.zeros(size, np.uint8)
    points = boxes.reshape(-1, 3)
    depths = eye.depths(points).reshape(boxes.shape[:2])
    spots = _spots(eye, points).reshape(*boxes.shape[:2], 2)
    ahead = depths > NEAREST_M
    cut = ahead.any(axis=1) & ~ahead.all(axis=1)
    low, high = spots.min(axis=1), spots.max(axis=1)
    inside = ahead.all(axis=1) & (high >= 0).all(axis=1) & (low < (size[1], size[0])).all(axis=1)
    for corners in (
        *spots[inside],
        *(
            _spots(eye, _part_ahead(box, depth))
            for box, depth in zip(boxes[cut], depths[cut], strict=True)
        ),
    ):
        cv2.fillConvexPoly(mask, cv2.convexHull(corners), 255)
    return mask


def _spots(eye: Eye, points: Array) -> npt.NDArray[np.int32]:
    """Return the whole pixels (n, 2) of points (n, 3)."""
    return np.clip(np.rint(eye.pixels(points)), -FAR_PX, FAR_PX).astype(np.int32)


def _part_ahead(points: Array, depths: Array) -> Array:
    """Return points (m, 3) of the hull's part that is ahead of the camera.

    ``points`` (n, 3) are those of a solid's hull. The rest of it cannot be drawn.
    """
    ahead, behind = depths > NEAREST_M, depths <= NEAREST_M
    share = (
        (NEAREST_M - depths[behind])[:, None] / (depths[ahead][None] - depths[behind][:, None])
    )[..., None]
    crossing = points[behind][:, None] + share * (points[ahead][None] - points[behind][:, None])
    return np.vstack((points[ahead], crossing.reshape(-1, 3)))


def _placed(parts: Sequence[_Part], margin: float) -> Array:
    """Return the corners of parts where their links are [m]: (parts, 16, 3).

    They are larger by ``margin`` on every side.
    """
    points = np.array([part.points for part in parts])
    half_size = np.array([part.half_size for part in parts]) + margin
    center = np.array([part.center for part in parts])
    rotation = np.array([part.link[0] for part in parts])
    translation = np.array([part.link[1] for part in parts])
    placed: Array = (points * half_size[:, None] + center[:, None]) @ rotation.swapaxes(
        1, 2
    ) + translation[:, None]
    return placed
