"""A robot file that is taken can be simulated.

One that cannot be simulated is refused in one line.
"""

import copy
from importlib import resources

import mujoco
import numpy as np
import pytest
import yaml

from tank_core.exceptions import BackendError, RobotFileError, TankError
from tank_core.robot import load_robot, read_robot, robot_names
from tank_core.state import RobotCommand, Twist2D
from tank_sim.mjcf import build_mjcf
from tank_sim.mujoco_backend import MujocoBackend
from tank_sim.worlds import build_world, world_names

NEAR_M = 0.1  # the robot's own deck is farther away
FACTORS = (0.01, 10.0, 100.0)


def data_of(name):
    return yaml.safe_load(
        (resources.files("tank_core") / "robots" / f"{name}.yaml").read_text(encoding="utf-8")
    )


def numbers(data, path=()):
    pairs = (
        data.items()
        if isinstance(data, dict)
        else enumerate(data)
        if isinstance(data, list)
        else ()
    )
    for key, value in pairs:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            yield (*path, key), value
        yield from numbers(value, (*path, key))


def changed(data, path, value):
    data = copy.deepcopy(data)
    place = data
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return data


def drive_50_steps(robot):
    """50 steps of the physics at full speed and with the arm on its way.

    True if every number is one.
    """
    backend = MujocoBackend(robot, "cells")
    joints = {joint.name: joint.upper for joint in robot.arm.joints}
    backend.apply(RobotCommand(Twist2D(robot.drive.max_linear, robot.drive.max_angular), joints))
    backend.advance(50 * backend.model.opt.timestep)
    backend.read()
    finite = np.isfinite(backend.data.qpos).all() and np.isfinite(backend.data.qvel).all()
    backend.close()
    return finite


@pytest.mark.slow
@pytest.mark.parametrize("name", robot_names())
def test_each_number_is_refused_in_one_line_or_can_be_simulated(name):
    """Each number of the file by itself, made 0, negative, smaller or larger.

    Up to a hundred times.
    """
    data, simulated = data_of(name), 0
    for path, value in numbers(data):
        for other in (0.0, -value, *(value * factor for factor in FACTORS if value)):
            try:
                robot = read_robot(changed(data, path, other), "changed.yaml")
            except RobotFileError as error:
                assert str(error).startswith("changed.yaml") and "\n" not in str(error), path
                continue
            try:
                assert drive_50_steps(robot), (path, other)
                simulated += 1
            except TankError as error:
                assert name in str(error) and "\n" not in str(error), path
    assert simulated > 200  # most small changes are sound


def test_a_simulation_that_becomes_unstable_says_so_instead_of_beginning_again():
    backend = MujocoBackend(load_robot("tank"))
    backend.data.qvel[0] = np.nan
    with pytest.raises(BackendError, match="simulation of robot tank became unstable") as error:
        backend.advance(0.02)
    assert "\n" not in str(error.value)
    with pytest.raises(BackendError):
        backend.advance(0.02)
    backend.reset(0)
    backend.advance(0.02)
    assert np.isfinite(backend.data.qpos).all()


def test_a_model_that_mujoco_refuses_is_told_in_one_line(monkeypatch):
    monkeypatch.setattr(
        "tank_sim.mjcf.build_mjcf", lambda *_: "<mujoco><worldbody><geom/></worldbody></mujoco>"
    )
    with pytest.raises(
        BackendError, match=r"robot tank cannot be simulated: MuJoCo says .*; change its robot file"
    ) as error:
        MujocoBackend(load_robot("tank"))
    assert "\n" not in str(error.value)


@pytest.mark.slow
@pytest.mark.parametrize("world", world_names())
def test_no_name_of_the_robot_may_be_that_of_something_in_the_world(world):
    """Each name of the finished model, as that of a link and of a joint.

    Refused, or no clash in MuJoCo.
    """
    data, tank = data_of("tank"), load_robot("tank")
    model = mujoco.MjModel.from_xml_string(build_mjcf(tank, build_world(world, tank, 0)))
    taken = {model.geom(number).name for number in range(model.ngeom)} | {
        model.body(number).name for number in range(model.nbody)
    }
    taken |= {model.joint(number).name for number in range(model.njnt)} | {
        model.actuator(number).name for number in range(model.nu)
    }
    refused = set()
    for name in sorted(taken - {"", "arm_yaw_link", "arm_yaw"}):
        for kind in ("links", "joints"):
            try:
                robot = read_robot(changed(data, ("arm", kind, 0, "name"), name), "x.yaml")
                mujoco.MjModel.from_xml_string(build_mjcf(robot, build_world(world, robot, 0)))
            except RobotFileError as error:
                assert repr(name) in str(error) and "give " in str(error)
                refused.add((kind, name))
    assert {
        ("links", "floor"),
        ("links", "chassis"),
        ("links", "left_wheel"),
        ("joints", "base"),
        ("joints", "grip"),
    } <= refused
    assert {("links", thing.name) for thing in build_world(world, tank, 0).objects} <= refused


@pytest.mark.parametrize("name", robot_names())
def test_nothing_that_only_dresses_the_body_is_in_the_cameras_view(name):
    assert not dress_in_view(load_robot(name))


@pytest.mark.parametrize(
    "position",
    [[0.13, 0.0, 0.5], [0.17, 0.0, 0.48], [0.0, 0.03, 0.3], [0.16, 0.0, 0.12], [-0.1, 0.0, 0.4]],
    ids=str,
)
def test_a_camera_without_a_mast_looks_past_what_carries_it(position):
    data = data_of("tank")
    data["camera"] |= {"position": position, "mast": []}
    del data["range_sensor"]
    assert not dress_in_view(read_robot(data, "x.yaml"))


def dress_in_view(robot):
    """Geoms of the camera or its holder that are right before its eye.

    By rays through its image's middle column.
    """
    backend = MujocoBackend(robot)
    model, data = backend.model, backend.data
    mujoco.mj_forward(model, data)
    camera, groups, met = (
        robot.camera,
        np.array([0, 0, 1, 0, 0, 0], np.uint8),
        np.zeros(1, np.int32),
    )
    moving = {model.body(link.name).id for link in robot.arm.links}
    eye, axes = data.cam("camera").xpos, data.cam("camera").xmat.reshape(3, 3)
    seen = []
    for row in np.linspace(-1.0, 1.0, 90):
        ray = axes @ np.array([0.0, -row * camera.height / 2 / camera.focal_px, -1.0])
        distance = mujoco.mj_ray(model, data, eye, ray, groups, 1, -1, met)
        if 0 <= distance < NEAR_M and int(model.geom_bodyid[met[0]]) not in moving:
            seen.append((row, int(met[0]), distance))
    return seen
