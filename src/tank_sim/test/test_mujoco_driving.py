"""The simulated robot drives as its wheels say, and its odometry is honest."""

import math

import numpy as np
import pytest

from tank_core.commands import Speed
from tank_core.geometry import wrap
from tank_core.state import RobotCommand, Twist2D

PERIOD = 0.02  # [s] of the control loop


def travel(backend, goal, limit, acceleration, way, twist):
    """Drive a trapezoidal profile until ``way`` (by the odometry) is ``goal``.

    ``twist`` makes a velocity of a speed.
    """
    speed, start = 0.0, way()
    while (rest := goal - (way() - start)) > 1e-3:
        speed = min(
            speed + acceleration * PERIOD,
            limit,
            math.sqrt(2 * acceleration * rest),
            rest / PERIOD / 2,
        )
        backend.apply(RobotCommand(twist(speed)))
        backend.advance(PERIOD)
    backend.apply(RobotCommand())
    backend.advance(0.5)


class Turned:
    """Total turn by the odometry [rad], unwrapped."""

    def __init__(self, backend):
        self._backend, self._total, self._last = backend, 0.0, backend.read().odometry.pose.yaw

    def __call__(self):
        yaw = self._backend.read().odometry.pose.yaw
        self._total += wrap(yaw - self._last)
        self._last = yaw
        return abs(self._total)


@pytest.mark.parametrize("speed", Speed)
@pytest.mark.parametrize("way", [0.5, -0.5, 2.0])
def test_a_straight_way_is_true(each_robot, any_backend, speed, way):
    robot, backend = each_robot, any_backend
    start, sign = backend.truth(), math.copysign(1, way)
    travel(
        backend,
        abs(way),
        robot.pace(speed).linear,
        robot.drive.linear_acceleration,
        lambda: abs(backend.read().odometry.pose.x),
        lambda v: Twist2D(sign * v, 0.0),
    )
    end = backend.truth()
    assert end.x - start.x == pytest.approx(way, abs=0.003 + 0.004 * abs(way))
    assert abs(end.y) < 0.002
    assert abs(end.yaw) < math.radians(0.2)


@pytest.mark.parametrize("speed", Speed)
@pytest.mark.parametrize("degrees", [30, -90, 360])
def test_a_turn_is_true(each_robot, any_backend, speed, degrees):
    robot, backend = each_robot, any_backend
    sign = math.copysign(1, degrees)
    travel(backend, math.radians(abs(degrees)), robot.pace(speed).angular,
        robot.drive.angular_acceleration,
           Turned(backend), lambda w: Twist2D(0.0, sign * w))  # fmt: skip
    end = backend.truth()
    assert abs(wrap(end.yaw - math.radians(degrees))) < math.radians(0.6)
    assert math.hypot(end.x, end.y) < 0.01


@pytest.mark.parametrize("seed", range(4))
def test_odometry_is_honest(any_backend, seed):
    """The truth lies within four standard deviations of the belief.

    Which is small after a few meters.
    """
    backend, drive, dice = any_backend, any_backend.robot.drive, np.random.default_rng(seed)
    for _ in range(12):
        way, turn = 0.8 * drive.max_linear, 0.75 * drive.max_angular
        backend.apply(RobotCommand(Twist2D(dice.uniform(-way, way), dice.uniform(-turn, turn))))
        backend.advance(1.0)
    belief, truth = backend.read().odometry, backend.truth()
    errors = truth.x - belief.pose.x, truth.y - belief.pose.y, wrap(truth.yaw - belief.pose.yaw)
    assert all(
        abs(error) < 4 * math.sqrt(variance)
        for error, variance in zip(errors, belief.variance, strict=True)
    )
    assert max(belief.variance) < 0.05**2


def test_odometry_does_not_know_the_truth(robot, backend):
    """A robot that is carried off believes to be where it was."""
    before = backend.read().odometry.pose
    backend.data.joint("base").qpos[0] += 1.0
    backend.advance(0.2)
    assert backend.truth().x > 0.9
    assert backend.read().odometry.pose.x == pytest.approx(before.x, abs=0.01)


def test_velocity_is_reached_and_stop_ends_it(backend):
    backend.apply(RobotCommand(Twist2D(0.5, 0.5)))
    backend.advance(1.0)
    moving = backend.truth_twist()
    assert (moving.linear, moving.angular) == pytest.approx((0.5, 0.5), rel=0.02)
    assert (
        backend.read().odometry.twist.linear,
        backend.read().odometry.twist.angular,
    ) == pytest.approx((0.5, 0.5), rel=0.02)
    backend.stop()
    backend.advance(0.3)
    assert abs(backend.truth_twist().linear) < 0.01


def test_too_fast_wheels_keep_the_curve(robot, backend):
    asked = Twist2D(3.0, 6.0)
    applied = backend.apply(RobotCommand(asked)).twist
    assert applied.linear < asked.linear
    assert applied.linear / applied.angular == pytest.approx(asked.linear / asked.angular)
