"""The model is the published robot, number by number, and follows the robot file."""

import dataclasses

import mujoco
import numpy as np
import pytest

from tank_sim.mjcf import build_mjcf
from tank_sim.mujoco_backend import MujocoBackend
from tank_sim.worlds import build_world


@pytest.fixture(scope="module")
def model(robot):
    return mujoco.MjModel.from_xml_string(build_mjcf(robot, build_world("playground", robot)))


def meets(model, first, second):
    """Whether two geoms' classes let them collide."""
    a, b = model.geom(first), model.geom(second)
    return bool((a.contype[0] & b.conaffinity[0]) or (b.contype[0] & a.conaffinity[0]))


def test_step_and_integrator(model):
    assert model.opt.timestep == 0.002
    assert model.opt.integrator == mujoco.mjtIntegrator.mjINT_IMPLICITFAST


def test_chassis(model):
    chassis, body = model.geom("chassis"), model.body("chassis")
    assert chassis.type == mujoco.mjtGeom.mjGEOM_BOX
    assert chassis.size == pytest.approx([0.15, 0.08, 0.035])
    assert body.mass == pytest.approx(2.0)
    assert body.ipos == pytest.approx([-0.02, 0, 0])
    assert body.pos == pytest.approx([0, 0, 0.085])
    assert model.joint("base").type == mujoco.mjtJoint.mjJNT_FREE


@pytest.mark.parametrize("name, side", [("left_wheel", 1), ("right_wheel", -1)])
def test_wheels(robot, model, name, side):
    wheel, tyre, motor = model.geom(name), model.geom(f"{name}_tyre"), model.actuator(name)
    assert wheel.type == mujoco.mjtGeom.mjGEOM_CYLINDER
    assert wheel.size[:2] == pytest.approx([0.06, 0.02])
    assert model.body(name).pos[1] == pytest.approx(side * 0.11)
    assert model.body(name).mass == pytest.approx(0.3)
    assert wheel.friction[0] == tyre.friction[0] == 2.0
    assert tyre.size[0] == 0.06
    assert motor.ctrlrange == pytest.approx([-22, 22])
    assert motor.forcerange == pytest.approx(
        [-robot.drive.max_wheel_torque, robot.drive.max_wheel_torque]
    )
    # a velocity actuator: force = kv (ctrl - speed)
    assert motor.biasprm[2] == -motor.gainprm[0] < 0


def test_supports_and_floor(model):
    for number in (0, 1):
        support = model.geom(f"support_{number}")
        assert support.size[0] == 0.015
        assert model.body(f"support_{number}").mass == pytest.approx(0.05)
        assert support.friction[0] < 0.05
        # or the floor's friction would count
        assert support.priority[0] > model.geom("floor").priority[0]
    assert model.geom("floor").friction == pytest.approx([1.0, 0.005, 0.0001])


def test_body_and_wheels_do_not_collide_with_each_other_but_with_the_world(model):
    base = [
        "chassis",
        "left_wheel",
        "right_wheel",
        "left_wheel_tyre",
        "right_wheel_tyre",
        "support_0",
        "support_1",
    ]
    assert not any(meets(model, a, b) for a in base for b in base)
    for name in ("chassis", "left_wheel_tyre", "support_0", "left_finger", "hand_link", "red_cube"):
        assert meets(model, name, "floor")
    for name in ("chassis", "left_wheel", "support_0", "left_finger", "forearm_link", "blue_ball"):
        assert meets(model, name, "red_cube")
    assert meets(model, "forearm_link", "chassis")


def test_the_wheels_carry_their_share_of_the_weight(each_robot):
    robot = each_robot
    left, right = (f"{name}_tyre" for name in robot.drive.wheel_joints)
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
    """What the floor carries of a geom [N], from the contact forces."""
    total, force, geom = 0.0, np.zeros(6), backend.model.geom(name).id
    for number, contact in enumerate(backend.data.contact):
        if geom in contact.geom:
            mujoco.mj_contactForce(backend.model, backend.data, number, force)
            total += force[0]
    return total


def test_dress_has_no_mass_and_touches_nothing(robot, model):
    expected = (
        robot.chassis.mass
        + 2 * robot.drive.wheel_mass
        + 2 * robot.drive.supports.mass
        + 2 * robot.gripper.finger_mass
    )
    expected += sum(link.mass for link in robot.arm.links)
    things = sum(
        model.body(thing.name).mass[0] for thing in build_world("playground", robot).objects
    )
    assert mujoco.mj_getTotalmass(model) - things == pytest.approx(expected)
    dressed = [i for i in range(model.ngeom) if model.geom_group[i] == 2]
    assert dressed
    assert not model.geom_contype[dressed].any() and not model.geom_conaffinity[dressed].any()


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
