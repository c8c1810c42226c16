"""Robot and world as MJCF text.

Everything about the robot comes from its YAML; what is here is how such a robot is modeled.

The drive, the floor and the solver's step are those of the published llm-tank robot: timestep
0.002, implicitfast, a box on wheels with velocity actuators, slippery spheres that keep it level,
floor friction 1.0 0.005 0.0001.
"""

from __future__ import annotations

import math
from xml.etree import ElementTree

from tank_core.commands import Shape
from tank_core.geometry import Vector
from tank_core.robot import Arm, Gripper, Robot, Supports
from tank_core.robot.model_names import check_names
from tank_core.robot.xml_text import Node, add, to_text
from tank_sim import appearance
from tank_sim.worlds import OBJECT_MASS, Fixture, Shade, World, WorldObject

TIMESTEP = 0.002  # [s]
CHASSIS = "chassis"
LEFT_FINGER, RIGHT_FINGER = "left_finger", "right_finger"
THING_GROUP = 1  # of all that is not the robot or the floor: what the range sensor can meet
GRIP = "grip"  # the gripper's actuator and tendon
CAMERA = "camera"
SHADE = "shade"  # the panel, and the numbers that move it: center and swing [m], period [s]  # (7,)

# Collision classes as (contype, conaffinity): two geoms meet when one's type is in the other's
# affinity. Body and wheels never
# meet each other, nor do parts of the arm; everything meets the floor and the objects, and the arm
# meets the body.
FLOOR = {"contype": 4, "conaffinity": 0}
THINGS = {"contype": 1, "conaffinity": 5}
BODY = {"contype": 2, "conaffinity": 5}
WHEEL = {"contype": 2, "conaffinity": 1}
TYRE = {"contype": 0, "conaffinity": 4}
ARM = {"contype": 0, "conaffinity": 7}

TYRE_GIVE = (
    1 / 3
    # [s/m] time constant of a tyre's contact over its radius: a small tyre that sank in as far as a
    # large one would roll short
)
WHEEL_GAIN = 0.5  # [N m s/rad] of the wheels' speed control
# [s] in which a servo's geared rotor alone reaches full speed at full effort: gives its inertia
ROTOR_TIME = 0.003
# [s] a servo eases into a new target, so that targets sent at 50 Hz do not shake the robot across
# the floor
SERVO_TIME = 0.03
SAG = 0.008  # [rad] a servo gives way by this at full effort
FINGER_GIVE = 0.004  # [m] the same for the fingers' gap
FINGER_FRICTION = (2.0, 0.02, 0.001)
# hard, or light things would sink into the fingers under their force
FINGER_SOLREF, FINGER_SOLIMP = (0.004, 1), (0.95, 0.998, 0.0005)
OBJECT_FRICTION = (1.0, 0.005, 0.0005)


def build_mjcf(robot: Robot, world: World) -> str:
    """The whole model as MJCF text, with one keyframe ``home``: robot at the origin, arm at
    rest, objects in their places.

    Raises RobotFileError where a name of the robot is also one of something else in it.


    """
    root = ElementTree.Element("mujoco", {"model": f"{robot.name} in {world.name}"})
    add(root, "compiler", angle="radian", autolimits=True)
    add(root, "option", timestep=TIMESTEP, integrator="implicitfast", cone="elliptic", impratio=10)
    appearance.add_look(root, robot, world.scene.brightness)
    bodies = add(root, "worldbody")
    add(
        bodies,
        "geom",
        name="floor",
        type="plane",
        size=(0, 0, 0.05),
        material="floor",
        friction=(1.0, 0.005, 0.0001),
        **FLOOR,
    )
    _add_robot(bodies, robot, world.scene.brightness)
    for fixture in world.scene.fixtures:
        _add_fixture(bodies, fixture)
    if world.scene.shade is not None:
        _add_shade(root, bodies, world.scene.shade)
    for thing in world.objects:
        _add_object(bodies, thing)
    _add_gripper_coupling(root, robot.gripper)
    _add_actuators(root, robot)
    _add_home(root, robot, world)
    check_names(robot, root, f"robot {robot.name} in the world {world.name}")
    return to_text(root)


