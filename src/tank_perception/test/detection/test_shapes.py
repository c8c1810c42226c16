"""Fitting exact outlines.

What was projected is found again, also when a part of it is hidden.
"""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tank_core.commands import Shape
from tank_perception.detection import shapes
from tank_perception.detection.shapes import ANGLES, COMPASS, DIRECTIONS, Outlines

NOISE = 0.001


def outline(shape, yaw, depression, size, offset):
    """Return the support function of a solid, by its points.

    Its middle is at ``offset`` (2,) [rad] and its width is ``size`` times its distance.
    """
    if shape is Shape.BALL:
        return np.full(DIRECTIONS, size / 2 / math.sqrt(1 - (size / 2) ** 2)) + offset @ COMPASS
    count = 4 if shape is Shape.CUBE else 360
    around = yaw + math.pi / 4 + np.arange(count) * (2 * math.pi / count)
    radius = math.sqrt(0.5) if shape is Shape.CUBE else 0.5
    points = (
        np.array(
            [(radius * math.cos(a), radius * math.sin(a), up) for a in around for up in (-0.5, 0.5)]
        )
        * size
    )
    ahead, right, up = points.T
    depth = 1 + ahead * math.cos(depression) - up * math.sin(depression)
    flat = np.stack((right, -ahead * math.sin(depression) - up * math.cos(depression))) / depth
    return (flat.T @ COMPASS).max(axis=0) + offset @ COMPASS


def fitted(reach, depression, distance, weight=None):
    weight = np.ones(DIRECTIONS) if weight is None else weight
    return shapes.fit(
        Outlines(
            reach[None],
            weight[None],
            np.array([depression]),
            np.array([distance]),
            np.array([NOISE]),
        )
    )


KINDS, YAWS = st.sampled_from(list(Shape)), st.floats(0.0, math.pi / 2)
STEEP, WIDTH, OFF = st.floats(0.45, 1.0), st.floats(0.03, 0.1), st.floats(-0.01, 0.01)


@settings(max_examples=60)
@given(KINDS, YAWS, STEEP, WIDTH, OFF, OFF)
def test_what_is_projected_is_found_again(shape, yaw, depression, size, right, down):
    fits = fitted(
        outline(shape, yaw, depression, size, np.array([right, down])), depression, 0.042 / size
    )
    assert fits.shape[0] is shape
    assert fits.values[0] == pytest.approx((size, right, down), abs=0.02 * size)


@settings(max_examples=60)
@given(KINDS, YAWS, STEEP, st.integers(0, DIRECTIONS - 1), st.floats(0.0, 0.02))
def test_a_hidden_side_does_not_move_it(shape, yaw, depression, first, missing):
    """A third of the directions sees less than there is, and is known to."""
    reach, weight = outline(shape, yaw, depression, 0.06, np.zeros(2)), np.ones(DIRECTIONS)
    hidden = (first + np.arange(DIRECTIONS // 3)) % DIRECTIONS
    reach[hidden] -= missing
    weight[hidden] = 0.0
    fits = fitted(reach, depression, 0.7, weight)
    assert fits.values[0] == pytest.approx((0.06, 0.0, 0.0), abs=0.006)


def test_less_of_an_outline_is_less_sure():
    reach, half = (
        outline(Shape.BALL, 0.0, 0.6, 0.06, np.zeros(2)),
        (np.cos(ANGLES) > -0.1).astype(float),
    )
    whole, cut = fitted(reach, 0.6, 0.7), fitted(reach, 0.6, 0.7, half)
    assert np.all(np.linalg.eigvalsh(cut.covariance[0] - whole.covariance[0]) >= -1e-12)


def test_tall_things_fit_badly():
    """Twice as high as wide, with its top beyond the image."""
    reach = outline(Shape.CYLINDER, 0.0, 0.6, 0.06, np.zeros(2))
    reach[np.sin(ANGLES) < -0.7] += 0.06
    weight = np.where(np.sin(ANGLES) < -0.7, 0.0, 1.0)
    assert (
        fitted(reach, 0.6, 0.7, weight).rms[0]
        > 3 * fitted(outline(Shape.CYLINDER, 0.0, 0.6, 0.06, np.zeros(2)), 0.6, 0.7).rms[0]
    )


def test_supports_are_the_farthest_points():
    points = np.random.default_rng(1).normal(size=(50, 2))
    reach, first = shapes.supports(points)
    assert reach == pytest.approx((points @ COMPASS).max(axis=0))
    assert reach == pytest.approx(np.einsum("dk,kd->d", points[first], COMPASS))
