"""Reaching at run time: inputs and steps within limits, arrival, and refusals."""

from dataclasses import replace

import numpy as np
import pytest

from tank_core.exceptions import ModelError, TankError
from tank_core.robot import Robot
from tank_core.skill import Observation, SkillCard, SkillTarget
from tank_core.state import JointState, RobotState
from tank_ik import Chain
from tank_skills.reacher import (
    LEAD_S,
    PERIOD_S,
    REST_S,
    STILL_M,
    TOLERANCE_M,
    Arrival,
    Reacher,
    ReachSpace,
    network_input,
)
from tank_skills.skill_file import SkillFile

TARGET = (0.3, 0.0, 0.1)


def state_of(robot: Robot, positions: np.ndarray, time: float = 0.0) -> RobotState:
    names = robot.arm.joint_names
    joints = {name: JointState(float(at)) for name, at in zip(names, positions, strict=True)}
    return RobotState(time, joints=joints)


def skill_file(robot: Robot, **card: object) -> SkillFile:
    """A skill whose network always says the same: all joints forwards."""
    space = ReachSpace(robot)
    arrays = {
        "actor/0.weight": np.zeros((2 * len(space), space.inputs), np.float32),
        "actor/0.bias": np.full(2 * len(space), 9.0, np.float32),
    }
    layer = {"layer": "linear", "in": space.inputs, "out": 2 * len(space)}
    of_robot = SkillCard(
        "reach-test", "grasp", robot.name, "reacher", PERIOD_S, 1, joints=space.names
    )
    return SkillFile(replace(of_robot, **card), {"actor": [layer]}, arrays)


def test_the_tool_is_where_kinematics_has_it(each_robot: Robot) -> None:
    space, chain = ReachSpace(each_robot), Chain.from_robot(each_robot)
    dice = np.random.default_rng(1)
    for posture in dice.uniform(chain.lower, chain.upper, (20, len(chain))):
        tool = space.tool(state_of(each_robot, posture))
        assert tool == pytest.approx(chain.forward(posture)[0], abs=1e-9)


def test_inputs_are_shares_of_limits_and_one_arm_is_as_many(each_robot: Robot) -> None:
    space = ReachSpace(each_robot)
    low = space.joints(state_of(each_robot, space.lower - 0.1))
    high = space.joints(state_of(each_robot, space.upper))
    count = len(space)
    assert low[:count] == pytest.approx(-1.0) and high[:count] == pytest.approx(1.0)
    assert not low[count:].any()
    one = network_input(low, np.zeros(3), np.array(TARGET))
    both = network_input(np.stack([low, high]), np.zeros((2, 3)), np.array([TARGET, TARGET]))
    assert one.shape == (space.inputs,) and (both[0] == one).all()


def test_targets_stay_within_limits_and_near_an_arm_that_is_held_up(each_robot: Robot) -> None:
    space = ReachSpace(each_robot)
    home = np.array(each_robot.arm.home)
    aim, state = home, state_of(each_robot, home)
    for _ in range(50):
        before = aim
        aim = space.aim(aim, state, np.full(len(space), 7.0, np.float32))
        assert (aim <= space.upper).all()
        assert (aim - before <= space.speeds * PERIOD_S + 1e-9).all()
    assert (aim - home <= space.speeds * (LEAD_S + PERIOD_S) + 1e-9).all()


def test_arrival_is_to_be_still_at_the_target_for_a_while() -> None:
    arrival = Arrival(TARGET)
    near = (TARGET[0] + TOLERANCE_M * 0.9, *TARGET[1:])
    assert not arrival.at_rest(0.0, (0.1, 0.0, 0.1))
    assert not arrival.at_rest(0.1, near)
    assert not arrival.at_rest(0.1 + REST_S * 0.9, near)
    assert arrival.at_rest(0.1 + REST_S, near) and arrival.since == pytest.approx(0.1)
    moved = (near[0] - 2 * STILL_M, *near[1:])
    assert not arrival.at_rest(0.5, moved)
    assert not arrival.at_rest(0.5 + REST_S, (0.1, 0.0, 0.1)) and arrival.since is None


def test_an_arm_that_creeps_through_the_target_never_arrives() -> None:
    arrival = Arrival(TARGET)
    speed = 1.2 * STILL_M / REST_S
    ticks = np.arange(-TOLERANCE_M / speed, TOLERANCE_M / speed, 0.02)
    assert not any(
        arrival.at_rest(float(at), (TARGET[0] + speed * float(at), *TARGET[1:])) for at in ticks
    )


def test_it_proposes_a_step_from_what_was_told_last(each_robot: Robot) -> None:
    skill = Reacher(skill_file(each_robot), each_robot)
    home = np.array(each_robot.arm.home)
    seen = Observation(state_of(each_robot, home), None, SkillTarget(place=TARGET))
    first, second = skill.act(seen), skill.act(seen)
    step = ReachSpace(each_robot).speeds * PERIOD_S
    upper = ReachSpace(each_robot).upper
    assert first.joints[0] == pytest.approx(np.minimum(home + step, upper))
    assert second.joints[0] == pytest.approx(np.minimum(home + 2 * step, upper))
    assert first.length == 1 and first.period == PERIOD_S and first.end[0] == 0.0
    skill.reset()
    assert (skill.act(seen).joints == first.joints).all()


def test_it_says_its_end_when_it_rests_at_the_target(each_robot: Robot) -> None:
    skill = Reacher(skill_file(each_robot), each_robot)
    home = np.array(each_robot.arm.home)
    x, y, z = ReachSpace(each_robot).tool(state_of(each_robot, home)).tolist()
    ends = [
        skill.act(
            Observation(state_of(each_robot, home, at), None, SkillTarget(place=(x, y, z)))
        ).end[0]
        for at in (0.0, 0.2, 0.4)
    ]
    assert ends == [0.0, 0.0, 1.0]


def test_without_a_place_it_says_so(robot: Robot) -> None:
    skill = Reacher(skill_file(robot), robot)
    with pytest.raises(TankError, match="no place"):
        skill.act(Observation(state_of(robot, np.array(robot.arm.home))))


def test_a_file_for_another_arm_is_refused(robot: Robot) -> None:
    with pytest.raises(ModelError, match=r"arm_yaw.*train it again"):
        Reacher(skill_file(robot, joints=robot.arm.joint_names[:2]), robot)
    file = skill_file(robot)
    short = {name: array[:4] for name, array in file.arrays.items()}
    spec = [{**file.specs["actor"][0], "out": 4}]
    with pytest.raises(ModelError, match=r"wanted \(1, 8\)"):
        Reacher(SkillFile(file.card, {"actor": spec}, short), robot)
