"""The model follows the file of every robot, and collides as it should."""

import dataclasses

import mujoco
import numpy as np
import pytest

from tank_sim.mjcf import GRIP, LEFT_FINGER, RIGHT_FINGER, TIMESTEP, VISUAL_GROUP, build_mjcf
from tank_sim.mujoco_backend import MujocoBackend
from tank_sim.worlds import build_world


@pytest.fixture(scope="module")
def model(robot):
    return mujoco.MjModel.from_xml_string(build_mjcf(robot, build_world("playground", robot)))


@pytest.fixture(scope="module")
def each_model(each_robot):
    """The model of every robot, in the empty world."""
    world = build_world("empty", each_robot)
    return mujoco.MjModel.from_xml_string(build_mjcf(each_robot, world))


def meets(model, first, second):
    """Whether two geoms' classes let them collide."""
    a, b = model.geom(first), model.geom(second)
    return bool((a.contype[0] & b.conaffinity[0]) or (b.contype[0] & a.conaffinity[0]))


def test_step_and_integrator(model):
    assert model.opt.timestep == TIMESTEP
    assert model.opt.integrator == mujoco.mjtIntegrator.mjINT_IMPLICITFAST


def test_each_body_weighs_what_the_robot_file_says(each_robot, each_model):
    robot, model = each_robot, each_model
    masses = {
        "chassis": robot.chassis.mass,
        **dict.fromkeys(robot.drive.wheel_joints, robot.drive.wheel_mass),
        **{link.name: link.mass for link in robot.arm.links},
        **dict.fromkeys((LEFT_FINGER, RIGHT_FINGER), robot.gripper.finger_mass),
    }
    for number in range(len(robot.drive.supports.positions)):
        masses[f"support_{number}"] = robot.drive.supports.mass
    for name, mass in masses.items():
        assert model.body(name).mass == pytest.approx(mass), name
    # nothing else weighs anything, so what only dresses the robot does not
    assert mujoco.mj_getTotalmass(model) == pytest.approx(sum(masses.values()))


def test_what_dresses_the_robot_touches_nothing(each_model):
    dressed = each_model.geom_group == VISUAL_GROUP
    assert dressed.any()
    assert not each_model.geom_contype[dressed].any()
    assert not each_model.geom_conaffinity[dressed].any()


def test_the_chassis_is_the_files_box_with_the_files_center_of_mass(each_robot, each_model):
    chassis, geom = each_robot.chassis, each_model.geom("chassis")
    assert geom.type == mujoco.mjtGeom.mjGEOM_BOX
    assert geom.size == pytest.approx(chassis.half_size)
    assert each_model.body("chassis").ipos == pytest.approx(chassis.com)
    assert each_model.body("chassis").pos == pytest.approx([0, 0, chassis.height])
    assert each_model.joint("base").type == mujoco.mjtJoint.mjJNT_FREE


@pytest.mark.parametrize("side", [1, -1])
def test_each_wheel_has_the_files_size_place_grip_speed_and_torque(each_robot, each_model, side):
    drive, model = each_robot.drive, each_model
    name = drive.wheel_joints[0 if side == 1 else 1]
    wheel, tire, motor = model.geom(name), model.geom(f"{name}_tire"), model.actuator(name)
    assert wheel.type == mujoco.mjtGeom.mjGEOM_CYLINDER
    assert wheel.size[:2] == pytest.approx([drive.wheel_radius, drive.wheel_half_width])
    assert model.body(name).pos[1] == pytest.approx(side * drive.wheel_separation / 2)
    assert wheel.friction[0] == tire.friction[0] == drive.wheel_friction
    assert tire.size[0] == drive.wheel_radius
    assert motor.ctrlrange == pytest.approx([-drive.max_wheel_speed, drive.max_wheel_speed])
    assert motor.forcerange == pytest.approx([-drive.max_wheel_torque, drive.max_wheel_torque])
    # a velocity actuator: force = kv (ctrl - speed)
    assert motor.biasprm[2] == -motor.gainprm[0] < 0