def _add_robot(bodies: Node, robot: Robot, brightness: float) -> None:
    chassis = add(bodies, "body", name=CHASSIS, pos=(0, 0, robot.chassis.height))
    add(chassis, "freejoint", name="base")
    appearance.add_lights(chassis, brightness)
    _add_chassis(chassis, robot)
    add(chassis, "site", name="base_link", pos=(0, 0, -robot.chassis.height), size=0.005, group=4)
    for side, name in zip((1, -1), robot.drive.wheel_joints, strict=True):
        _add_wheel(chassis, robot, name, side)
    _add_belts(chassis, robot)
    _add_supports(chassis, robot.drive.supports, robot.chassis.height)
    hand = _add_arm(chassis, robot.arm, robot.chassis.height)
    _add_fingers(hand, robot)
    _add_camera(chassis, robot)
    appearance.dress_range_sensor(chassis, robot)


def _add_chassis(body: Node, robot: Robot) -> None:
    """A box whose center of mass is not its middle, so its inertia (about that center, of a
    uniform box) is written out.
    """
    chassis = robot.chassis
    x, y, z = chassis.half_size
    inertia = tuple(chassis.mass / 3 * (a * a + b * b) for a, b in ((y, z), (x, z), (x, y)))
    add(body, "inertial", pos=chassis.com, mass=chassis.mass, diaginertia=inertia)
    add(body, "geom", name=CHASSIS, type="box", size=chassis.half_size, material="body", **BODY)
    appearance.dress_chassis(body, robot)


def _add_wheel(chassis: Node, robot: Robot, name: str, side: int) -> None:
    """A cylinder that meets objects, and a crowned tyre of the same radius that meets the floor.

    On the floor a cylinder would stand on two edges, which scrub when the robot turns: measured, it
    then turned 4 to 32 % less than its wheels, differently at each speed. A crowned tyre, as real
    ones are, touches in its middle.


    """
    drive = robot.drive
    wheel = add(
        chassis,
        "body",
        name=name,
        pos=(0, side * drive.wheel_separation / 2, drive.wheel_radius - robot.chassis.height),
    )
    add(wheel, "joint", name=name, type="hinge", axis=(0, 1, 0), armature=0.001, damping=0.0001)
    add(wheel, "geom", name=name, type="cylinder",
        size=(drive.wheel_radius, drive.wheel_half_width), zaxis=(0, 1, 0),
        mass=drive.wheel_mass, friction=(drive.wheel_friction, 0.005, 0.0001), material="rubber",
        **WHEEL)  # fmt: skip
    add(wheel, "geom", name=f"{name}_tyre", type="sphere", size=drive.wheel_radius, mass=0, group=4,
        priority=1,
        friction=(drive.wheel_friction, 0.005, 0.0001), solref=(TYRE_GIVE * drive.wheel_radius, 1),
        **TYRE)  # fmt: skip
    appearance.dress_wheel(wheel, drive, side)


def _add_belts(chassis: Node, robot: Robot) -> None:
    """Tracks push things with all of their length.

    On the floor each stands at one place, as a wheel: how real ones slip is not known.
    """
    for side, (place, (length, half_width, radius)) in zip(
        ("left", "right"), robot.drive.belts, strict=False
    ):
        place = _lifted(place, -robot.chassis.height)
        add(
            chassis,
            "geom",
            name=f"{side}_belt",
            type="box",
            pos=place,
            size=(length, half_width, radius),
            mass=0,
            group=4,
            **WHEEL,
        )
        appearance.dress_track(chassis, place, robot.drive)


