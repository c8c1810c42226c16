"""Doubt since a moment is what odometry would tell, had it begun then."""

import math
import random

import pytest

from tank_core.robot import Robot
from tank_core.state import Odometry
from tank_executor.motion.drift import Doubt, Drift
from tank_sim.wheel_odometry import WheelOdometry

SLIP = 0.02


def driven(robot: Robot, seed: int, steps: int, split: int) -> tuple[Drift, Doubt, WheelOdometry]:
    """Drift of a random way, doubt at ``split``, odometry that began there."""
    dice, drift = random.Random(seed), Drift()
    whole, late = WheelOdometry(robot.drive, SLIP), WheelOdometry(robot.drive, SLIP)
    left = right = 0.0
    drift.note(whole.odometry(0.0, 0.0))
    then = drift.doubt
    for step in range(steps):
        if step == split:
            late.reset(left, right)
            then = drift.doubt
        left, right = left + dice.uniform(-0.3, 0.5), right + dice.uniform(-0.3, 0.5)
        whole.update(left, right)
        late.update(left, right)
        drift.note(whole.odometry(0.0, 0.0))
    return drift, then, late if split else whole


@pytest.mark.parametrize("split", [0, 150])
def test_a_way_is_as_unsure_as_odometry_that_began_with_it(robot: Robot, split: int) -> None:
    for seed in range(5):
        drift, then, alone = driven(robot, seed, 400, split)
        whole = driven(robot, seed, 400, 0)[2].odometry(0.0, 0.0)
        told, doubt = alone.odometry(0.0, 0.0).variance, drift.doubt.since(then)
        assert doubt.yaw == pytest.approx(told[2], rel=1e-6)
        assert doubt.at((whole.pose.x, whole.pose.y)) == pytest.approx(told[0] + told[1], rel=0.02)


def test_a_turn_in_place_moves_only_what_is_elsewhere() -> None:
    drift = Drift()
    drift.note(Odometry())
    drift.note(Odometry(variance=(0.0, 0.0, 0.01)))
    assert drift.doubt.at((0.0, 0.0)) == 0.0
    assert drift.doubt.at((3.0, 4.0)) == pytest.approx(0.01 * 25)


def test_a_variance_that_is_no_number_tells_nothing() -> None:
    drift = Drift()
    drift.note(Odometry(variance=(0.0, 0.0, 0.0)))
    drift.note(Odometry(variance=(math.nan, 0.0, 0.1)))
    assert drift.doubt == Doubt()
