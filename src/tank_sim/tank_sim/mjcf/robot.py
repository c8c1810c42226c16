"""The robot's bodies, joints, contacts and actuators.

The drive is that of the published llm-tank robot: a box on wheels with velocity actuators, and
slippery spheres that keep it level.
"""

from __future__ import annotations

import math
from typing import Any

from tank_core.geometry import Vector
from tank_core.robot import ArmDescription, Robot, Supports
from tank_core.robot.xml_text import Node, add
from tank_sim.mjcf import visuals
from tank_sim.mjcf.appearance import add_lights
from tank_sim.mjcf.names import (
    ARM,
    BASE,
    BODY,
    CAMERA,
    CHASSIS,
    GRIP,
    HIDDEN_GROUP,
    LEFT_FINGER,
    RIGHT_FINGER,
    TIRE,
    WHEEL,
)

# [s/m] time constant of a tire's contact over its radius: a small tire that sank in as far as a
# large one would roll short
TIRE_GIVE = 1 / 3
WHEEL_GAIN = 0.5  # [N m s/rad] of the wheels' speed control
# [s] in which a servo's geared rotor alone reaches full speed at full effort: gives its inertia
ROTOR_TIME = 0.003
# [s] a servo eases into a new target, so that targets sent at 50 Hz do not shake the robot across
# the floor
SERVO_TIME = 0.03
SAG = 0.008  # [rad] a servo gives way by this at full effort
FINGER_GIVE = 0.004  # [m] the same for the fingers' gap
# Fingers are hard, or light things would sink into them under their force.
FINGER_CONTACT = {
    "friction": (2.0, 0.02, 0.001),
    "condim": 4,
    "priority": 1,
    "solref": (0.004, 1),
    "solimp": (0.95, 0.998, 0.0005),
}


def add_robot(bodies: Node, robot: Robot, brightness: float) -> None:
    """Add the robot at the origin, with the lights that travel with it."""
    lift = -robot.chassis.height  # base_link lies this much under the body of the chassis
    chassis = add(bodies, "body", name=CHASSIS, pos=(0, 0, robot.chassis.height))
    add(chassis, "freejoint", name=BASE)
    add_lights(chassis, brightness)
    _add_chassis(chassis, robot)
    add(chassis, "site", name="base_link", pos=(0, 0, lift), size=0.005, group=HIDDEN_GROUP)
    for side, name in zip((1, -1), robot.drive.wheel_joints, strict=True):
        _add_wheel(chassis, robot, name, side)
    _add_belts(chassis, robot)
    _add_supports(chassis, robot.drive.supports, robot.chassis.height)
    hand = _add_arm(chassis, robot.arm, lift)
    _add_fingers(hand, robot)
    _add_camera(chassis, robot)
    visuals.add_range_sensor(chassis, robot)


def _add_chassis(body: Node, robot: Robot) -> None:
    """Add a box whose center of mass is not its middle.

    So its inertia (about that center, of a uniform box) is written out.
    """
    chassis = robot.chassis
    x, y, z = chassis.half_size
    inertia = tuple(chassis.mass / 3 * (a * a + b * b) for a, b in ((y, z), (x, z), (x, y)))
    add(body, "inertial", pos=chassis.com, mass=chassis.mass, diaginertia=inertia)
    add(body, "geom", name=CHASSIS, type="box", size=chassis.half_size, material="body", **BODY)
    visuals.add_body(body, robot)


def _add_wheel(chassis: Node, robot: Robot, name: str, side: int) -> None:
    """Add a cylinder that meets objects, and a tire that meets the floor.

    The tire is crowned and has the same radius. On the floor a cylinder would stand on two edges,
    which scrub when the robot turns: measured, it then turned 4 to 32 % less than its wheels,
    differently at each speed. A crowned tire, as real ones are, touches in its middle.
    """
    drive = robot.drive
    radius, friction = drive.wheel_radius, (drive.wheel_friction, 0.005, 0.0001)
    place = (0, side * drive.wheel_separation / 2, radius - robot.chassis.height)
    wheel = add(chassis, "body", name=name, pos=place)
    add(wheel, "joint", name=name, type="hinge", axis=(0, 1, 0), armature=0.001, damping=0.0001)
    body = {"size": (radius, drive.wheel_half_width), "mass": drive.wheel_mass}
    look = {"zaxis": (0, 1, 0), "material": "rubber"}
    add(wheel, "geom", name=name, type="cylinder", friction=friction, **body, **look, **WHEEL)
    tire = {"type": "sphere", "size": radius, "mass": 0, "group": HIDDEN_GROUP}
    contact = {"priority": 1, "friction": friction, "solref": (TIRE_GIVE * radius, 1)}
    add(wheel, "geom", name=f"{name}_tire", **tire, **contact, **TIRE)
    visuals.add_wheel(wheel, drive, side)


def _add_belts(chassis: Node, robot: Robot) -> None:
    """Add the boxes by which tracks push things with all of their length.

    On the floor each track stands at one place, as a wheel: how real ones slip is not known.
    """
    for side, (place, size) in zip(("left", "right"), robot.drive.belts, strict=False):
        place = _lifted(place, -robot.chassis.height)
        box = {"type": "box", "pos": place, "size": size, "mass": 0, "group": HIDDEN_GROUP}
        add(chassis, "geom", name=f"{side}_belt", **box, **WHEEL)
        visuals.add_track(chassis, place, robot.drive)


