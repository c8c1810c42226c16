"""Laws of differential drive: there and back, shares, arcs that add up."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_core.diff_drive import DiffDrive, advance
from tank_core.geometry import Pose2D
from tank_core.state import Twist2D

SPEEDS, LENGTHS = st.floats(-5.0, 5.0), st.floats(0.02, 1.0)
DRIVES = st.builds(DiffDrive, LENGTHS, LENGTHS)
TWISTS = st.builds(Twist2D, SPEEDS, SPEEDS)


@given(DRIVES, TWISTS)
def test_the_speeds_of_a_velocity_give_that_velocity(drive: DiffDrive, twist: Twist2D) -> None:
    again = drive.twist(*drive.speeds(twist))
    assert (again.linear, again.angular) == pytest.approx((twist.linear, twist.angular), abs=1e-9)


@given(DRIVES, SPEEDS)
def test_equal_speeds_drive_straight_and_opposite_ones_turn_in_place(
    drive: DiffDrive, speed: float
) -> None:
    assert drive.twist(speed, speed) == Twist2D(pytest.approx(speed * drive.radius), 0.0)
    turning = drive.twist(-speed, speed)
    assert turning.linear == 0.0 and turning.angular * speed >= 0.0  # right ahead: to the left


@given(LENGTHS, LENGTHS, TWISTS)
def test_a_wheel_turns_as_its_ground_goes_by(
    separation: float, radius: float, twist: Twist2D
) -> None:
    wheels = DiffDrive(separation, radius).speeds(twist)
    assert [radius * speed for speed in wheels] == pytest.approx(
        DiffDrive(separation).speeds(twist), abs=1e-9
    )


@given(st.floats(-1, 1), st.floats(-2, 2), st.floats(0, 3))
def test_one_long_step_is_many_short_ones(linear: float, angular: float, duration: float) -> None:
    many = Pose2D(0.3, -0.2, 0.7)
    for _ in range(50):
        many = advance(many, Twist2D(linear, angular), duration / 50)
    once = advance(Pose2D(0.3, -0.2, 0.7), Twist2D(linear, angular), duration)
    assert (many.x, many.y, many.yaw) == pytest.approx((once.x, once.y, once.yaw), abs=1e-9)


@given(TWISTS, st.floats(0, 3))
def test_driving_back_comes_back(twist: Twist2D, duration: float) -> None:
    start = Pose2D(0.3, -0.2, 0.7)
    back = advance(advance(start, twist, duration), twist, -duration)
    assert (back.x, back.y, back.yaw) == pytest.approx((start.x, start.y, start.yaw), abs=1e-9)


def test_a_full_circle_comes_back() -> None:
    pose = advance(Pose2D(), Twist2D(0.5, 1.0), 2 * math.pi)
    assert (pose.x, pose.y, pose.yaw) == pytest.approx((0.0, 0.0, 2 * math.pi), abs=1e-9)
