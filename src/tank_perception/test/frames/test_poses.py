"""Poses compose as their matrices do, and are undone by their inverses.

What is no pose is refused in words.
"""

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from same_transform import assert_same

from tank_core.robot.frames import Transform, about, as_pose, from_rpy, matrix
from tank_perception.frames.history import TransformError
from tank_perception.frames.poses import between, checked, compose, inverse

ANGLES = st.floats(-3.1, 3.1)
NUMBERS = st.floats(-10.0, 10.0)
SHARES = st.floats(0.0, 1.0)


@st.composite
def poses(draw: Callable, parent: str = "a", child: str = "b") -> Transform:
    place = draw(NUMBERS), draw(NUMBERS), draw(NUMBERS)
    return Transform(
        parent, child, place, from_rpy(draw(ANGLES), draw(st.floats(-1.5, 1.5)), draw(ANGLES))
    )


@given(poses("a", "b"), poses("b", "c"))
def test_composed_poses_are_the_product_of_their_matrices(
    first: Transform, second: Transform
) -> None:
    (r1, t1), (r2, t2), (r, t) = as_pose(first), as_pose(second), as_pose(compose(first, second))
    assert np.allclose(r, r1 @ r2) and np.allclose(t, r1 @ t2 + t1)


@given(poses())
def test_an_inverse_undoes_it(pose: Transform) -> None:
    assert_same(compose(pose, inverse(pose)), Transform("a", "a"))
    assert_same(inverse(inverse(pose)), pose)


@given(poses(), poses(), SHARES)
def test_in_between_is_on_the_straight_way_and_on_the_shorter_turn(
    first: Transform, second: Transform, share: float
) -> None:
    middle = between(first, second, share)
    assert_same(between(first, second, 0.0), first)
    assert_same(between(first, second, 1.0), second)
    assert np.allclose(
        middle.translation,
        np.array(first.translation) * (1 - share) + np.array(second.translation) * share,
    )
    whole, part = turn(first, second), turn(first, middle)
    assert whole <= math.pi + 1e-9 and part == pytest.approx(share * whole, abs=1e-6)


def turn(first: Transform, second: Transform) -> float:
    """Angle [rad] between two rotations."""
    cosine = (np.trace(matrix(first.rotation).T @ matrix(second.rotation)) - 1) / 2
    return math.acos(max(-1.0, min(1.0, cosine)))


def test_a_quaternion_and_its_negative_are_one_rotation() -> None:
    x, y, z, w = about((0, 0, 1), 0.2)
    middle = between(
        Transform("a", "b", rotation=about((0, 0, 1), 0.1)),
        Transform("a", "b", rotation=(-x, -y, -z, -w)),
        0.5,
    )
    assert_same(middle, Transform("a", "b", rotation=about((0, 0, 1), 0.15)))


@pytest.mark.parametrize(
    ("pose", "words"),
    [
        (Transform("a", "b", (math.nan, 0.0, 0.0)), "a -> b is no pose"),
        (Transform("a", "b", rotation=(0.0, 0.0, 0.0, 0.0)), "a -> b is no pose"),
        (Transform("a", "b", rotation=(0, 0, 0, math.inf)), "a -> b is no pose"),
        (Transform("a", "a"), "a -> a is refused: a frame cannot hang on itself"),
        (Transform("/a", "a"), "a -> a is refused: a frame cannot hang on itself"),
        (Transform("", "a"), "each of the two frames needs a name"),
        (Transform("a", "/"), "each of the two frames needs a name"),
    ],
)
def test_what_is_no_pose_is_refused(pose: Transform, words: str) -> None:
    with pytest.raises(TransformError, match=words):
        checked(pose)


def test_names_of_ros_1_and_rounded_rotations_are_taken() -> None:
    assert checked(Transform("/a", "/b", rotation=(0.0, 0.0, 0.0, 1.001))) == Transform("a", "b")
