"""Trajectories: what is refused, and the laws of how the rest is played."""

import math
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_core.robot import load_robot
from tank_core.state import JointTrajectory, TrajectoryPoint
from tank_core.trajectory import MAX_POINTS, TrajectoryPlayer, check_trajectory

ROBOT = load_robot("tank")
REST = ROBOT.rest_positions


def trajectory(names, *points):
    return JointTrajectory(
        tuple(names), tuple(TrajectoryPoint(time, tuple(positions)) for time, positions in points)
    )


@st.composite
def good_trajectories(draw):
    names = draw(st.lists(st.sampled_from(ROBOT.joint_names), min_size=1, unique=True))
    steps = draw(st.lists(st.floats(0.01, 5.0), min_size=1, max_size=4))
    position = [st.floats(*ROBOT.joint_limits(name)) for name in names]
    return trajectory(
        names, *((time, draw(st.tuples(*position))) for time in np.cumsum(steps).tolist())
    )


GOOD = trajectory(["arm_yaw"], (1.0, [0.5]))


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (trajectory([], (1.0, [])), "names no joints"),
        (trajectory(["arm_yaw"]), "no points"),
        (trajectory(["tail"], (1.0, [0.0])), "'tail' is not known; the joints are arm_yaw"),
        (trajectory(["arm_yaw", "arm_yaw"], (1.0, [0.0, 0.0])), "twice"),
        (trajectory(["arm_yaw"], (1.0, [0.0, 0.0])), "2 positions for 1 joints"),
        (trajectory(["arm_yaw"], (1.0, [])), "0 positions"),
        (trajectory(["arm_yaw"], (1.0, [math.nan])), "arm_yaw is nan"),
        (trajectory(["arm_yaw"], (1.0, [math.inf])), "arm_yaw is inf"),
        (trajectory(["arm_yaw"], (1.0, [2.2])), "between -2.1 and 2.1"),
        (trajectory(["arm_yaw"], (1.0, [0.1]), (2.0, [-1e9])), "point 2: arm_yaw"),
        (trajectory(["arm_yaw"], (math.nan, [0.0])), "time_from_start is nan"),
        (trajectory(["arm_yaw"], (math.inf, [0.0])), "time_from_start is inf"),
        (trajectory(["arm_yaw"], (-0.1, [0.0])), "time_from_start is -0.1"),
        (trajectory(["arm_yaw"], (1e9, [0.0])), "time_from_start is 1e+09"),
        (trajectory(["arm_yaw"], (1.0, [0.0]), (1.0, [0.1])), "must increase"),
        (trajectory(["arm_yaw"], (1.0, [0.0]), (0.5, [0.1])), "must increase"),
    ],
)
def test_what_cannot_be_played_is_refused_with_a_reason_and_moves_nothing(bad, words):
    reason = check_trajectory(ROBOT, bad)
    assert reason is not None and words in reason and "\n" not in reason
    player = TrajectoryPlayer(ROBOT)
    with pytest.raises(ValueError, match=re.escape(reason)):
        player.start(bad, REST, 0.0)
    assert player.targets(5.0) == {}


def test_a_position_beyond_a_limit_by_rounding_is_played_at_the_limit():
    upper = ROBOT.joint_limits("arm_yaw")[1]
    player = TrajectoryPlayer(ROBOT)
    player.start(trajectory(["arm_yaw"], (9.0, [upper + 1e-9])), REST, 0.0)
    assert player.targets(100.0)["arm_yaw"] == upper


@given(good_trajectories(), st.floats(0, 1e4))
def test_it_begins_where_the_joints_are_and_ends_at_the_last_point(good, now):
    player = TrajectoryPlayer(ROBOT)
    player.start(good, REST, now)
    assert player.targets(now) == pytest.approx({name: REST[name] for name in good.joint_names})
    assert player.targets(now + 1e4) == pytest.approx(
        dict(zip(good.joint_names, good.points[-1].positions, strict=True))
    )
    assert not player.done(now) and player.done(now + 1e4)


@given(good_trajectories())
def test_no_joint_is_ever_sent_faster_than_it_may_or_outside_its_limits(good):
    player = TrajectoryPlayer(ROBOT)
    player.start(good, REST, 0.0)
    before, step = player.targets(0.0), 0.02
    for time in np.arange(step, good.duration + 5.0, step).tolist():
        now = player.targets(time)
        for name, position in now.items():
            lower, upper = ROBOT.joint_limits(name)
            assert abs(position - before[name]) <= ROBOT.joint_velocity(name) * step + 1e-9
            assert lower <= position <= upper
        before = now


def test_slow_enough_a_trajectory_is_at_each_point_on_time_and_straight_in_between():
    player = TrajectoryPlayer(ROBOT)
    player.start(
        trajectory(["arm_yaw", "gripper"], (2.0, [1.0, 0.0]), (4.0, [0.0, 0.02])),
        {"arm_yaw": 0.0, "gripper": 0.02},
        10.0,
    )
    assert player.targets(11.0) == pytest.approx({"arm_yaw": 0.5, "gripper": 0.01})
    assert player.targets(12.0) == pytest.approx({"arm_yaw": 1.0, "gripper": 0.0})
    assert player.targets(13.0) == pytest.approx({"arm_yaw": 0.5, "gripper": 0.01})
    assert not player.done(13.9) and player.done(14.0)


def test_too_fast_a_trajectory_takes_as_long_as_its_slowest_joint_and_keeps_its_path():
    player = TrajectoryPlayer(ROBOT)
    player.start(
        trajectory(["arm_yaw", "arm_wrist"], (0.0, [2.0, 1.0])),
        {"arm_yaw": 0.0, "arm_wrist": 0.0},
        0.0,
    )
    needed = 2.0 / ROBOT.joint_velocity("arm_yaw")
    assert player.targets(needed / 4) == pytest.approx({"arm_yaw": 0.5, "arm_wrist": 0.25})
    assert not player.done(0.99 * needed) and player.done(needed + 1e-9)


def test_a_new_trajectory_replaces_only_the_joints_that_it_names():
    player = TrajectoryPlayer(ROBOT)
    player.start(trajectory(["arm_yaw", "gripper"], (2.0, [1.0, 0.0])), REST, 0.0)
    player.start(trajectory(["gripper"], (1.0, [0.035])), {"gripper": 0.01}, 1.0)
    assert player.targets(2.0) == pytest.approx({"arm_yaw": 1.0, "gripper": 0.035})


def test_holding_ends_every_path():
    player = TrajectoryPlayer(ROBOT)
    player.start(GOOD, REST, 0.0)
    player.hold({"arm_yaw": 0.2})
    assert player.targets(0.0) == player.targets(99.0) == {"arm_yaw": 0.2}
    assert player.done(0.0)


def test_a_robot_with_other_joints_refuses_the_tanks_trajectory():
    arm = replace(
        ROBOT.arm,
        joints=tuple(replace(joint, name=f"x_{joint.name}") for joint in ROBOT.arm.joints),
    )
    assert "x_arm_yaw" in str(check_trajectory(replace(ROBOT, arm=arm), GOOD))


def test_a_trajectory_of_very_many_points_is_refused_before_it_is_read():
    many = trajectory(["arm_yaw"], *((0.01 * number, [0.0]) for number in range(1, MAX_POINTS + 2)))
    assert str(MAX_POINTS) in (check_trajectory(ROBOT, many) or "")
