"""The reaching of a grasp by a skill: kinematics say whether it got there."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from executor_rig import Rig
from scripted_skill import ScriptedSkill

from tank_core.commands import Color, Grasp, Shape
from tank_core.robot import Robot
from tank_core.robot.arm_room import ArmRoom
from tank_core.skill import Chunk, Observation
from tank_core.state import Array
from tank_executor.arm import ArmPlanner
from tank_executor.plan import PlanState

CUBE = (Color.RED, Shape.CUBE, (0.24, 0.0))
Build = Callable[..., Rig]
ASIDE = np.array([0.0, 0.15, 0.0, 0.0])  # [rad] off the posture that reaches the place


class Reaching(ScriptedSkill):
    """Goes straight through joint space to the posture that ``aim`` gives."""

    def __init__(self, robot: Robot, aim: Callable[[Array], Array], patience: float = 8.0) -> None:
        names = robot.arm.joint_names
        super().__init__("grasp", lambda seen: ([], False), joints=names, patience=patience)
        self._arm, self._aim = ArmPlanner(robot), aim

    def act(self, seen: Observation) -> Chunk:
        self.seen.append(seen)
        start = self._arm.positions(seen.state.joints)
        goal = self._aim(self._arm.reach(seen.target.place, start).q)
        step = np.clip(goal - start, -0.1, 0.1)
        return Chunk(seen.state.time, 0.1, joints=(start + step)[None])


def rig_of(seeing: Build, skill: ScriptedSkill, fallback: bool = False) -> Rig:
    return seeing([CUBE], learned=skill.learned(fallback=fallback))


def test_a_grasp_reaches_by_it_and_says_so(seeing: Build, robot: Robot) -> None:
    skill = Reaching(robot, lambda goal: goal)
    rig = rig_of(seeing, skill)
    status = rig.run(Grasp())
    assert status.state is PlanState.SUCCEEDED, status.message
    assert rig.backend.held() is not None and rig.refused == []
    assert "reached out by the learned skill scripted-tank" in status.message
    place = skill.seen[0].target.place
    assert place is not None and place[2] == pytest.approx(ArmPlanner(robot).carry_height)


def test_a_hand_that_ends_elsewhere_has_not_reached_its_place(seeing: Build, robot: Robot) -> None:
    skill = Reaching(robot, lambda goal: goal + ASIDE, patience=4.0)
    rig = rig_of(seeing, skill)
    status = rig.run(Grasp())
    assert status.state is PlanState.FAILED and rig.backend.held() is None
    assert "it was not done within 4 s; the hand is" in status.message


def test_its_own_way_is_fallen_back_on(seeing: Build, robot: Robot) -> None:
    skill = Reaching(robot, lambda goal: goal + ASIDE, patience=2.0)
    rig = rig_of(seeing, skill, fallback=True)
    status = rig.run(Grasp())
    assert status.state is PlanState.SUCCEEDED and rig.backend.held() is not None
    assert "reached out by my own way, for the learned skill scripted-tank failed" in status.message


def test_it_never_moves_the_arm_into_the_floor(seeing: Build, robot: Robot) -> None:
    lower, upper = np.array([robot.joint_limits(name) for name in robot.arm.joint_names]).T
    postures = np.random.default_rng(0).uniform(lower, upper, (200, len(lower)))
    deepest = postures[ArmRoom(robot).over_floor(postures).argmin()]
    skill = Reaching(robot, lambda goal: deepest)
    rig = rig_of(seeing, skill)
    status = rig.run(Grasp())
    assert status.state is PlanState.FAILED
    assert "it would move the arm into the floor or the robot's body" in status.message


@pytest.mark.slow
def test_nor_on_the_way_between_two_postures(seeing: Build, robot: Robot) -> None:
    """A skill may leap, and between two free postures may lie the floor."""
    lower, upper = np.array([robot.joint_limits(name) for name in robot.arm.joint_names]).T
    room = ArmRoom(robot)
    postures = np.random.default_rng(0).uniform(lower, upper, (400, len(lower)))
    free = postures[room.least(postures) > 0.005]
    start = np.array(robot.arm.home)
    shares = np.linspace(0.0, 1.0, 21)[:, None]
    ways = start + (free[:, None] - start) * shares
    depths = room.least(ways.reshape(-1, len(lower))).reshape(len(free), -1).min(1)
    goal = free[depths.argmin()]
    assert depths.min() < -0.005 < 0.005 < room.least(goal[None])[0]
    skill = Reaching(robot, lambda _: goal)
    skill.act = lambda seen: Chunk(  # type: ignore[method-assign]
        seen.state.time, 0.1, joints=goal[None]
    )
    rig = rig_of(seeing, skill)
    status = rig.run(Grasp())
    assert "it would move the arm into the floor or the robot's body" in status.message


def test_after_a_failure_the_arm_is_folded_in(seeing: Build, robot: Robot) -> None:
    """Whatever posture the skill has left it in: a drive comes next."""
    skill = Reaching(robot, lambda goal: goal + ASIDE, patience=4.0)
    rig = rig_of(seeing, skill)
    assert rig.run(Grasp()).state is PlanState.FAILED
    at = [rig.state.joints[name].position for name in robot.arm.joint_names]
    assert at == pytest.approx(robot.arm.home, abs=0.05)


def test_targets_beyond_a_limit_are_put_within(seeing: Build, robot: Robot) -> None:
    skill = Reaching(robot, lambda goal: goal, patience=1.0)
    skill.act = lambda seen: Chunk(  # type: ignore[method-assign]
        seen.state.time, 0.1, joints=np.array([[9.0, math.pi / 2, -9.0, 9.0]])
    )
    rig = rig_of(seeing, skill)
    rig.run(Grasp())
    assert rig.refused == []
    limits = {name: robot.joint_limits(name) for name in robot.joint_names}
    for output in rig.outputs:
        for point in output.trajectory.points if output.trajectory else ():
            for name, value in zip(output.trajectory.joint_names, point.positions, strict=True):
                assert limits[name][0] <= value <= limits[name][1]


def test_joints_that_are_not_those_of_its_card_end_it(seeing: Build, robot: Robot) -> None:
    skill = Reaching(robot, lambda goal: goal)
    skill.act = lambda seen: Chunk(  # type: ignore[method-assign]
        seen.state.time, 0.1, joints=np.zeros((1, 2))
    )
    status = rig_of(seeing, skill).run(Grasp())
    assert "it proposes joints of the shape (1, 2) for arm_yaw" in status.message
