"""Arm trajectories are playable, within every limit, and straight.

They go where they should go.
"""

import numpy as np
import pytest

from tank_core.commands import Cell
from tank_core.robot import Robot
from tank_core.state import JointState, JointTrajectory
from tank_core.trajectory import check_trajectory
from tank_executor.arm import FLOOR_CLEARANCE_M, SLOW_SHARE, SPEED_SHARE, ArmPlanner, peak_speeds
from tank_ik import IkResult


@pytest.fixture(scope="module")
def arm(robot: Robot) -> ArmPlanner:
    return ArmPlanner(robot)


def assert_within_limits(
    robot: Robot, trajectory: JointTrajectory, start: np.ndarray, share: float
) -> None:
    assert check_trajectory(robot, trajectory) is None
    limits = share * np.array([robot.joint_velocity(name) for name in trajectory.joint_names])
    assert np.all(peak_speeds(trajectory, start) <= limits * (1 + 1e-9))


def test_ways_between_random_poses_keep_the_limits(robot: Robot, arm: ArmPlanner) -> None:
    random = np.random.default_rng(1)
    lower, upper = np.array([robot.joint_limits(name) for name in arm.names]).T
    for _ in range(50):
        start, goal = random.uniform(lower, upper, (2, len(lower)))
        way = arm.way(start, goal)
        assert_within_limits(robot, way, start, SPEED_SHARE)
        np.testing.assert_allclose(way.points[-1].positions, goal)


@pytest.mark.parametrize("cell", list(Cell))
def test_the_way_down_to_a_cell_is_straight(robot: Robot, arm: ArmPlanner, cell: Cell) -> None:
    x, y = robot.cell(cell)
    above = arm.reach((x, y, arm.carry_height), arm.home)
    assert above.reached
    line = arm.line(above.q, (x, y, FLOOR_CLEARANCE_M))
    assert isinstance(line, JointTrajectory)
    assert_within_limits(robot, line, above.q, SLOW_SHARE)
    tips = np.array(
        [arm.solver.chain.forward(np.array(point.positions))[0] for point in line.points]
    )
    np.testing.assert_allclose(tips[:, :2], [[x, y]] * len(tips), atol=1e-3)
    assert np.all(np.diff(tips[:, 2]) < 0)
    assert tips[-1, 2] == pytest.approx(FLOOR_CLEARANCE_M, abs=1e-3)


def test_a_way_that_ends_out_of_reach_says_so(arm: ArmPlanner) -> None:
    above = arm.reach((0.3, 0.0, arm.carry_height), arm.home)
    line = arm.line(above.q, (0.9, 0.0, 0.1))
    assert isinstance(line, IkResult) and not line.reached


def test_what_is_carried_is_clear_of_the_body(robot: Robot, arm: ArmPlanner) -> None:
    tip, _ = arm.solver.chain.forward(arm.carry)
    chassis = robot.chassis
    assert tip[0] - robot.gripper.max_object / 2 > chassis.half_size[0]
    assert tip[2] - robot.gripper.max_object > chassis.height + chassis.half_size[2]


def test_holding_keeps_a_sagging_joint_within_limits_and_leaves_the_gripper(
    robot: Robot, arm: ArmPlanner
) -> None:
    joints = {name: JointState(robot.joint_limits(name)[1] + 0.01) for name in robot.joint_names}
    hold = arm.hold(joints)
    assert hold is not None and check_trajectory(robot, hold) is None
    assert robot.gripper.joint not in hold.joint_names
    assert arm.hold({}) is None


def test_the_gripper_closes_to_a_gap(robot: Robot, arm: ArmPlanner) -> None:
    grip = arm.grip(0.03)
    assert check_trajectory(robot, grip) is None
    assert robot.gripper.gap(grip.points[-1].positions[0]) == pytest.approx(0.03)
