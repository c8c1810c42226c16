"""Laws of planar geometry: there and back, in turn, an angle's range."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_core.geometry import Place, Pose2D, clamp, from_yaw, segment_distance, wrap, yaw_of

METERS, ANGLES, SHARES = st.floats(-5.0, 5.0), st.floats(-10.0, 10.0), st.floats(0.0, 1.0)
PLACES = st.tuples(METERS, METERS)
POSES = st.builds(Pose2D, METERS, METERS, ANGLES)


@given(POSES, PLACES)
def test_there_and_back_is_where_it_was(pose: Pose2D, place: Place) -> None:
    assert pose.to_local(pose.to_world(place)) == pytest.approx(place, abs=1e-9)
    assert pose.to_world(pose.to_local(place)) == pytest.approx(place, abs=1e-9)


@given(POSES)
def test_a_pose_is_the_origin_of_its_own_frame(pose: Pose2D) -> None:
    assert pose.to_world((0.0, 0.0)) == (pose.x, pose.y)
    assert pose.to_local((pose.x, pose.y)) == (0.0, 0.0)


@given(POSES, POSES, PLACES)
def test_poses_compose(outer: Pose2D, inner: Pose2D, place: Place) -> None:
    """A frame in a frame is one frame, with the sum of their turns."""
    both = outer.compose(inner)
    assert both.to_world(place) == pytest.approx(outer.to_world(inner.to_world(place)), abs=1e-9)
    assert both.to_local(place) == pytest.approx(inner.to_local(outer.to_local(place)), abs=1e-9)


@given(POSES, PLACES, PLACES)
def test_a_change_of_frame_keeps_distances(pose: Pose2D, one: Place, two: Place) -> None:
    assert math.dist(pose.to_world(one), pose.to_world(two)) == pytest.approx(
        math.dist(one, two), abs=1e-9
    )


@given(POSES)
def test_a_place_ahead_lies_along_the_heading(pose: Pose2D) -> None:
    x, y = pose.to_world((1.0, 0.0))
    assert (x - pose.x, y - pose.y) == pytest.approx((math.cos(pose.yaw), math.sin(pose.yaw)))


@given(POSES, POSES, SHARES)
def test_what_is_between_divides_the_way_and_the_turn(
    one: Pose2D, two: Pose2D, share: float
) -> None:
    middle = one.between(two, share)
    assert one.between(two, 0.0) == one
    assert one.distance(middle) == pytest.approx(share * one.distance(two), abs=1e-9)
    assert one.turned(middle) == pytest.approx(share * one.turned(two), abs=1e-9)
    assert one.between(two, 1.0).turned(two) == pytest.approx(0.0, abs=1e-9)
    assert one.turned(two) == pytest.approx(two.turned(one)) and one.turned(two) <= math.pi


@given(st.floats(-1e4, 1e4))
def test_a_wrapped_angle_is_the_same_direction_within_half_a_turn(angle: float) -> None:
    assert -math.pi <= wrap(angle) <= math.pi
    assert wrap(wrap(angle)) == wrap(angle)
    assert math.cos(wrap(angle)) == pytest.approx(math.cos(angle), abs=1e-9)
    assert math.sin(wrap(angle)) == pytest.approx(math.sin(angle), abs=1e-9)


@given(ANGLES)
def test_a_yaw_survives_its_quaternion(yaw: float) -> None:
    assert math.hypot(*from_yaw(yaw)) == pytest.approx(1.0)
    assert wrap(yaw_of(from_yaw(yaw)) - yaw) == pytest.approx(0.0, abs=1e-9)
    assert wrap(yaw_of(tuple(-value for value in from_yaw(yaw))) - yaw) == pytest.approx(
        0.0, abs=1e-9
    )


@given(METERS, METERS, METERS)
def test_clamp_is_the_middle_of_three(value: float, one: float, two: float) -> None:
    lower, upper = sorted((one, two))
    assert clamp(value, lower, upper) == sorted((value, lower, upper))[1]


@pytest.mark.parametrize(
    ("place", "away"), [((1.0, 3.0), 2.0), ((1.0, -2.0), 3.0), ((-3.0, 5.0), 5.0)]
)
def test_a_line_is_as_near_as_the_nearest_of_its_places(place: Place, away: float) -> None:
    assert segment_distance(place, (0.0, 1.0), (2.0, 1.0)) == pytest.approx(away)
    assert segment_distance(place, (2.0, 1.0), (2.0, 1.0)) == math.dist(place, (2.0, 1.0))