def _add_supports(chassis: Node, supports: Supports, height: float) -> None:
    """Add spheres that slip, whatever the floor is.

    Their own small friction counts (priority).
    """
    ball = {"type": "sphere", "size": supports.radius, "mass": supports.mass, "material": "steel"}
    slippery = {"friction": (0.01, 0.0001, 0.0001), "priority": 1}
    for number, (x, y) in enumerate(supports.positions):
        name, place = f"support_{number}", (x, y, supports.radius + supports.clearance - height)
        support = add(chassis, "body", name=name, pos=place)
        add(support, "geom", name=name, **ball, **slippery, **BODY)


def _add_arm(chassis: Node, arm: ArmDescription, lift: float) -> Node:
    """Add the chain of links; returns the last one, the hand."""
    body = chassis
    for joint, link in zip(arm.joints, arm.links, strict=True):
        body = add(body, "body", name=link.name, pos=_lifted(joint.origin, lift))
        lift = 0.0
        geared = {
            "armature": ROTOR_TIME * joint.effort / joint.velocity,
            "damping": 0.01 * joint.effort,
        }
        limits = {"axis": joint.axis, "range": (joint.lower, joint.upper)}
        add(body, "joint", name=joint.name, type="hinge", **limits, **geared)
        box = {"pos": link.center, "size": link.half_size, "mass": link.mass}
        add(body, "geom", name=link.name, type="box", material="arm", **box, **ARM)
        visuals.add_servo(body, joint, link)
    add(body, "site", name="tool", pos=arm.tool, size=0.004, group=HIDDEN_GROUP)
    return body


def _add_fingers(hand: Node, robot: Robot) -> None:
    """Add two boxes that slide apart; each goes half of the gap."""
    gripper, (length, half_width, _) = robot.gripper, robot.gripper.finger_half_size
    farthest = max(gap for _, gap in gripper.opening) / 2
    x, y, z = robot.arm.tool
    for side, name in ((1, LEFT_FINGER), (-1, RIGHT_FINGER)):
        finger = add(hand, "body", name=name, pos=(x - length, y, z))
        slide = {"type": "slide", "axis": (0, side, 0), "range": (0, farthest)}
        add(finger, "joint", name=name, armature=0.02, damping=2.0, **slide)
        box = {"type": "box", "pos": (0, side * half_width, 0), "size": gripper.finger_half_size}
        look = {"mass": gripper.finger_mass, "material": "finger"}
        add(finger, "geom", name=name, **box, **look, **FINGER_CONTACT, **ARM)
    visuals.add_hand(hand, robot)


def _add_camera(chassis: Node, robot: Robot) -> None:
    camera, lift = robot.camera, -robot.chassis.height
    # right is -y; MuJoCo's cameras look along -z
    up = (math.sin(camera.pitch), 0.0, math.cos(camera.pitch))
    body = add(chassis, "body", name="camera_link", pos=_lifted(camera.position, lift))
    add(body, "camera", name=CAMERA, fovy=camera.fovy, xyaxes=(0, -1, 0, *up))
    visuals.add_camera(chassis, body, robot)


def add_actuators(root: Node, robot: Robot) -> None:
    """Add what drives the wheels, the arm's joints and the gripper."""
    drive, gripper = robot.drive, robot.gripper
    _add_gripper_coupling(root)
    actuators = add(root, "actuator")
    for name in drive.wheel_joints:
        limits = _limits(-drive.max_wheel_speed, drive.max_wheel_speed, drive.max_wheel_torque)
        add(actuators, "velocity", name=name, joint=name, kv=WHEEL_GAIN, **limits)
    for joint in robot.arm.joints:
        servo = _servo(joint.effort, SAG) | _limits(joint.lower, joint.upper, joint.effort)
        add(actuators, "position", name=joint.name, joint=joint.name, **servo)
    gaps = [gap for _, gap in gripper.opening]
    servo = _servo(gripper.effort, FINGER_GIVE) | _limits(min(gaps), max(gaps), gripper.effort)
    add(actuators, "position", name=GRIP, tendon=GRIP, **servo)


def _add_gripper_coupling(root: Node) -> None:
    """Let the fingers mirror each other, and a tendon be as long as their gap.

    So one actuator squeezes with its full force on both.
    """
    tendon = add(add(root, "tendon"), "fixed", name=GRIP)
    for finger in (LEFT_FINGER, RIGHT_FINGER):
        add(tendon, "joint", joint=finger, coef=1)
    add(add(root, "equality"), "joint", joint1=LEFT_FINGER, joint2=RIGHT_FINGER, solref=(0.005, 1))


def _servo(effort: float, give: float) -> dict[str, Any]:
    return {"kp": effort / give, "dampratio": 1, "timeconst": SERVO_TIME}


def _limits(lower: float, upper: float, force: float) -> dict[str, Any]:
    return {"ctrlrange": (lower, upper), "forcerange": (-force, force)}


def _lifted(point: Vector, lift: float) -> Vector:
    return point[0], point[1], point[2] + lift
