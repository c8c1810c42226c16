"""Realism: zero means ideal, and a randomized robot is one of the same kind."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_sim.realism.levels import IDEAL, REAL, RealismError, realism, realism_names


def test_names_give_what_they_say():
    assert realism("ideal") is IDEAL and realism("real") is REAL
    assert [realism(name) for name in realism_names()] == [IDEAL, REAL]


@pytest.mark.parametrize("name", ["", "Real", "perfect"])
def test_other_names_are_refused_in_one_line_with_the_choices(name):
    with pytest.raises(RealismError, match=r"^realism '.*' is not known; say one of ideal, real$"):
        realism(name)


def test_ideal_has_no_effect_at_all_and_real_has_every_one():
    assert set(dataclasses.astuple(IDEAL)) == {0.0}
    assert all(value > 0 for value in dataclasses.astuple(REAL))
    assert IDEAL.is_ideal and not REAL.is_ideal


@given(st.integers(0, 2**32))
def test_a_randomized_robot_is_half_to_one_and_a_half_times_as_bad(seed):
    other = REAL.randomized(np.random.default_rng(seed))
    ratios = np.array(dataclasses.astuple(other)) / np.array(dataclasses.astuple(REAL))
    assert (ratios >= 0.5).all() and (ratios <= 1.5).all()
    assert np.ptp(ratios) > 0
    assert REAL.randomized(np.random.default_rng(seed)) == other
    assert IDEAL.randomized(np.random.default_rng(seed)) == IDEAL
