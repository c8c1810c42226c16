"""The simulated arm reaches its cells, and the gripper holds what it grasps."""

import math

import pytest

from tank_core.commands import Cell, Color, Shape
from tank_core.state import RobotCommand, Twist2D
from tank_sim import worlds
from tank_sim.mujoco_backend import MujocoBackend

PERIOD = 0.02  # [s] of the control loop


def reach(robot, x, y, z):
    """Joint positions that put the tool at a place [m] in base_link.

    The hand points down: two links in a plane.
    """
    yaw, shoulder, elbow, wrist = robot.arm.joints
    out = math.hypot(x - yaw.origin[0], y)
    up = z + robot.arm.tool[0] - yaw.origin[2] - shoulder.origin[2]
    upper, fore = elbow.origin[0], wrist.origin[0]
    bend = -math.acos((out**2 + up**2 - upper**2 - fore**2) / (2 * upper * fore))
    lift = math.atan2(up, out) - math.atan2(fore * math.sin(bend), upper + fore * math.cos(bend))
    return dict(
        zip(
            robot.arm.joint_names,
            (math.atan2(y, x - yaw.origin[0]), lift, bend, -math.pi / 2 - lift - bend),
            strict=True,
        )
    )


def move(backend, targets, seconds=1.0, settle=0.3):
    """Lead joints to targets in a straight line.

    Returns the greatest lag behind it [rad or m].
    """
    start, steps, lag = backend.read().joints, round(seconds / PERIOD), 0.0
    for step in range(1, steps + 1):
        aim = {
            name: start[name].position + (goal - start[name].position) * step / steps
            for name, goal in targets.items()
        }
        backend.apply(RobotCommand(joints=aim))
        backend.advance(PERIOD)
        lag = max(
            lag, *(abs(backend.read().joints[name].position - value) for name, value in aim.items())
        )
    backend.advance(settle)
    return lag


def one_object(robot, shape, size, place, yaw, monkeypatch):
    """A backend with one red thing on the floor."""
    thing = worlds.on_floor(Color.RED, shape, size, place, yaw)
    monkeypatch.setitem(worlds.catalog.BUILDERS, "one", lambda robot, dice: (thing,))
    backend = MujocoBackend(robot, "one")
    backend.advance(0.3)
    return backend


def touches(backend, names, others):
    """Whether a geom of the first group touches one of the second."""
    for pair in backend.data.contact.geom:
        first, second = (backend.model.geom(int(geom)).name for geom in pair)
        if (first in names and second in others) or (second in names and first in others):
            return True
    return False


@pytest.mark.parametrize("cell", Cell)
def test_the_arm_reaches_each_cell_and_the_robot_stays_where_it_is(robot, backend, cell):
    x, y = robot.cell(cell)
    lag = move(backend, reach(robot, x, y, 0.1), 2.0)
    move(backend, targets := reach(robot, x, y, 0.012), 1.0)
    joints = backend.read().joints
    assert all(
        joints[name].position == pytest.approx(value, abs=0.002) for name, value in targets.items()
    )
    assert backend.data.site("tool").xpos == pytest.approx([x, y, 0.012], abs=0.0015)
    assert lag < 0.1
    assert math.hypot(backend.truth().x, backend.truth().y) < 0.001


def test_a_slow_motion_is_followed(robot, backend):
    home = dict(zip(robot.arm.joint_names, robot.arm.home, strict=True))
    assert move(backend, {name: value - 0.4 for name, value in home.items()}, 3.0) < 0.012


@pytest.mark.parametrize("cell", Cell)
@pytest.mark.parametrize(
    "shape, size", [(Shape.CUBE, 0.05), (Shape.BALL, 0.03), (Shape.CYLINDER, 0.04)]
)
def test_grasp_lift_and_carry(robot, monkeypatch, cell, shape, size):
    x, y = robot.cell(cell)
    backend = one_object(robot, shape, size, (x + 0.003, y - 0.003), 0.2, monkeypatch)
    home = dict(zip(robot.arm.joint_names, robot.arm.home, strict=True))
    arm = [link.name for link in robot.arm.links] + ["left_finger", "right_finger"]
    hit = []
    for z, seconds in ((0.12, 1.5), (0.012, 0.8)):
        move(backend, reach(robot, x, y, z), seconds)
        hit.append(touches(backend, arm, ["chassis", *robot.drive.wheel_joints, "floor"]))
    assert backend.held() is None
    move(backend, {robot.gripper.joint: 0.0}, 0.6)
    gripper = backend.read().joints[robot.gripper.joint]
    assert robot.gripper.gap(gripper.position) > size - 0.002
    # it squeezes, so something is there
    assert gripper.effort == pytest.approx(-robot.gripper.effort, rel=0.05)
    move(backend, reach(robot, x, y, 0.15), 1.0)
    move(backend, home, 1.5)
    name = f"red_{shape}"
    assert backend.held() == name
    for twist in (Twist2D(1.0, 0.0), Twist2D(0.0, 2.0), Twist2D(-1.0, -2.0), Twist2D()):
        backend.apply(RobotCommand(twist))
        backend.advance(0.8)
    hit.append(touches(backend, [name], ["chassis", *robot.drive.wheel_joints]))
    assert backend.held() == name
    assert not any(hit)
    move(backend, {robot.gripper.joint: robot.gripper.upper}, 0.5, settle=1.0)
    assert backend.held() is None


def test_closing_on_nothing_leaves_neither_gap_nor_force(robot, backend):
    move(backend, {robot.gripper.joint: 0.0}, 1.0)
    gripper = backend.read().joints[robot.gripper.joint]
    assert gripper.position == pytest.approx(0.0, abs=1e-3)
    assert abs(gripper.effort) < 0.1 * robot.gripper.effort


def test_stop_holds_the_arm_and_keeps_the_grip(robot, backend):
    backend.apply(RobotCommand(joints=reach(robot, 0.3, 0.0, 0.1) | {robot.gripper.joint: 0.0}))
    backend.advance(0.1)
    before = backend.read().joints
    backend.stop()
    backend.stop()
    backend.advance(1.0)
    after = backend.read().joints
    assert all(
        after[name].position == pytest.approx(before[name].position, abs=0.15)
        for name in robot.arm.joint_names
    )
    assert after[robot.gripper.joint].position == pytest.approx(0.0, abs=1e-3)


def test_targets_beyond_a_limit_are_clamped_and_said(robot, backend):
    name = robot.arm.joint_names[0]
    assert backend.apply(RobotCommand(joints={name: 99.0})).joints == {
        name: robot.joint_limits(name)[1]
    }
