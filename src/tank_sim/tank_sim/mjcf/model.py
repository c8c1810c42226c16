"""The whole model: floor, robot, fixtures, objects and the key frame.

Floor and solver are those of the published llm-tank robot: timestep 0.002, implicitfast, floor
friction 1.0 0.005 0.0001.
"""

from __future__ import annotations

from xml.etree import ElementTree

import mujoco

from tank_core.commands import Shape
from tank_core.geometry import wxyz_from_yaw
from tank_core.robot import Robot
from tank_core.robot.model_names import check_names
from tank_core.robot.xml_text import Node, add, to_text
from tank_sim.mjcf import appearance
from tank_sim.mjcf.names import FLOOR, NOTHING, SHADOW_PANEL, THING_GROUP, THINGS, TIMESTEP
from tank_sim.mjcf.robot import add_actuators, add_robot
from tank_sim.worlds import OBJECT_MASS, Fixture, ShadowPanel, World, WorldObject

FLOOR_FRICTION = (1.0, 0.005, 0.0001)
OBJECT_FRICTION = (1.0, 0.005, 0.0005)
KINDS = {Shape.CUBE: "box", Shape.BALL: "sphere", Shape.CYLINDER: "cylinder"}


def build_mjcf(robot: Robot, world: World) -> str:
    """The whole model as MJCF text, with one key frame ``home``.

    There the robot is at the origin, its arm at rest and every object in its place.

    Raises RobotFileError where a name of the robot is also one of something else in it.
    """
    brightness = world.scene.brightness
    root = ElementTree.Element("mujoco", {"model": f"{robot.name} in {world.name}"})
    add(root, "compiler", angle="radian", autolimits=True)
    add(root, "option", timestep=TIMESTEP, integrator="implicitfast", cone="elliptic", impratio=10)
    appearance.add_look(root, robot, brightness)
    bodies = add(root, "worldbody")
    floor = {"name": "floor", "size": (0, 0, 0.05), "material": "floor"}
    add(bodies, "geom", type="plane", friction=FLOOR_FRICTION, **floor, **FLOOR)
    add_robot(bodies, robot, brightness)
    for fixture in world.scene.fixtures:
        _add_fixture(bodies, fixture)
    if world.scene.shadow_panel is not None:
        _add_shadow_panel(root, bodies, world.scene.shadow_panel)
    for thing in world.objects:
        _add_object(bodies, thing)
    add_actuators(root, robot)
    _add_home(root, robot, world)
    check_names(robot, root, f"robot {robot.name} in the world {world.name}")
    return to_text(root)


def _add_object(bodies: Node, thing: WorldObject) -> None:
    half = thing.size / 2
    size = (half,) * {Shape.CUBE: 3, Shape.BALL: 1, Shape.CYLINDER: 2}[thing.shape]
    body = add(bodies, "body", name=thing.name, pos=thing.position, euler=(0, 0, thing.yaw))
    add(body, "freejoint", name=thing.name)
    solid = {"type": KINDS[thing.shape], "size": size, "mass": OBJECT_MASS}
    look = {"material": str(thing.color), "group": THING_GROUP}
    contact = {"friction": OBJECT_FRICTION, "condim": 6 if thing.shape is Shape.BALL else 4}
    add(body, "geom", name=thing.name, **solid, **look, **contact, **THINGS)


def _add_fixture(bodies: Node, fixture: Fixture) -> None:
    """Add a body of its own, which ``place_fixtures`` moves with all of it."""
    place = {"pos": fixture.position, "euler": (0, 0, fixture.yaw)}
    body = add(bodies, "body", name=fixture.name, **place)
    rgb = fixture.rgb if fixture.color is None else appearance.OBJECT_RGB[fixture.color]
    look = {"type": "box", "size": fixture.half_size, "rgba": (*rgb, 1), "group": THING_GROUP}
    add(body, "geom", name=fixture.name, friction=OBJECT_FRICTION, **look, **THINGS)


def _add_shadow_panel(root: Node, bodies: Node, panel: ShadowPanel) -> None:
    """Add a mocap body, whose place nothing but ``shadows.move`` decides.

    Its numbers travel with the model, for viewers in other processes.
    """
    numbers = (*panel.center, *panel.swing, panel.period)
    add(add(root, "custom"), "numeric", name=SHADOW_PANEL, data=numbers)
    body = add(bodies, "body", name=SHADOW_PANEL, pos=panel.center, mocap=True)
    add(body, "geom", type="box", size=(*panel.half_size, 0.01), material="panel", **NOTHING)


def _add_home(root: Node, robot: Robot, world: World) -> None:
    """Add the key frame; qpos is in the order of the bodies.

    Base, wheels, arm, fingers, objects.
    """
    open_gap = robot.gripper.gap(robot.gripper.upper)
    base = (0, 0, robot.chassis.height, 1, 0, 0, 0)
    poses = [value for thing in world.objects for value in object_pose(thing)]
    qpos = (*base, 0, 0, *robot.arm.home, open_gap / 2, open_gap / 2, *poses)
    servos = (*robot.arm.home, open_gap)
    add(add(root, "keyframe"), "key", name="home", qpos=qpos, ctrl=(0, 0, *servos), act=servos)


def place_fixtures(model: mujoco.MjModel, fixtures: tuple[Fixture, ...]) -> None:
    """Move a compiled model's fixtures to where these are, by name."""
    for fixture in fixtures:
        body = model.body(fixture.name)
        body.pos[:] = fixture.position
        body.quat[:] = wxyz_from_yaw(fixture.yaw)


def object_pose(thing: WorldObject) -> tuple[float, ...]:
    """An object's place as the seven numbers of MuJoCo's free joint.

    x, y, z [m], then the quaternion w, x, y, z.
    """
    return (*thing.position, *wxyz_from_yaw(thing.yaw))