def _add_supports(chassis: Node, supports: Supports, height: float) -> None:
    """Spheres whose own small friction counts (priority), not the larger of theirs and the
    floor's.
    """
    for number, (x, y) in enumerate(supports.positions):
        support = add(
            chassis,
            "body",
            name=f"support_{number}",
            pos=(x, y, supports.radius + supports.clearance - height),
        )
        add(support, "geom", name=f"support_{number}", type="sphere", size=supports.radius,
            mass=supports.mass,
            friction=(0.01, 0.0001, 0.0001), priority=1, material="steel", **BODY)  # fmt: skip


def _add_arm(chassis: Node, arm: Arm, height: float) -> Node:
    """The chain of links; returns the last one, the hand."""
    body, lift = chassis, -height  # base_link lies this much under the body of the chassis
    for joint, link in zip(arm.joints, arm.links, strict=True):
        body = add(body, "body", name=link.name, pos=_lifted(joint.origin, lift))
        lift = 0.0
        add(body, "joint", name=joint.name, type="hinge", axis=joint.axis,
            range=(joint.lower, joint.upper),
            armature=ROTOR_TIME * joint.effort / joint.velocity,
            damping=0.01 * joint.effort)  # fmt: skip
        add(
            body,
            "geom",
            name=link.name,
            type="box",
            pos=link.center,
            size=link.half_size,
            mass=link.mass,
            material="arm",
            **ARM,
        )
        appearance.dress_link(body, joint, link)
    add(body, "site", name="tool", pos=arm.tool, size=0.004, group=4)
    return body


def _add_fingers(hand: Node, robot: Robot) -> None:
    """Two boxes that slide apart; each goes half of the gap."""
    gripper, (length, half_width, _) = robot.gripper, robot.gripper.finger_half_size
    farthest = max(gap for _, gap in gripper.opening) / 2
    for side, name in ((1, LEFT_FINGER), (-1, RIGHT_FINGER)):
        finger = add(hand, "body", name=name, pos=_moved(robot.arm.tool, -length))
        add(
            finger,
            "joint",
            name=name,
            type="slide",
            axis=(0, side, 0),
            range=(0, farthest),
            armature=0.02,
            damping=2.0,
        )
        add(finger, "geom", name=name, type="box", pos=(0, side * half_width, 0),
            size=gripper.finger_half_size,
            mass=gripper.finger_mass, friction=FINGER_FRICTION, condim=4, priority=1,
            solref=FINGER_SOLREF, solimp=FINGER_SOLIMP,
            material="finger", **ARM)  # fmt: skip
    appearance.dress_hand(hand, robot)


def _add_camera(chassis: Node, robot: Robot) -> None:
    camera, lift = robot.camera, -robot.chassis.height
    # right is -y; MuJoCo's cameras look along -z
    up = (math.sin(camera.pitch), 0.0, math.cos(camera.pitch))
    body = add(chassis, "body", name="camera_link", pos=_lifted(camera.position, lift))
    add(body, "camera", name=CAMERA, fovy=camera.fovy, xyaxes=(0, -1, 0, *up))
    appearance.dress_camera(chassis, body, robot)


def _add_object(bodies: Node, thing: WorldObject) -> None:
    half = thing.size / 2
    size = {Shape.CUBE: (half, half, half), Shape.BALL: (half,), Shape.CYLINDER: (half, half)}[
        thing.shape
    ]
    kind = {Shape.CUBE: "box", Shape.BALL: "sphere", Shape.CYLINDER: "cylinder"}[thing.shape]
    body = add(bodies, "body", name=thing.name, pos=thing.position, euler=(0, 0, thing.yaw))
    add(body, "freejoint", name=thing.name)
    add(body, "geom", name=thing.name, type=kind, size=size, mass=OBJECT_MASS,
        friction=OBJECT_FRICTION,
        condim=6 if thing.shape is Shape.BALL else 4, material=str(thing.color), group=THING_GROUP,
        **THINGS)  # fmt: skip


