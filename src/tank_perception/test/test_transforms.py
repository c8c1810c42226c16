"""Transforms over time: they compose as poses do, pass through what was told, and know nothing that was not."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_core.frames import Transform, about, as_pose, from_rpy, matrix
from tank_perception.transforms import AHEAD, BACK, HISTORY, Joints, TransformError, Transforms, between, compose, inverse

ANGLES = st.floats(-3.1, 3.1)
NUMBERS = st.floats(-10.0, 10.0)
SHARES = st.floats(0.0, 1.0)


@st.composite
def poses(draw: Callable, parent: str = "a", child: str = "b") -> Transform:
    return Transform(
        parent, child, (draw(NUMBERS), draw(NUMBERS), draw(NUMBERS)), from_rpy(draw(ANGLES), draw(st.floats(-1.5, 1.5)), draw(ANGLES))
    )


def assert_same(one: Transform, other: Transform) -> None:
    for first, second in zip(as_pose(one), as_pose(other), strict=True):
        assert np.allclose(first, second, atol=1e-9)
    assert (one.parent, one.child) == (other.parent, other.child)


@given(poses("a", "b"), poses("b", "c"))
def test_composed_poses_are_the_product_of_their_matrices(first: Transform, second: Transform) -> None:
    (r1, t1), (r2, t2), (r, t) = as_pose(first), as_pose(second), as_pose(compose(first, second))
    assert np.allclose(r, r1 @ r2) and np.allclose(t, r1 @ t2 + t1)


@given(poses())
def test_an_inverse_undoes_it(pose: Transform) -> None:
    assert_same(compose(pose, inverse(pose)), Transform("a", "a"))
    assert_same(inverse(inverse(pose)), pose)


@given(poses(), poses(), SHARES)
def test_in_between_is_on_the_straight_way_and_on_the_shorter_turn(first: Transform, second: Transform, share: float) -> None:
    middle = between(first, second, share)
    assert_same(between(first, second, 0.0), first)
    assert_same(between(first, second, 1.0), second)
    assert np.allclose(middle.translation, np.array(first.translation) * (1 - share) + np.array(second.translation) * share)
    whole, part = turn(first, second), turn(first, middle)
    assert whole <= math.pi + 1e-9 and part == pytest.approx(share * whole, abs=1e-6)


def turn(first: Transform, second: Transform) -> float:
    """Angle [rad] between two rotations."""
    cosine = (np.trace(matrix(first.rotation).T @ matrix(second.rotation)) - 1) / 2
    return math.acos(max(-1.0, min(1.0, cosine)))


def test_a_quaternion_and_its_negative_are_one_rotation() -> None:
    x, y, z, w = about((0, 0, 1), 0.2)
    middle = between(Transform("a", "b", rotation=about((0, 0, 1), 0.1)), Transform("a", "b", rotation=(-x, -y, -z, -w)), 0.5)
    assert_same(middle, Transform("a", "b", rotation=about((0, 0, 1), 0.15)))


def robot_tree() -> Transforms:
    """A robot that drives and turns evenly from 0 to 2 s, with a camera on a mast."""
    tree = Transforms()
    for step in range(101):
        tree.add(where(step * 0.02), step * 0.02)
    tree.add_fixed(Transform("base_link", "camera_link", (0.1, 0.0, 0.5), about((0, 1, 0), 0.78)))
    tree.add_fixed(Transform("camera_link", "optical", rotation=(-0.5, 0.5, -0.5, 0.5)))
    return tree


def where(time: float) -> Transform:
    return Transform("odom", "base_link", (0.5 * time, -0.2 * time, 0.0), about((0, 0, 1), 3.0 + time))  # yaw goes through pi


@given(st.floats(0.0, 2.0))
def test_a_chain_is_looked_up_at_its_time_in_both_directions(time: float) -> None:
    tree = robot_tree()
    fixed = compose(
        Transform("base_link", "camera_link", (0.1, 0.0, 0.5), about((0, 1, 0), 0.78)),
        Transform("camera_link", "optical", rotation=(-0.5, 0.5, -0.5, 0.5)),
    )
    assert_same(tree.lookup("odom", "optical", time), compose(where(time), fixed))
    assert_same(tree.lookup("optical", "odom", time), inverse(compose(where(time), fixed)))
    assert_same(tree.lookup("base_link", "optical", time), fixed)
    assert_same(tree.lookup("base_link", "base_link", time), Transform("base_link", "base_link"))


@given(st.floats(2.0, 2.0 + AHEAD))
def test_a_little_ahead_the_motion_goes_on(time: float) -> None:
    assert_same(robot_tree().lookup("odom", "base_link", time), where(time))


def test_a_little_ahead_the_motion_goes_on_also_after_two_readings() -> None:
    tree = Transforms()
    for time in (1.0, 1.02):
        tree.add(where(time), time)
    assert_same(tree.lookup("odom", "base_link", 1.09), where(1.09))
    tree = Transforms()
    tree.add(where(1.0), 1.0)
    assert_same(tree.lookup("odom", "base_link", 1.09), where(1.0))  # of one alone, no motion is known


def test_fixed_frames_are_for_ever_also_where_nothing_else_is() -> None:
    tree = Transforms()
    tree.add_fixed(Transform("a", "b", (1.0, 0.0, 0.0)))
    assert tree.lookup("a", "b", 0.0) == tree.lookup("a", "b", 1e9) == Transform("a", "b", (1.0, 0.0, 0.0))


@pytest.mark.parametrize(
    ("parent", "child", "time", "ahead", "words"),
    [
        (
            "odom",
            "base_link",
            2.11,
            AHEAD,
            "odom -> base_link at that time: odom -> base_link: it is wanted at 2.110 s and known up to 2.000 s",
        ),
        ("odom", "optical", 2.05, 0.0, "odom -> optical at that time: odom -> base_link: it is wanted at 2.050 s"),
        ("odom", "base_link", -0.01, AHEAD, "known from 0.000 s on"),
        ("odom", "hand", 1.0, AHEAD, "'hand' is not on tf; there are base_link, camera_link, odom, optical"),
        ("map", "hand", 1.0, AHEAD, "'map' and 'hand' is not on tf"),
        ("odom", "island", 1.0, AHEAD, "no transform odom -> island: a frame between them is not on tf"),
    ],
)
def test_what_is_not_known_is_told_in_one_line(parent: str, child: str, time: float, ahead: float, words: str) -> None:
    tree = robot_tree()
    if child == "island":
        tree.add_fixed(Transform("sea", "island"))
    with pytest.raises(TransformError) as error:
        tree.lookup(parent, child, time, ahead)
    assert words in str(error.value) and "\n" not in str(error.value)


def test_nothing_on_tf_is_told() -> None:
    with pytest.raises(TransformError, match="nothing came on tf"):
        Transforms().lookup("odom", "base_link", 0.0)


def test_frames_in_a_circle_end() -> None:
    tree = Transforms()
    tree.add_fixed(Transform("a", "b"))
    tree.add_fixed(Transform("b", "a"))
    with pytest.raises(TransformError):
        tree.lookup("c", "a", 0.0)


@pytest.mark.parametrize(
    "pose",
    [
        Transform("a", "b", (math.nan, 0.0, 0.0)),
        Transform("a", "b", rotation=(0.0, 0.0, 0.0, 0.0)),
        Transform("a", "b", rotation=(0, 0, 0, math.inf)),
    ],
)
def test_what_is_no_pose_is_refused(pose: Transform) -> None:
    for add in (Transforms().add_fixed, lambda pose: Transforms().add(pose, 1.0)):
        with pytest.raises(TransformError, match="a -> b is no pose"):
            add(pose)


def test_history_has_a_limit() -> None:
    tree = Transforms()
    for step in range(1000):
        tree.add(Transform("odom", "base_link", (step * 0.1, 0.0, 0.0)), step * 0.1)
    assert tree.lookup("odom", "base_link", 99.9 - HISTORY).translation[0] == pytest.approx(99.9 - HISTORY)
    with pytest.raises(TransformError, match=r"known from 89\.9"):
        tree.lookup("odom", "base_link", 99.9 - HISTORY - 0.2)
    assert len(tree._moving["base_link"][1]._entries) <= HISTORY / 0.1 + 2


@given(st.permutations(range(10)))
def test_the_order_of_arrival_does_not_matter(order: list[int]) -> None:
    tree = Transforms()
    for step in order:
        tree.add(where(step * 0.05), step * 0.05)
    assert_same(tree.lookup("odom", "base_link", 0.33), where(0.33))


def test_a_clock_that_goes_back_begins_anew() -> None:
    tree = Transforms()
    for time in (100.0, 101.0, 101.0 - 2 * BACK - 50.0):
        tree.add(Transform("odom", "base_link", (time, 0.0, 0.0)), time)
    assert tree.lookup("odom", "base_link", 49.0).translation[0] == 49.0
    with pytest.raises(TransformError):
        tree.lookup("odom", "base_link", 100.5)


def test_a_frame_that_is_hung_elsewhere_forgets_where_it_was() -> None:
    tree = robot_tree()
    tree.add(Transform("gripper", "base_link"), 2.0)
    with pytest.raises(TransformError):
        tree.lookup("odom", "base_link", 1.0)
    assert tree.lookup("gripper", "base_link", 2.0) == Transform("gripper", "base_link")


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
