"""Turning data.

True to their turns, the same for the same seed, and strewn as asked.
"""

from __future__ import annotations

import math
from dataclasses import fields
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from tank_core.commands import Color
from tank_core.exceptions import TankError
from tank_core.robot import Robot
from tank_learning.skills.face.scenes import APART, COLORS, FAR, NEAR, kinds, strewn
from tank_learning.skills.face.sighting import ColorSight, turn_cost
from tank_learning.skills.face.trials import TRIAL_SEEDS
from tank_learning.skills.face.turning_data import (
    VALIDATION_SEEDS,
    Collector,
    TurnTransitions,
    training_seeds,
)
from tank_skills.turning import HOLD, TURNS_DEG, UNSEEN


@pytest.mark.slow
def test_the_things_turn_by_the_turn_to_the_other_side(turns: TurnTransitions) -> None:
    changed = turns.bearings_after - turns.bearings_before + turns.turns[:, None]
    wrapped = (changed + 180) % 360 - 180
    assert np.abs(wrapped).max() < 0.7  # the robot does not turn about a point exactly


def test_the_same_seed_gives_the_same_data(rasptank: Robot, turns: TurnTransitions) -> None:
    with Collector(rasptank) as collector:
        again = collector.collect(12, range(43, 44))
    first = turns.part(np.arange(12))
    for field in fields(TurnTransitions):
        assert np.array_equal(getattr(first, field.name), getattr(again, field.name)), field.name


def test_too_few_scenes_are_said(rasptank: Robot) -> None:
    with Collector(rasptank) as collector, pytest.raises(TankError, match="1 scenes have no 13"):
        collector.collect(13, range(43, 44))


@given(some.integers(0, 10**6), some.integers(0, 20_000))
def test_what_is_validated_or_tried_on_is_never_trained_on(first: int, count: int) -> None:
    seeds = {*training_seeds(first, count)}
    assert len(seeds) == count and not seeds & {*VALIDATION_SEEDS, *TRIAL_SEEDS}
    assert not set(VALIDATION_SEEDS) & set(TRIAL_SEEDS)


def test_seeds_of_trainings_are_apart() -> None:
    """However many sets of things each has."""
    starts = [training_seeds(number * 10_000, 10_000) for number in range(400)]
    assert all(one.stop <= other.start for one, other in pairwise(starts))


@pytest.mark.parametrize("wanted", COLORS)
def test_things_are_strewn_within_what_was_asked(wanted: Color) -> None:
    world = strewn(kinds(3), wanted, np.random.default_rng(1), (10.0, 12.0))
    places = [thing.position[:2] for thing in world.objects]
    assert all(NEAR <= math.hypot(*place) <= FAR for place in places)
    assert all(
        math.dist(one, other) > APART
        for number, one in enumerate(places)
        for other in places[:number]
    )
    x, y = places[COLORS.index(wanted)]
    assert 10.0 <= math.degrees(math.atan2(y, x)) <= 12.0


def test_the_color_rule_sees_where_things_are(sight: ColorSight, turns: TurnTransitions) -> None:
    errors = [
        abs(bearing - truth) if (bearing := sight.bearing_deg(picture, color)) is not None else 99
        for picture, truths in zip(turns.after, turns.bearings_after, strict=True)
        for color, truth in zip(COLORS, truths, strict=True)
        if abs(truth) < 20
    ]
    assert len(errors) > 30 and max(errors) < 1.0


def test_the_color_rule_says_when_it_sees_nothing(sight: ColorSight) -> None:
    assert sight.choice(np.full((48, 64, 3), 80, np.uint8), Color.RED) == UNSEEN


def test_holding_costs_less_than_a_turn_that_does_as_well() -> None:
    """Otherwise it would turn to and fro for ever."""
    assert turn_cost(0.0, 1.0) < turn_cost(2.0, -1.0)
    costs = [turn_cost(turn, 5.1 - turn) for turn in TURNS_DEG]
    assert TURNS_DEG[int(np.argmin(costs))] == 4.0 and TURNS_DEG[HOLD] == 0.0