def test_each_joint_of_the_arm_has_the_files_axis_limits_and_effort(each_robot, each_model):
    for joint in each_robot.arm.joints:
        modeled, servo = each_model.joint(joint.name), each_model.actuator(joint.name)
        assert modeled.axis == pytest.approx(joint.axis)
        for limits in (modeled.range, servo.ctrlrange):
            assert limits == pytest.approx([joint.lower, joint.upper])
        assert servo.forcerange == pytest.approx([-joint.effort, joint.effort])


def test_the_gripper_opens_as_far_as_the_file_says_and_squeezes_as_hard(each_robot, each_model):
    gripper, grip = each_robot.gripper, each_model.actuator(GRIP)
    gaps = [gap for _, gap in gripper.opening]
    assert grip.ctrlrange == pytest.approx([min(gaps), max(gaps)])
    assert grip.forcerange == pytest.approx([-gripper.effort, gripper.effort])
    for finger in (LEFT_FINGER, RIGHT_FINGER):  # each goes half of the gap
        assert each_model.joint(finger).range == pytest.approx([0, max(gaps) / 2])


def test_supports_are_where_the_file_says_and_slip_on_any_floor(each_robot, each_model):
    supports, model = each_robot.drive.supports, each_model
    floor = model.geom("floor")
    for number, place in enumerate(supports.positions):
        support = model.geom(f"support_{number}")
        assert support.size[0] == supports.radius
        assert model.body(f"support_{number}").pos[:2] == pytest.approx(place)
        assert support.friction[0] < 0.05 * floor.friction[0]
        assert support.priority[0] > floor.priority[0]  # or the floor's friction would count


def test_body_and_wheels_do_not_collide_with_each_other_but_with_the_world(model):
    base = [
        "chassis",
        "left_wheel",
        "right_wheel",
        "left_wheel_tire",
        "right_wheel_tire",
        "support_0",
        "support_1",
    ]
    assert not any(meets(model, a, b) for a in base for b in base)
    for name in ("chassis", "left_wheel_tire", "support_0", "left_finger", "hand_link", "red_cube"):
        assert meets(model, name, "floor")
    for name in ("chassis", "left_wheel", "support_0", "left_finger", "forearm_link", "blue_ball"):
        assert meets(model, name, "red_cube")
    assert meets(model, "forearm_link", "chassis")


def test_the_wheels_carry_their_share_of_the_weight(each_robot):
    robot = each_robot
    left, right = (f"{name}_tire" for name in robot.drive.wheel_joints)
    with MujocoBackend(robot) as backend:
        backend.advance(2.0)
        load = {
            name: vertical_force(backend, name) for name in (left, right, "support_0", "support_1")
        }
        weight = -backend.model.opt.gravity[2] * mujoco.mj_getTotalmass(backend.model)
    assert sum(load.values()) == pytest.approx(weight, rel=1e-3)
    assert load[left] == pytest.approx(load[right], rel=0.01)
    assert min(load.values()) > 0.01 * weight  # it stands on all four
    assert (load[left] + load[right]) / weight == pytest.approx(
        robot.drive.supports.wheel_load, abs=0.02
    )


def vertical_force(backend, name):
    """The force [N] with which the floor carries a geom, from the contacts."""
    total, force, geom = 0.0, np.zeros(6), backend.model.geom(name).id
    for number, contact in enumerate(backend.data.contact):
        if geom in contact.geom:
            mujoco.mj_contactForce(backend.model, backend.data, number, force)
            total += force[0]
    return total


def test_another_robot_gives_another_model(robot):
    """Names, sizes and the number of joints come from the robot alone."""
    joints = tuple(
        dataclasses.replace(joint, name=f"axis_{i}") for i, joint in enumerate(robot.arm.joints[1:])
    )
    other = dataclasses.replace(
        robot,
        drive=dataclasses.replace(
            robot.drive, wheel_radius=0.04, wheel_joints=("port", "starboard")
        ),
        arm=dataclasses.replace(robot.arm, joints=joints, links=robot.arm.links[1:]),
        camera=dataclasses.replace(robot.camera, mast=()),
    )
    model = mujoco.MjModel.from_xml_string(build_mjcf(other, build_world("empty", other)))
    assert model.geom("port").size[0] == 0.04
    assert {model.joint(i).name for i in range(model.njnt)} >= {
        "axis_0",
        "axis_1",
        "axis_2",
        "starboard",
    }
    assert model.nu == 2 + 3 + 1
