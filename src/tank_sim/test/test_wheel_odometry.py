"""Odometry from wheel angles.

Arcs come out as arcs, and certainty only goes down.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_core.diff_drive import advance
from tank_core.geometry import Pose2D
from tank_core.robot import load_robot
from tank_core.state import Twist2D
from tank_sim.wheel_odometry import WheelOdometry

DRIVE = load_robot("tank").drive
SPEEDS = st.floats(-1.0, 1.0)
TURNS = st.floats(-2.0, 2.0)


def drive(odometry, twist, seconds, steps=100):
    """Roll the wheels without slip for a while, from angle 0.

    Returns the belief at the end.
    """
    left, right = odometry.wheels.speeds(twist)
    for step in range(1, steps + 1):
        time = seconds * step / steps
        odometry.update(left * time, right * time)
    return odometry.odometry(left, right)


@given(SPEEDS, TURNS, st.floats(0.0, 5.0))
def test_a_constant_velocity_gives_its_arc(linear, angular, seconds):
    belief = drive(WheelOdometry(DRIVE), Twist2D(linear, angular), seconds)
    expected = advance(Pose2D(), Twist2D(linear, angular), seconds)
    assert belief.pose.distance(expected) < 3e-3
    assert belief.pose.turned(expected) == pytest.approx(0.0, abs=1e-9)
    assert (belief.twist.linear, belief.twist.angular) == pytest.approx((linear, angular))


@given(st.floats(0.1, 1.0), TURNS, st.floats(0.5, 5.0))
def test_variance_grows_with_the_way(linear, angular, seconds):
    odometry = WheelOdometry(DRIVE)
    assert odometry.odometry(0.0, 0.0).variance == (0.0, 0.0, 0.0)
    shorter = drive(WheelOdometry(DRIVE), Twist2D(linear, angular), seconds).variance[2]
    longer = drive(WheelOdometry(DRIVE), Twist2D(linear, angular), 2 * seconds).variance
    assert 0 < shorter < longer[2]
    assert all(value > 0 for value in longer[:2])


def test_a_heading_error_becomes_an_error_to_the_side():
    along, aside, _ = drive(WheelOdometry(DRIVE), Twist2D(1.0, 0.0), 10.0).variance
    assert aside > along > 0


def test_standing_still_changes_nothing():
    odometry = WheelOdometry(DRIVE)
    before = drive(odometry, Twist2D(0.5, 1.0), 1.0)
    left, right = odometry.wheels.speeds(Twist2D(0.5, 1.0))
    odometry.update(left, right)
    assert odometry.odometry(left, right) == before


def test_encoders_that_over_read_stretch_the_way():
    plain, stretched = WheelOdometry(DRIVE), WheelOdometry(DRIVE)
    for step in range(1, 51):
        plain.update(0.1 * step, 0.1 * step)
        stretched.update(0.1 * step, 0.1 * step, 1.02, 1.02)
    assert stretched.odometry(0, 0).pose.x == pytest.approx(1.02 * plain.odometry(0, 0).pose.x)


def test_a_robot_that_is_known_to_slip_is_less_certain():
    sure, unsure = (
        drive(WheelOdometry(DRIVE, slip), Twist2D(0.5, 0.5), 4.0).variance for slip in (0.0, 0.02)
    )
    assert all(more > less for more, less in zip(unsure, sure, strict=True))
