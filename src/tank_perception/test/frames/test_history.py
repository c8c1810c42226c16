"""Joints are known at a time, whoever told them.

Stamps of another time are refused.
"""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_perception.frames.history import AHEAD, BACK, FUTURE, HISTORY, Joints, TransformError


@given(st.floats(0.0, 1.0))
def test_joints_are_interpolated_whoever_publishes_them(time: float) -> None:
    joints = Joints()
    for step in range(11):
        joints.add({"yaw": step * 0.2, "bad": math.nan}, step * 0.1)
        joints.add({"wheel": -step * 1.0}, step * 0.1)
    assert joints.at(time) == pytest.approx({"yaw": 2.0 * time, "wheel": -10.0 * time})


def test_a_joint_that_is_silent_is_left_out() -> None:
    joints = Joints()
    joints.add({"yaw": 1.0, "wheel": 2.0}, 0.0)
    joints.add({"wheel": 3.0}, 1.0)
    assert joints.at(0.5 + AHEAD) == pytest.approx({"wheel": 2.6})
    assert Joints().at(1.0) == {}


@pytest.mark.parametrize(
    ("stamp", "words"),
    [
        (0.0, "it has no stamp"),
        (1000.0 - HISTORY - 1.0, "11 s old"),
        (1000.0 + FUTURE + 1.0, "3 s in the future"),
    ],
)
def test_stamps_of_another_time_are_refused_and_spoil_nothing(stamp: float, words: str) -> None:
    joints = Joints()
    joints.add({"yaw": 1.0}, 999.98, 999.98)
    with pytest.raises(TransformError, match=words):
        joints.add({"yaw": 2.0}, stamp, 1000.0)
    joints.add({"yaw": 1.0}, 1000.0, 1000.0)
    assert joints.at(1000.0) == {"yaw": 1.0}


def test_before_time_began_to_count_a_stamp_of_0_is_one() -> None:
    joints = Joints()
    joints.add({"yaw": 1.0}, 0.0, 0.02)
    assert joints.at(0.0) == {"yaw": 1.0}


def test_when_time_goes_back_nothing_of_the_old_one_counts() -> None:
    joints = Joints()
    joints.add({"yaw": 1.0, "wheel": 3.0}, 100.0, 100.0)
    joints.add({"yaw": 2.0}, 99.0 - BACK, 99.0 - BACK)
    assert joints.at(99.0 - BACK) == {"yaw": 2.0} and joints.at(100.0) == {}
