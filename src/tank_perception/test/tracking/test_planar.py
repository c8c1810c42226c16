"""Plane geometry in plain numbers says the same as matrices do."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_perception.tracking.planar import Spread, fused, round_spread

SIGMAS, SHARES = st.floats(1e-3, 0.1), st.floats(-0.9, 0.9)
SPREADS = st.builds(lambda a, b, share: Spread(a * a, share * a * b, b * b), SIGMAS, SIGMAS, SHARES)
METERS, ANGLES = st.floats(-2, 2), st.floats(-4, 4)
PLACES = st.tuples(METERS, METERS)


def matrix(spread):
    return np.array([[spread.xx, spread.xy], [spread.xy, spread.yy]])


def close(spread, expected):
    return matrix(spread) == pytest.approx(expected, rel=1e-6, abs=1e-12)


@given(SPREADS, PLACES)
def test_deviations_are_the_mahalanobis_distance(spread, error):
    expected = math.sqrt(np.array(error) @ np.linalg.inv(matrix(spread)) @ np.array(error))
    assert spread.deviations(*error) == pytest.approx(expected, rel=1e-6, abs=1e-9)


@given(SPREADS, ANGLES)
def test_a_turned_spread_is_that_of_turned_errors(spread, angle):
    cosine, sine = math.cos(angle), math.sin(angle)
    turn = np.array([[cosine, -sine], [sine, cosine]])
    assert close(spread.turned(angle), turn @ matrix(spread) @ turn.T)
    assert close(spread.turned(angle).turned(-angle), matrix(spread))


@given(PLACES, SPREADS, PLACES, SPREADS)
def test_what_is_fused_is_weighted_by_how_sure_it_is(place, spread, measured, noise):
    """The information form.

    Precisions add, and so do places times their precisions.
    """
    known, seen = np.linalg.inv(matrix(spread)), np.linalg.inv(matrix(noise))
    where, rest = fused(place, spread, measured, noise)
    expected = np.linalg.inv(known + seen)
    assert matrix(rest) == pytest.approx(expected, rel=1e-5, abs=1e-9)
    assert where == pytest.approx(expected @ (known @ place + seen @ measured), rel=1e-5, abs=1e-6)


def test_a_round_spread_is_the_same_in_all_directions():
    assert round_spread(4.0).deviations(3.0, 4.0) == pytest.approx(2.5)
    assert Spread.of(np.diag([1.0, 2.0, 3.0])) == Spread(1.0, 0.0, 2.0)
