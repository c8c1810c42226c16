"""The states of joints that tell nothing themselves.

They go the way of the pulses, never faster than a joint may, and without effort.
"""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_core.robot import load_robot
from tank_core.state import RobotCommand
from tank_sim.mujoco_backend import MujocoBackend
from tank_sim.open_loop_joints import OpenLoopJoints

ROBOT = load_robot("rasptank")
NAME = ROBOT.arm.joint_names[0]


@given(
    st.lists(st.floats(*ROBOT.joint_limits(NAME)), min_size=1, max_size=20), st.floats(0.005, 0.2)
)
def test_it_goes_to_each_target_and_never_too_fast(targets, period):
    told = OpenLoopJoints(ROBOT)
    for target in targets:
        told.aim(NAME, target)
        before = told.states[NAME].position
        told.step(period)
        state = told.states[NAME]
        assert abs(state.velocity) <= ROBOT.joint_velocity(NAME) + 1e-9
        assert state.position - before == pytest.approx(state.velocity * period, abs=1e-12)
        assert min(before, target) <= state.position <= max(before, target)
    for _ in range(1 + round(4.0 / ROBOT.joint_velocity(NAME) / period)):
        told.step(period)
    assert told.states[NAME].position == pytest.approx(targets[-1])
    assert all(state.effort == 0.0 for state in told.states.values())


def test_a_stop_holds_where_the_pulses_are():
    told = OpenLoopJoints(ROBOT)
    told.aim(NAME, 0.5)
    told.step(0.1)
    here = told.states[NAME].position
    told.stop()
    told.step(1.0)
    assert told.states[NAME].position == here != 0.5


def blocked(robot):
    """A gripper told to close on a thing that does not let it.

    What it says, and the truth [m].
    """
    with MujocoBackend(robot) as backend:
        backend.model.jnt_range[backend.model.joint("left_finger").id] = (0.02, 0.04)
        backend.apply(RobotCommand(joints={robot.gripper.joint: 0.0}))
        backend.advance(2.0)
        said = backend.read().joints[robot.gripper.joint]
        return said, 2 * float(backend.data.joint("left_finger").qpos[0])


def test_a_robot_without_feedback_says_what_it_told_and_the_truth_stays_in_the_simulator():
    said, gap = blocked(ROBOT)
    assert said.position == said.effort == 0.0 and gap > 0.02
    said, gap = blocked(dataclasses.replace(ROBOT, joint_feedback=True))
    assert ROBOT.gripper.gap(said.position) == pytest.approx(gap, abs=1e-3) and said.effort < -1.0
