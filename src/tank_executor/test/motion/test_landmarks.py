"""Drift is recognized where it is unambiguous, and nowhere else."""

import math
import random
from dataclasses import replace

import pytest

from tank_core.geometry import Pose2D, wrap
from tank_executor.motion.drift import Doubt
from tank_executor.motion.landmarks import Landmark, recognized, shifted

LOST = Doubt.about((0.0, 0.0), 0.5, 0.2)
HERE = (0.0, 0.0)


def mark(color: str, x: float, y: float, shape: str | None = "cube") -> Landmark:
    return Landmark(color, shape, (x, y), 0.02**2)


@pytest.mark.parametrize("seed", range(12))
def test_any_drift_within_the_doubt_is_recognized(seed: int) -> None:
    dice = random.Random(seed)
    known = [
        mark(color, dice.uniform(-2, 2), dice.uniform(-2, 2))
        for color in ("red", "red", "blue", "green", "yellow")
    ]
    drift = Pose2D(dice.gauss(0, 0.4), dice.gauss(0, 0.4), dice.gauss(0, 0.3))
    seen = [shifted(one, drift) for one in known[1:]] + [mark("black", 1.0, 1.0)]
    fix = recognized(known, seen, LOST, HERE)
    assert fix is not None
    assert fix.shift.distance(drift) < 0.03 and abs(wrap(fix.shift.yaw - drift.yaw)) < 0.03
    assert fix.rest.at((drift.x, drift.y)) < LOST.at(HERE) / 10


def test_one_thing_tells_nothing_to_a_robot_that_is_lost() -> None:
    known = [mark("red", 1.0, 0.0)]
    assert recognized(known, [shifted(known[0], Pose2D(0.3, 0.2, 0.2))], LOST, HERE) is None


def test_what_can_be_explained_in_two_ways_is_not() -> None:
    """Four alike in a square look the same from a quarter of a turn on."""
    square = [mark("red", x, y) for x in (-0.5, 0.5) for y in (-0.5, 0.5)]
    wide = Doubt.about(HERE, 0.5, 4.0)
    assert recognized(square, square, wide, HERE) is None
    told = [replace(one, color=color) for one, color in zip(square, "abcd", strict=True)]
    assert recognized(told, told, wide, HERE) is not None


def test_a_thing_that_was_moved_is_not_followed() -> None:
    known = [mark("red", 1.0, 0.0), mark("blue", 0.0, 1.0), mark("green", -1.0, 0.5)]
    drift = Pose2D(0.2, -0.1, 0.15)
    seen = [shifted(one, drift) for one in known]
    seen[0] = replace(seen[0], place=(2.0, 1.0))
    fix = recognized(known, seen, LOST, HERE)
    assert fix is not None and fix.shift.distance(drift) < 0.03


def test_other_colors_and_shapes_are_other_things() -> None:
    known = [mark("red", 1.0, 0.0), mark("blue", 0.0, 1.0)]
    for change in ({"color": "green"}, {"shape": "ball"}):
        seen = [replace(one, **change) for one in known]
        assert recognized(known, seen, LOST, HERE) is None


def test_a_robot_that_is_hardly_lost_goes_by_the_nearest_thing() -> None:
    drift, sure = Pose2D(0.02, 0.03, 0.0), Doubt.about(HERE, 0.003, 1e-4)
    known = [mark("red", 1.0, 0.0)]
    fix = recognized(known, [shifted(known[0], drift)], sure, HERE)
    assert fix is not None and math.dist((fix.shift.x, fix.shift.y), (0.02, 0.03)) < 0.025
    twins = [*known, mark("red", 1.05, 0.0)]
    assert recognized(known, [shifted(one, drift) for one in twins], sure, HERE) is None
