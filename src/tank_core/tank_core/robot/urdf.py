"""Robot as URDF text, for robot_description.

The same kinematics as the MJCF (a test walks both). Pure.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise
from xml.etree import ElementTree

from tank_core.geometry import Vector
from tank_core.robot.description import Robot
from tank_core.robot.xml_text import Node, add, to_text

ORIGIN: Vector = (0.0, 0.0, 0.0)
QUARTER = math.pi / 2
# [kg], [kg m^2] next to nothing: readers of URDF refuse links that move and have no mass
LITTLE_MASS, LITTLE_INERTIA = 1e-6, 1e-9
_COLORS = {"body": "0.06 0.44 0.47 1", "dark": "0.10 0.11 0.12 1", "metal": "0.72 0.74 0.77 1"}


def build_urdf(robot: Robot) -> str:
    """The URDF.

    Its root is base_link, on the floor under the robot's center; joints and links are named as in
    the robot file.
    """
    return to_text(urdf_tree(robot))


def urdf_tree(robot: Robot) -> Node:
    """The same as elements."""
    root = ElementTree.Element("robot", {"name": robot.name})
    for name, rgba in _COLORS.items():
        add(add(root, "material", name=name), "color", rgba=rgba)
    add(root, "link", name="base_link")
    _add_chassis(root, robot)
    for side, name in zip((1, -1), robot.drive.wheel_joints, strict=True):
        _add_wheel(root, robot, name, side)
    hand = _add_arm(root, robot)
    _add_fingers(root, robot, hand)
    _add_camera(root, robot)
    _add_range_sensor(root, robot)
    return root


def _add_chassis(root: Node, robot: Robot) -> None:
    """The box with its own center of mass, the supports and the mast.

    One link, because nothing of it moves.
    """
    chassis, supports = robot.chassis, robot.drive.supports
    link = add(root, "link", name="chassis_link")
    _add_inertia(link, chassis.mass, chassis.com, chassis.half_size)
    _add_shape(link, ORIGIN, "box", "body", size=_doubled(chassis.half_size))
    for x, y in supports.positions:
        _add_shape(
            link,
            (x, y, supports.radius + supports.clearance - chassis.height),
            "sphere",
            "metal",
            radius=supports.radius,
        )
    for start, end in pairwise(robot.camera.mast):
        _add_tube(
            link,
            _raised(start, -chassis.height),
            _raised(end, -chassis.height),
            robot.camera.mast_radius,
        )
    for place, half_size in robot.drive.belts:
        _add_shape(link, _raised(place, -chassis.height), "box", "dark", size=_doubled(half_size))
    _add_joint(
        root, "chassis_joint", "fixed", "base_link", "chassis_link", (0.0, 0.0, chassis.height)
    )


def _add_wheel(root: Node, robot: Robot, name: str, side: int) -> None:
    drive = robot.drive
    radius, half = drive.wheel_radius, drive.wheel_half_width
    link = add(root, "link", name=f"{name}_link")
    across = drive.wheel_mass * (3 * radius**2 + (2 * half) ** 2) / 12
    _add_inertial(
        link, drive.wheel_mass, ORIGIN, (across, drive.wheel_mass * radius**2 / 2, across)
    )
    _add_shape(
        link, ORIGIN, "cylinder", "dark", rpy=(QUARTER, 0.0, 0.0), radius=radius, length=2 * half
    )
    place = (0.0, side * drive.wheel_separation / 2, radius)
    joint = _add_joint(
        root, name, "continuous", "base_link", f"{name}_link", place, axis=(0.0, 1.0, 0.0)
    )
    add(joint, "limit", effort=drive.max_wheel_torque, velocity=drive.max_wheel_speed)


def _add_arm(root: Node, robot: Robot) -> str:
    """The chain of links; returns the last one's name."""
    parent = "base_link"
    for joint, link in zip(robot.arm.joints, robot.arm.links, strict=True):
        body = add(root, "link", name=link.name)
        _add_inertia(body, link.mass, link.center, link.half_size)
        _add_shape(body, link.center, "box", "metal", size=_doubled(link.half_size))
        node = _add_joint(
            root, joint.name, "revolute", parent, link.name, joint.origin, axis=joint.axis
        )
        add(
            node,
            "limit",
            lower=joint.lower,
            upper=joint.upper,
            effort=joint.effort,
            velocity=joint.velocity,
        )
        parent = link.name
    add(root, "link", name="tool")
    _add_joint(root, "tool_joint", "fixed", parent, "tool", robot.arm.tool)
    return parent


