"""Outcomes against outcomes: what counts as the same, and what does not."""

from __future__ import annotations

import math
from copy import deepcopy

import pytest

from tank_core.geometry import Pose2D
from tank_recording.comparing import compare
from tank_recording.said import NOT_UNDERSTOOD, UNFINISHED, SentenceOutcome, Step

MOVE = Step("move forward 1 m", "succeeded", "", Pose2D(1.0, 0.0, 0.0))
GRASP = Step("grasp the cube", "succeeded", "holding the cube after 2 tries", Pose2D())
THEN = [
    SentenceOutcome("go on and take it", "succeeded", "done", [MOVE, GRASP], True),
    SentenceOutcome("sing", NOT_UNDERSTOOD, "it is no motion", [], True),
]


def verdicts(then: list[SentenceOutcome], now: list[SentenceOutcome]) -> list[bool | None]:
    return [verdict.same for _, some in compare(then, now) for verdict in some]


def changed(number: int, step: int = 0, **what: object) -> list[SentenceOutcome]:
    now = deepcopy(THEN)
    for name, value in what.items():
        setattr(now[number].steps[step] if hasattr(MOVE, name) else now[number], name, value)
    return now


def test_the_same_is_the_same() -> None:
    assert verdicts(THEN, deepcopy(THEN)) == [True, True, True]


@pytest.mark.parametrize(
    "now",
    [
        changed(0, 1, message="holding the cube after 3 tries"),
        changed(0, 0, moved=Pose2D(1.05, -0.05, 0.1)),
        changed(0, 0, moved=Pose2D(1.0, 0.0, 2 * math.pi)),
        changed(0, 0, moved=None),
    ],
)
def test_numbers_and_places_may_differ_a_little(now: list[SentenceOutcome]) -> None:
    assert verdicts(THEN, now) == [True, True, True]


@pytest.mark.parametrize(
    ("now", "same"),
    [
        (changed(0, 1, status="failed"), [True, False, True]),
        (changed(0, 1, message="holding the ball after 2 tries"), [True, False, True]),
        (changed(0, 0, moved=Pose2D(1.2, 0.0, 0.0)), [False, True, True]),
        (changed(0, 0, moved=Pose2D(1.0, 0.0, 0.3)), [False, True, True]),
        (changed(0, 0, command="move forward 2 m"), [False, True]),
        (changed(1, state="succeeded"), [True, True, False]),
        (THEN[:1], [True, True, False]),
        ([*THEN, THEN[0]], [True, True, True, False]),
    ],
)
def test_what_differs_is_told_where_it_does(now: list[SentenceOutcome], same: list[bool]) -> None:
    assert verdicts(THEN, now) == same


def test_what_had_not_ended_is_not_compared() -> None:
    then = changed(0, state=UNFINISHED)
    assert verdicts(then, deepcopy(THEN)) == [None, True]
