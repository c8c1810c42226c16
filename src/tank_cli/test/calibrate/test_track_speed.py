"""Speeds of the tracks from measured drives.

Simulated drives give back what they were made with.
"""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tank_cli.calibrate.track_speed import (
    Lap,
    fit_speed,
    spin_multiplier,
    spin_seconds,
    track_speeds,
)

SEPARATION = 0.16


def lap(left: float, right: float, seconds: float, lag: float) -> Lap:
    """The place where a robot with these track speeds [m/s] ends."""
    speed, rate, time = (left + right) / 2, (right - left) / SEPARATION, seconds - lag
    if abs(rate) < 1e-9:
        return Lap(seconds, speed * time, 0.0)
    return Lap(
        seconds, speed / rate * math.sin(rate * time), speed / rate * (1.0 - math.cos(rate * time))
    )


@settings(max_examples=40)
@given(st.floats(0.05, 0.5), st.floats(0.95, 1.05), st.floats(0.0, 0.4))
def test_two_drives_give_both_speeds_and_the_lag(speed: float, ratio: float, lag: float) -> None:
    left, right = speed, speed * ratio
    fit = fit_speed([lap(left, right, seconds, lag) for seconds in (1.0, 2.0)])
    assert fit is not None
    assert fit.lag == pytest.approx(lag, abs=1e-6)
    assert track_speeds(fit, SEPARATION) == pytest.approx((left, right), rel=1e-6)
    assert fit.residual < 1e-9


def test_a_measure_that_is_off_shows_as_a_residual() -> None:
    laps = [Lap(1.0, 0.2, 0.0), Lap(1.5, 0.31, 0.0), Lap(2.0, 0.4, 0.0)]
    fit = fit_speed(laps)
    assert fit is not None and fit.residual == pytest.approx(0.00667, abs=1e-4)


@pytest.mark.parametrize(
    "laps",
    [
        [Lap(1.0, 0.2, 0.0)],
        [Lap(1.0, 0.4, 0.0), Lap(2.0, 0.3, 0.0)],
        [Lap(1.0, 0.3, 0.0), Lap(1.0, 0.3, 0.0)],
    ],
)
def test_what_is_no_motion_forward_is_none(laps: list[Lap]) -> None:
    assert fit_speed(laps) is None


@settings(max_examples=40)
@given(st.floats(0.05, 0.5), st.floats(0.8, 3.0), st.floats(0.0, 0.4))
def test_a_right_multiplier_turns_once_around(speed: float, multiplier: float, lag: float) -> None:
    seconds = spin_seconds(speed, SEPARATION * multiplier, lag)
    assert spin_multiplier(speed, seconds, lag, SEPARATION, 360.0) == pytest.approx(multiplier)
    assert spin_multiplier(speed, seconds, lag, SEPARATION, 180.0) == pytest.approx(2 * multiplier)