def _add_fingers(root: Node, robot: Robot, hand: str) -> None:
    """Add both fingers: the gripper's joint moves one, the other mimics it.

    The joint's position is the finger's travel. Where the joint is a servo's angle it is a link of
    its own, and both fingers mimic it, by a straight line through the ends of the table of
    openings.
    """
    gripper, (length, half_width, _) = robot.gripper, robot.gripper.finger_half_size
    place = (robot.arm.tool[0] - length, robot.arm.tool[1], robot.arm.tool[2])
    scale, offset = 1.0, 0.0
    limits = {
        "lower": gripper.lower,
        "upper": gripper.upper,
        "effort": gripper.effort,
        "velocity": gripper.velocity,
    }
    if gripper.revolute:
        _add_inertial(
            add(root, "link", name="gripper_servo"),
            LITTLE_MASS,
            ORIGIN,
            (LITTLE_INERTIA, LITTLE_INERTIA, LITTLE_INERTIA),
        )
        add(
            _add_joint(
                root, gripper.joint, "revolute", hand, "gripper_servo", place, axis=(0.0, 0.0, 1.0)
            ),
            "limit",
            **limits,
        )
        near, far = gripper.gap(gripper.lower) / 2, gripper.gap(gripper.upper) / 2
        scale = (far - near) / (gripper.upper - gripper.lower)
        offset = near - scale * gripper.lower
        limits |= {"lower": near, "upper": far, "velocity": gripper.velocity * scale}
    left = f"{gripper.joint}_finger" if gripper.revolute else gripper.joint
    for side, name, link_name in (
        (1, left, "left_finger"),
        (-1, f"{gripper.joint}_mirror", "right_finger"),
    ):
        link = add(root, "link", name=link_name)
        _add_inertia(
            link, gripper.finger_mass, (0.0, side * half_width, 0.0), gripper.finger_half_size
        )
        _add_shape(
            link,
            (0.0, side * half_width, 0.0),
            "box",
            "dark",
            size=_doubled(gripper.finger_half_size),
        )
        joint = _add_joint(
            root, name, "prismatic", hand, link_name, place, axis=(0.0, float(side), 0.0)
        )
        add(joint, "limit", **limits)
        if name != gripper.joint:
            add(joint, "mimic", joint=gripper.joint, multiplier=scale, offset=offset)


def _add_camera(root: Node, robot: Robot) -> None:
    """camera_link looks along its x.

    Camera_optical_frame along its z, x right, y down (REP-103).
    """
    link = add(root, "link", name="camera_link")
    _add_shape(link, (-0.02, 0.0, 0.0), "box", "dark", size=(0.02, 0.052, 0.032))
    _add_joint(
        root,
        "camera_joint",
        "fixed",
        "base_link",
        "camera_link",
        robot.camera.position,
        rpy=(0.0, robot.camera.pitch, 0.0),
    )
    add(root, "link", name="camera_optical_frame")
    _add_joint(
        root,
        "camera_optical_joint",
        "fixed",
        "camera_link",
        "camera_optical_frame",
        ORIGIN,
        rpy=(-QUARTER, 0.0, -QUARTER),
    )


def _add_range_sensor(root: Node, robot: Robot) -> None:
    """range_link looks along its x."""
    if robot.range_sensor is not None:
        link = add(root, "link", name="range_link")
        _add_shape(link, (-0.006, 0.0, 0.0), "box", "metal", size=(0.012, 0.045, 0.016))
        _add_joint(
            root, "range_joint", "fixed", "base_link", "range_link", robot.range_sensor.position
        )


def _add_joint(
    root: Node,
    name: str,
    kind: str,
    parent: str,
    child: str,
    place: Vector,
    rpy: Vector = ORIGIN,
    axis: Vector | None = None,
) -> Node:
    joint = add(root, "joint", name=name, type=kind)
    add(joint, "parent", link=parent)
    add(joint, "child", link=child)
    add(joint, "origin", xyz=place, rpy=rpy)
    if axis is not None:
        add(joint, "axis", xyz=axis)
    return joint


def _add_shape(
    link: Node,
    place: Vector,
    kind: str,
    material: str,
    rpy: Vector = ORIGIN,
    **sizes: float | Vector,
) -> None:
    for use in ("visual", "collision"):
        node = add(link, use)
        add(node, "origin", xyz=place, rpy=rpy)
        add(add(node, "geometry"), kind, **sizes)
        if use == "visual":
            add(node, "material", name=material)


def _add_tube(link: Node, start: Vector, end: Vector, radius: float) -> None:
    """A cylinder from one point to another; URDF's lie along z."""
    along = tuple(b - a for a, b in zip(start, end, strict=True))
    middle = tuple((a + b) / 2 for a, b in zip(start, end, strict=True))
    tilt, bearing = (
        math.atan2(math.hypot(along[0], along[1]), along[2]),
        math.atan2(along[1], along[0]),
    )
    _add_shape(
        link,
        _vector(middle),
        "cylinder",
        "dark",
        rpy=(0.0, tilt, bearing),
        radius=radius,
        length=math.hypot(*along),
    )


def _add_inertia(link: Node, mass: float, center: Vector, half_size: Vector) -> None:
    """Of a uniform box about its center."""
    x, y, z = half_size
    _add_inertial(
        link,
        mass,
        center,
        (mass * (y * y + z * z) / 3, mass * (x * x + z * z) / 3, mass * (x * x + y * y) / 3),
    )


def _add_inertial(link: Node, mass: float, center: Vector, moments: Vector) -> None:
    inertial = add(link, "inertial")
    add(inertial, "origin", xyz=center)
    add(inertial, "mass", value=mass)
    add(inertial, "inertia", ixx=moments[0], ixy=0, ixz=0, iyy=moments[1], iyz=0, izz=moments[2])


def _doubled(half_size: Vector) -> Vector:
    return 2 * half_size[0], 2 * half_size[1], 2 * half_size[2]


def _raised(point: Vector, height: float) -> Vector:
    return point[0], point[1], point[2] + height


def _vector(values: Iterable[float]) -> Vector:
    x, y, z = values
    return x, y, z
