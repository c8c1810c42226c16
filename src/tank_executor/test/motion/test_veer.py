"""A robot that veers learns by how much, and then drives straight."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_core.geometry import Pose2D
from tank_core.robot import load_robot
from tank_executor.motion.veer import HALF_M, MOST, Veer

ROBOT = load_robot("rasptank")
RATES = st.floats(-0.15, 0.15)


def strayed(rate: float, way: float, pieces: int = 200) -> Pose2D:
    """The true place of a robot that drives straight by odometry."""
    pose, step = Pose2D(), way / pieces
    for _ in range(pieces):
        pose = Pose2D(*pose.to_world((step, 0.0)), pose.yaw + rate * step)
    return pose


def learned(rate: float, way: float, away: float, aside: float = 0.0) -> Veer:
    """The veer learned on a way from what is measured before it and after."""
    start, end, gate = Pose2D(), Pose2D(way), (way + away, aside)
    seen = strayed(rate, way).to_local(gate)
    return Veer.learned(start, end, gate, end.to_world(seen))


@given(RATES, st.floats(0.25, 0.9), st.floats(0.4, 0.9), st.floats(-0.05, 0.05))
def test_it_is_learned_the_better_the_longer_the_way(
    rate: float, way: float, away: float, aside: float
) -> None:
    lasting = way / (way + HALF_M)
    assert learned(rate, way, away, aside).rate == pytest.approx(lasting * rate, abs=0.012)


def test_a_short_way_teaches_nothing_and_no_way_too_much() -> None:
    assert learned(0.1, 0.1, 0.5).rate == 0.0
    assert abs(Veer.learned(Pose2D(), Pose2D(0.5), (1.0, 0.0), (1.0, 0.5)).rate) == MOST


@pytest.mark.parametrize("rate", [-0.1, 0.0, 0.06])
def test_the_law_ends_where_in_odom_a_straight_way_does(rate: float) -> None:
    start, veer = Pose2D(1.0, 2.0, 0.5), Veer(rate)
    law = veer.law(start, 1.2, ROBOT.pace(None), ROBOT.drive)
    assert math.dist((law.end.x, law.end.y), veer.in_odom(start, start.to_world((1.2, 0.0)))) < 3e-3
    assert law.end.yaw == pytest.approx(0.5 - 1.2 * rate)
