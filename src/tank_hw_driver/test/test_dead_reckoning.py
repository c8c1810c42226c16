"""Dead reckoning: arcs, and a variance that only grows."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_core.state import Twist2D
from tank_hw_driver.dead_reckoning import TURN, WAY, DeadReckoning

ACROSS, RADIUS = 0.16, 0.022
speed = st.floats(-0.3, 0.3)


def pose(reckoning):
    return reckoning.odometry(Twist2D()).pose


def test_straight_on_and_back():
    reckoning = DeadReckoning(ACROSS, RADIUS)
    reckoning.advance(0.2, 0.2, 5.0)
    assert (pose(reckoning).x, pose(reckoning).y, pose(reckoning).yaw) == pytest.approx(
        (1.0, 0.0, 0.0)
    )
    assert reckoning.angles == pytest.approx((1.0 / RADIUS, 1.0 / RADIUS))
    reckoning.advance(-0.2, -0.2, 5.0)
    assert pose(reckoning).x == pytest.approx(0.0)


def test_a_circle_ends_where_it_began():
    reckoning = DeadReckoning(ACROSS, RADIUS)
    angular = (0.2 - 0.1) / ACROSS
    for _ in range(100):
        reckoning.advance(0.1, 0.2, 2 * math.pi / angular / 100)
    assert math.hypot(pose(reckoning).x, pose(reckoning).y) == pytest.approx(0.0, abs=1e-9)


@given(speed, speed, st.integers(1, 20))
def test_an_arc_is_the_same_in_one_piece_or_in_many(left, right, pieces):
    whole, split = DeadReckoning(ACROSS, RADIUS), DeadReckoning(ACROSS, RADIUS)
    whole.advance(left, right, 1.0)
    for _ in range(pieces):
        split.advance(left, right, 1.0 / pieces)
    one, other = pose(whole), pose(split)
    assert (one.x, one.y, one.yaw) == pytest.approx((other.x, other.y, other.yaw), abs=1e-9)
    assert -math.pi <= one.yaw <= math.pi


@given(st.lists(st.tuples(speed, speed), min_size=1, max_size=20))
def test_certainty_is_only_lost(ways):
    reckoning = DeadReckoning(ACROSS, RADIUS)
    before = (0.0, 0.0, 0.0)
    for left, right in ways:
        reckoning.advance(left, right, 0.5)
        after = reckoning.odometry(Twist2D()).variance
        assert all(b >= a for a, b in zip(before, after, strict=True))
        if abs(left + right) > 1e-3:
            assert after[0] > before[0]
        before = after


def test_it_says_a_tenth_of_the_way_and_a_fifth_of_the_turn():
    straight, turning = DeadReckoning(ACROSS, RADIUS), DeadReckoning(ACROSS, RADIUS)
    for _ in range(100):
        straight.advance(0.2, 0.2, 0.05)
        turning.advance(-0.08, 0.08, 0.02)
    assert WAY <= math.sqrt(straight.odometry(Twist2D()).variance[0]) <= 3 * WAY
    assert math.sqrt(turning.odometry(Twist2D()).variance[2]) == pytest.approx(TURN * 2.0)
    assert turning.odometry(Twist2D()).variance[0] == 0.0


def test_standing_still_costs_nothing():
    reckoning = DeadReckoning(ACROSS, RADIUS)
    reckoning.advance(0.0, 0.0, 1000.0)
    assert reckoning.odometry(Twist2D()).variance == (0.0, 0.0, 0.0)
