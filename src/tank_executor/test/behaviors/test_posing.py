"""arm: the pose is reached, nothing is touched, what is held stays held."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from executor_rig import Rig

from tank_core.commands import Arm, ArmPose, Cell, Color, Grasp, Move, Shape
from tank_core.mock_backend import MockBackend
from tank_core.robot import Robot, load_robot, robot_names
from tank_core.robot.arm_room import ROOM_M, ArmRoom
from tank_core.trajectory import check_trajectory
from tank_executor.arm import ArmPlanner
from tank_executor.arm_ways import SAG_M, ArmWays
from tank_executor.plan import Plan, PlanState
from tank_sim.mujoco_backend import MujocoBackend

UP, DOWN, HOME, WAVE = ArmPose.UP, ArmPose.DOWN, ArmPose.HOME, ArmPose.WAVE


def arm_of(rig: Any) -> np.ndarray:
    names = rig.backend.robot.arm.joint_names
    return np.array([rig.state.joints[name].position for name in names])


@pytest.mark.slow
@pytest.mark.parametrize("name", robot_names())
def test_each_pose_is_reached_and_nothing_is_touched_on_the_way(name: str) -> None:
    robot = load_robot(name)
    rig, room = Rig(MujocoBackend(robot)), ArmRoom(robot)
    for pose in (UP, DOWN, WAVE, DOWN, UP, HOME):
        rig.runner.submit(Plan((Arm(pose),)))
        went = []
        while rig.runner.running:
            rig.tick()
            went.append(arm_of(rig))
        assert rig.runner.status.state is PlanState.SUCCEEDED, rig.runner.status.message
        assert room.least(np.array(went)).min() > 0.0
        there = robot.arm.home if pose in (HOME, WAVE) else robot.arm.poses[pose]
        assert arm_of(rig) == pytest.approx(there, abs=0.05)
        if pose is WAVE:
            between = np.linalg.norm(np.array(went) - robot.arm.poses[WAVE], axis=1)
            assert between.min() < 0.1
    assert rig.refused == []


@pytest.mark.slow
@pytest.mark.parametrize("held", [0.0, 1.0])
@pytest.mark.parametrize("name", robot_names())
def test_from_any_posture_the_way_is_free_and_playable(name: str, held: float) -> None:
    robot = load_robot(name)
    arm, width = ArmPlanner(robot), held * robot.gripper.max_object
    ways, room = ArmWays(arm, width), ArmRoom(robot, width)
    random, lower_upper = (
        np.random.default_rng(4),
        np.array([robot.joint_limits(one) for one in arm.names]),
    )
    found = 0
    for start in random.uniform(*lower_upper.T, (24, len(arm.names))):
        goal = (arm.carry, np.array(robot.arm.poses[UP]))[found % 2]
        way = ways.find(start, goal)
        if room.least(start[None])[0] < ROOM_M or way is None:
            continue
        found += 1
        trajectory = ways.trajectory(way)
        assert check_trajectory(robot, trajectory) is None
        knots = np.array([start, *(point.positions for point in trajectory.points)])
        fine = np.concatenate([np.linspace(a, b, 9) for a, b in pairwise(knots)])
        assert room.least(fine).min() > ROOM_M - SAG_M
        assert knots[-1] == pytest.approx(goal)
    assert found >= 8


def test_a_hand_that_was_left_on_the_floor_comes_up(rig: Rig, robot: Robot) -> None:
    arm = ArmPlanner(robot)
    low = arm.reach((*robot.cell(Cell.FRONT), 0.002), arm.home).q
    way = ArmWays(arm).find(low, arm.home)
    assert way is not None
    heights = [arm.solver.chain.forward(q)[0][2] for q in np.linspace(way[0], way[1], 20)]
    assert min(heights) > 0.0


@pytest.mark.slow
def test_what_is_held_stays_held_and_is_not_lowered(seeing: Any, robot: Robot) -> None:
    rig = seeing([(Color.RED, Shape.CUBE, robot.cell(Cell.FRONT))])
    assert rig.run(Grasp(color="red")).state is PlanState.SUCCEEDED
    for pose in (UP, WAVE, HOME):
        status = rig.run(Arm(pose))
        assert status.state is PlanState.SUCCEEDED, status.message
        assert status.outcomes[0].message == "still holding the red cube"
        assert rig.backend.held() is not None
    assert arm_of(rig) == pytest.approx(ArmPlanner(robot).carry, abs=0.05)
    rig.outputs.clear()
    status = rig.run(Arm(DOWN))
    assert status.outcomes[0].message == (
        "arm down would hit the floor with the red cube in the hand; put it down first"
    )
    moves = [
        one.trajectory for one in rig.outputs if one.trajectory and one.trajectory.duration > 0.1
    ]
    assert moves == [] and rig.backend.held() is not None


def test_a_pose_that_the_robot_does_not_have_is_named_with_those_that_it_has(
    robot: Robot,
) -> None:
    bare = replace(robot, arm=replace(robot.arm, poses={UP: robot.arm.poses[UP]}))
    rig = Rig(MockBackend(bare))
    assert (
        rig.run(Arm(DOWN)).outcomes[0].message == "no such pose: down; robot tank has home and up"
    )
    assert rig.run(Arm(UP)).state is PlanState.SUCCEEDED


def test_a_lowered_arm_is_raised_before_the_robot_drives(rig: Rig, robot: Robot) -> None:
    assert rig.run(Arm(DOWN), Move("forward", 0.3)).state is PlanState.SUCCEEDED
    assert arm_of(rig) == pytest.approx(robot.arm.home, abs=0.05)