def _add_fixture(bodies: Node, fixture: Fixture) -> None:
    add(bodies, "geom", name=fixture.name, type="box", size=fixture.half_size, pos=fixture.position,
        rgba=(*fixture.rgb, 1),
        friction=OBJECT_FRICTION, group=THING_GROUP, **THINGS)  # fmt: skip


def _add_shade(root: Node, bodies: Node, shade: Shade) -> None:
    """A mocap body, whose place nothing but ``shade.move`` decides.

    Its numbers travel with the model, for viewers in other processes.
    """
    add(
        add(root, "custom"), "numeric", name=SHADE, data=(*shade.center, *shade.swing, shade.period)
    )
    body = add(bodies, "body", name=SHADE, pos=shade.center, mocap=True)
    add(
        body,
        "geom",
        type="box",
        size=(*shade.half_size, 0.01),
        contype=0,
        conaffinity=0,
        material="panel",
    )


def _add_gripper_coupling(root: Node, gripper: Gripper) -> None:
    """The fingers mirror each other, and a tendon as long as the gap lets one actuator squeeze
    with its full force on both.
    """
    tendon = add(add(root, "tendon"), "fixed", name=GRIP)
    for finger in (LEFT_FINGER, RIGHT_FINGER):
        add(tendon, "joint", joint=finger, coef=1)
    add(add(root, "equality"), "joint", joint1=LEFT_FINGER, joint2=RIGHT_FINGER, solref=(0.005, 1))


def _add_actuators(root: Node, robot: Robot) -> None:
    actuators = add(root, "actuator")
    drive, gripper = robot.drive, robot.gripper
    for name in drive.wheel_joints:
        add(actuators, "velocity", name=name, joint=name, kv=WHEEL_GAIN,
            ctrlrange=_both(drive.max_wheel_speed),
            forcerange=_both(drive.max_wheel_torque))  # fmt: skip
    for joint in robot.arm.joints:
        add(actuators, "position", name=joint.name, joint=joint.name, kp=joint.effort / SAG,
            dampratio=1, timeconst=SERVO_TIME,
            ctrlrange=(joint.lower, joint.upper), forcerange=_both(joint.effort))  # fmt: skip
    gaps = [gap for _, gap in gripper.opening]
    add(actuators, "position", name=GRIP, tendon=GRIP, kp=gripper.effort / FINGER_GIVE, dampratio=1,
        timeconst=SERVO_TIME,
        ctrlrange=(min(gaps), max(gaps)), forcerange=_both(gripper.effort))  # fmt: skip


def _add_home(root: Node, robot: Robot, world: World) -> None:
    """qpos in the order of the bodies: base, wheels, arm, fingers, objects."""
    open_gap = robot.gripper.gap(robot.gripper.upper)
    base = (0, 0, robot.chassis.height, 1, 0, 0, 0)
    poses = [value for thing in world.objects for value in object_pose(thing)]
    qpos = (*base, 0, 0, *robot.arm.home, open_gap / 2, open_gap / 2, *poses)
    add(
        add(root, "keyframe"),
        "key",
        name="home",
        qpos=qpos,
        ctrl=(0, 0, *robot.arm.home, open_gap),
        act=(*robot.arm.home, open_gap),
    )


def object_pose(thing: WorldObject) -> tuple[float, ...]:
    """An object's place as MuJoCo's free joint has it.

    X, y, z [m], quaternion w, x, y, z.  # (7,)
    """
    return (*thing.position, math.cos(thing.yaw / 2), 0.0, 0.0, math.sin(thing.yaw / 2))


def _both(limit: float) -> tuple[float, float]:
    return -limit, limit


def _lifted(point: Vector, lift: float) -> Vector:
    return point[0], point[1], point[2] + lift


def _moved(point: Vector, along_x: float) -> Vector:
    return point[0] + along_x, point[1], point[2]
