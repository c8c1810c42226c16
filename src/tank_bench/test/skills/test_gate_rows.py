"""Trainer, benchmark of skills and journeys mean the same by "through"."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_bench.journeys.gates import went_through
from tank_core.geometry import Pose2D
from tank_learning.skills.gate.closed_loop import RolloutResult
from tank_sim.worlds import Opening

WIDTH = 0.6
ORIGIN = Opening("gate", Pose2D(), WIDTH)
ENDS = st.builds(Pose2D, st.floats(-0.2, 0.8), st.floats(-0.4, 0.4), st.floats(-0.3, 0.3))


def driven(pose: Pose2D, touched: bool = False) -> RolloutResult:
    """The end of a drive at a pose in the gate's frame."""
    return RolloutResult(pose, WIDTH, touched, ended=True, seconds=5.0)


@given(ENDS, st.builds(Pose2D, st.floats(-2, 2), st.floats(-2, 2), st.floats(-3, 3)))
def test_both_judges_say_the_same_of_a_drive(end: Pose2D, gate: Pose2D) -> None:
    assert went_through(ORIGIN, end) is driven(end).success
    assert not driven(end, touched=True).success
    near = abs(end.x - 0.5), abs(end.y), abs(end.yaw)
    limits = 0.1, WIDTH / 2, math.radians(10)
    if all(abs(one - most) > 1e-9 for one, most in zip(near, limits, strict=True)):
        pose = Pose2D(*gate.to_world((end.x, end.y)), gate.yaw + end.yaw)
        assert went_through(Opening("gate", gate, WIDTH), pose) is driven(end).success


@pytest.mark.parametrize(
    ("end", "good"),
    [
        (Pose2D(0.4, 0.29, math.radians(9.9)), True),
        (Pose2D(0.6, -0.29, -math.radians(9.9)), True),
        (Pose2D(0.399), False),
        (Pose2D(0.601), False),
        (Pose2D(0.5, 0.3), False),
        (Pose2D(0.5, 0.0, math.radians(10.1)), False),
    ],
)
def test_the_end_is_40_to_60_cm_beyond_and_hardly_turned(end: Pose2D, good: bool) -> None:
    assert went_through(ORIGIN, end) is driven(end).success is good
