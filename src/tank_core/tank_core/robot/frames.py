"""The frames of a robot, fixed and moving, from its URDF or robot file.

Quaternions are (x, y, z, w), as in ROS.
"""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tank_core.geometry import Quaternion, Vector
from tank_core.robot.description import ArmDescription, Camera

IDENTITY: Quaternion = (0.0, 0.0, 0.0, 1.0)
# From x forward, y left, z up to the camera's z forward, x right, y down (REP-103).
OPTICAL_ROTATION: Quaternion = (-0.5, 0.5, -0.5, 0.5)


@dataclass(frozen=True)
class Transform:
    """Pose of ``child`` in ``parent``: translation [m] and rotation."""

    parent: str
    child: str
    translation: Vector = (0.0, 0.0, 0.0)
    rotation: Quaternion = IDENTITY


@dataclass(frozen=True)
class _Joint:
    """A URDF joint that moves.

    A mimic follows ``source``: position = multiplier * its position + offset.
    """

    origin: Transform
    axis: Vector
    slides: bool
    source: str
    multiplier: float
    offset: float

    def at(self, position: float) -> Transform:
        value = self.multiplier * position + self.offset
        if self.slides:
            shift = rotate(
                self.origin.rotation,
                (self.axis[0] * value, self.axis[1] * value, self.axis[2] * value),
            )
            x, y, z = np.add(self.origin.translation, shift).tolist()
            return Transform(self.origin.parent, self.origin.child, (x, y, z), self.origin.rotation)
        rotation = multiply(self.origin.rotation, about(self.axis, value))
        return Transform(self.origin.parent, self.origin.child, self.origin.translation, rotation)


class UrdfFrames:
    """The frames of a URDF, as robot_state_publisher would publish them.

    Raises ValueError where the text is not XML.
    """

    def __init__(self, urdf: str) -> None:
        try:
            root = ET.fromstring(urdf)
        except ET.ParseError as error:
            raise ValueError(f"the robot description is not XML: {error}") from None
        joints = root.findall("joint")
        self.fixed = tuple(_origin(joint) for joint in joints if joint.get("type") == "fixed")
        self._moving = tuple(
            _joint(joint)
            for joint in joints
            if joint.get("type") in ("revolute", "continuous", "prismatic")
        )

    def moving(self, positions: Mapping[str, float]) -> list[Transform]:
        """The moving frames at joint positions [rad or m] by name.

        Those of joints not named are left out.
        """
        return [
            joint.at(positions[joint.source]) for joint in self._moving if joint.source in positions
        ]

    @property
    def origins(self) -> tuple[Transform, ...]:
        """The moving frames with their joints at 0."""
        return tuple(joint.origin for joint in self._moving)

    def children(self) -> set[str]:
        """Every frame that has a parent here."""
        return {transform.child for transform in (*self.fixed, *self.origins)}


def camera_frames(
    camera: Camera, base: str, link: str, optical: str
) -> tuple[Transform, Transform]:
    """The camera's frames.

    base_link -> camera_link (x along the view) -> camera_optical_frame (z along the view).
    """
    return Transform(base, link, camera.position, about((0.0, 1.0, 0.0), camera.pitch)), Transform(
        link, optical, rotation=OPTICAL_ROTATION
    )


# rotation (3, 3), translation [m] (3,)
Pose = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]


def as_pose(transform: Transform) -> Pose:
    """A transform as a rotation matrix and a vector.

    P_parent = rotation @ p_child + translation.
    """
    return matrix(transform.rotation), np.array(transform.translation)


def matrix(rotation: Quaternion) -> npt.NDArray[np.float64]:
    """The rotation matrix (3, 3) of a unit quaternion."""
    x, y, z, w = rotation
    return np.array([
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ])  # fmt: skip


def link_poses(arm: ArmDescription, positions: Mapping[str, float]) -> list[Pose]:
    """Poses in base_link of the links' frames, base to tip, by joint positions.

    Positions [rad] by name; a joint not named is at home.
    """
    rotation, translation = np.eye(3), np.zeros(3)
    poses = []
    for joint in arm.joints:
        translation = translation + rotation @ np.array(joint.origin)
        rotation = rotation @ matrix(about(joint.axis, positions.get(joint.name, joint.home)))
        poses.append((rotation, translation))
    return poses


def about(axis: Vector, angle: float) -> Quaternion:
    """A turn by ``angle`` [rad] about an axis of any length but 0."""
    length = math.hypot(*axis)
    scale = math.sin(angle / 2) / length
    return axis[0] * scale, axis[1] * scale, axis[2] * scale, math.cos(angle / 2)


def from_rpy(roll: float, pitch: float, yaw: float) -> Quaternion:
    """URDF's fixed-axis roll, pitch, yaw [rad]."""
    turns = about((0.0, 0.0, 1.0), yaw), about((0.0, 1.0, 0.0), pitch), about((1.0, 0.0, 0.0), roll)
    return multiply(multiply(turns[0], turns[1]), turns[2])


def multiply(first: Quaternion, second: Quaternion) -> Quaternion:
    """The product of two rotations: ``second``, then ``first`` in fixed axes.

    Hamilton's product.
    """
    (ax, ay, az, aw), (bx, by, bz, bw) = first, second
    return (
        aw * bx + ax * bw + ay * bz - az * by,
        aw * by - ax * bz + ay * bw + az * bx,
        aw * bz + ax * by - ay * bx + az * bw,
        aw * bw - ax * bx - ay * by - az * bz,
    )


def rotate(rotation: Quaternion, vector: Vector) -> Vector:
    """A vector turned by a rotation."""
    x, y, z, w = rotation
    rx, ry, rz, _ = multiply(multiply(rotation, (*vector, 0.0)), (-x, -y, -z, w))
    return rx, ry, rz


def _origin(joint: ET.Element) -> Transform:
    origin = joint.find("origin")
    xyz, rpy = (
        ("0 0 0", "0 0 0")
        if origin is None
        else (origin.get("xyz", "0 0 0"), origin.get("rpy", "0 0 0"))
    )
    return Transform(
        _link(joint, "parent"), _link(joint, "child"), _vector(xyz), from_rpy(*_vector(rpy))
    )


def _joint(joint: ET.Element) -> _Joint:
    axis, mimic = joint.find("axis"), joint.find("mimic")
    source, multiplier, offset = joint.get("name", ""), 1.0, 0.0
    if mimic is not None:
        source, multiplier, offset = (
            mimic.get("joint", ""),
            float(mimic.get("multiplier", "1")),
            float(mimic.get("offset", "0")),
        )
    along = (1.0, 0.0, 0.0) if axis is None else _vector(axis.get("xyz", "1 0 0"))
    return _Joint(
        _origin(joint), along, joint.get("type") == "prismatic", source, multiplier, offset
    )


def _link(joint: ET.Element, end: str) -> str:
    element = joint.find(end)
    if element is None or not element.get("link"):
        raise ValueError(f"the robot description's joint {joint.get('name')!r} has no {end} link")
    return str(element.get("link"))


def _vector(text: str) -> Vector:
    x, y, z = (float(word) for word in text.split())
    return x, y, z
