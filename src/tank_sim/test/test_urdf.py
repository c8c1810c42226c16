"""The URDF has the MJCF's kinematics.

Both are walked, joint values at random, and every frame must agree.
"""

import math
from xml.etree import ElementTree

import mujoco
import numpy as np
import pytest

from tank_core.robot.frames import UrdfFrames, as_pose, link_poses
from tank_core.robot.urdf import build_urdf
from tank_sim.mjcf import LEFT_FINGER, RIGHT_FINGER
from tank_sim.mujoco_backend import MujocoBackend

CURVE_M = 0.001  # a mimic is a straight line, and a finger that a servo turns is not quite


def turn(axis, angle):
    """Rodrigues' formula."""
    x, y, z = np.asarray(axis) / np.linalg.norm(axis)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + math.sin(angle) * cross + (1 - math.cos(angle)) * cross @ cross


def numbers(element, key, default):
    return np.array(
        [
            float(word)
            for word in (element.get(key, default) if element is not None else default).split()
        ]
    )


def walk(urdf, positions):
    """Pose of each link in the root: name -> (position, rotation)."""
    root = ElementTree.fromstring(urdf)
    poses, joints = {"base_link": (np.zeros(3), np.eye(3))}, root.findall("joint")
    while joints:
        joint = joints.pop(0)
        parent = joint.find("parent").get("link")
        if parent not in poses:
            joints.append(joint)
            continue
        place, rotation = poses[parent]
        origin, mimic = joint.find("origin"), joint.find("mimic")
        value = positions.get(mimic.get("joint") if mimic is not None else joint.get("name"), 0.0)
        if mimic is not None:
            value = float(mimic.get("multiplier")) * value + float(mimic.get("offset"))
        roll, pitch, yaw = numbers(origin, "rpy", "0 0 0")
        place = place + rotation @ numbers(origin, "xyz", "0 0 0")
        rotation = rotation @ turn([0, 0, 1], yaw) @ turn([0, 1, 0], pitch) @ turn([1, 0, 0], roll)
        axis = numbers(joint.find("axis"), "xyz", "1 0 0")
        if joint.get("type") == "prismatic":
            place = place + rotation @ axis * value
        elif joint.get("type") != "fixed":
            rotation = rotation @ turn(axis, value)
        poses[joint.find("child").get("link")] = place, rotation
    return poses


def random_positions(robot, dice):
    positions = {name: dice.uniform(*robot.joint_limits(name)) for name in robot.joint_names}
    return positions | {name: dice.uniform(-10, 10) for name in robot.drive.wheel_joints}


def set_positions(backend, robot, positions):
    for name in (*robot.arm.joint_names, *robot.drive.wheel_joints):
        backend.data.joint(name).qpos = positions[name]
    for finger in (LEFT_FINGER, RIGHT_FINGER):
        backend.data.joint(finger).qpos = robot.gripper.gap(positions[robot.gripper.joint]) / 2
    mujoco.mj_kinematics(backend.model, backend.data)
    mujoco.mj_camlight(backend.model, backend.data)


def mjcf_poses(backend, robot):
    """The same links in the MJCF, in base_link."""
    data = backend.data
    base, turned = data.site("base_link").xpos, data.site("base_link").xmat.reshape(3, 3)
    found = {("tool"): data.site("tool"), "chassis_link": data.body("chassis")}
    found |= {f"{name}_link": data.body(name) for name in robot.drive.wheel_joints}
    found |= {
        name: data.body(name)
        for name in (*(link.name for link in robot.arm.links), LEFT_FINGER, RIGHT_FINGER)
    }
    poses = {
        name: (turned.T @ (part.xpos - base), turned.T @ part.xmat.reshape(3, 3))
        for name, part in found.items()
    }
    camera = data.camera("camera")
    # MuJoCo's cameras look along -z with y up
    optical = camera.xmat.reshape(3, 3) @ np.diag([1, -1, -1])
    poses["camera_optical_frame"] = turned.T @ (camera.xpos - base), turned.T @ optical
    return poses


def test_every_frame_agrees(each_robot):
    robot, dice, urdf = each_robot, np.random.default_rng(0), build_urdf(each_robot)
    with MujocoBackend(robot) as backend:
        for _ in range(20):
            positions = random_positions(robot, dice)
            set_positions(backend, robot, positions)
            expected, poses = mjcf_poses(backend, robot), walk(urdf, positions)
            assert expected.keys() <= poses.keys()
            for name, (place, rotation) in expected.items():
                off = (
                    CURVE_M
                    if robot.gripper.revolute and name in (LEFT_FINGER, RIGHT_FINGER)
                    else 1e-9
                )
                assert poses[name][0] == pytest.approx(place, abs=off), name
                assert poses[name][1] == pytest.approx(rotation, abs=1e-9), name


def test_frames_on_tf_and_of_the_robot_file_and_of_others_readers_agree(each_robot):
    """UrdfFrames and link_poses, which nodes use, and MuJoCo's URDF reader."""
    robot, dice, urdf = each_robot, np.random.default_rng(1), build_urdf(each_robot)
    model = mujoco.MjModel.from_xml_string(urdf)
    data, frames = mujoco.MjData(model), UrdfFrames(urdf)
    for _ in range(5):
        positions = random_positions(robot, dice)
        poses = walk(urdf, positions)
        for link, (rotation, place) in zip(
            robot.arm.links, link_poses(robot.arm, positions), strict=True
        ):
            assert poses[link.name][0] == pytest.approx(place, abs=1e-9)
            assert poses[link.name][1] == pytest.approx(rotation, abs=1e-9)
        for transform in (*frames.fixed, *frames.moving(positions)):
            place, rotation = poses[transform.parent]
            assert poses[transform.child][0] == pytest.approx(
                place + rotation @ as_pose(transform)[1], abs=1e-9
            )
        for name, value in positions.items():
            data.joint(name).qpos = value
        mujoco.mj_kinematics(model, data)
        last = robot.arm.links[-1].name
        assert data.body(last).xpos == pytest.approx(poses[last][0], abs=1e-6)
        assert data.body(last).xmat.reshape(3, 3) == pytest.approx(poses[last][1], abs=1e-6)


def test_limits_masses_and_names_are_those_of_the_robot(each_robot):
    robot = each_robot
    root = ElementTree.fromstring(build_urdf(robot))
    assert root.get("name") == robot.name
    for name in robot.joint_names:
        limit = root.find(f"joint[@name='{name}']/limit")
        assert (float(limit.get("lower")), float(limit.get("upper"))) == robot.joint_limits(name)
        assert float(limit.get("velocity")) == robot.joint_velocity(name)
    with MujocoBackend(robot) as backend:
        supports = len(robot.drive.supports.positions) * robot.drive.supports.mass
        expected = mujoco.mj_getTotalmass(backend.model) - supports
    assert sum(float(mass.get("value")) for mass in root.iter("mass")) == pytest.approx(
        expected, abs=1e-5
    )


def test_every_link_but_the_root_hangs_on_one_joint(each_robot):
    root = ElementTree.fromstring(build_urdf(each_robot))
    links = [link.get("name") for link in root.findall("link")]
    children = [joint.find("child").get("link") for joint in root.findall("joint")]
    assert sorted([*children, "base_link"]) == sorted(links)
    assert len(set(links)) == len(links)
