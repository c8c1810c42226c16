"""Counting what perception sees.

Matching, and the simulator's answer to what is to be seen.
"""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_bench.manipulation.sight import SightScore, match
from tank_bench.manipulation.tasks import TrueObject
from tank_bench.manipulation.truth import VisibleObject, Witness
from tank_core.commands import Color, Shape
from tank_core.robot import load_robot
from tank_core.state import Detection
from tank_sim.mujoco_backend import MujocoBackend
from tank_sim.worlds import World, on_floor

PLACES = st.lists(st.tuples(st.floats(0.2, 2.0), st.floats(-1.0, 1.0)), max_size=6)


def seen(
    place: tuple[float, float], color: str = "red", shape: str = "cube", share: float = 1.0
) -> VisibleObject:
    return VisibleObject(TrueObject(*place, 0.02, color, shape, 0.04), place, 30.0, share)


def detection(
    place: tuple[float, float], color: str = "red", shape: str | None = "cube", age: float = 0.0
) -> Detection:
    return Detection(1, color, shape, (*place, 0.02), age=age)


@given(PLACES, PLACES)
def test_each_detection_means_at_most_one_object_and_one_that_is_near(
    said: list[tuple[float, float]], there: list[tuple[float, float]]
) -> None:
    pairs = match([detection(place) for place in said], [seen(place) for place in there])
    assert len(set(pairs.values())) == len(pairs)
    for one, other in pairs.items():
        assert math.dist(said[one], there[other]) <= 0.05 + 0.05 * math.hypot(*there[other])


@given(PLACES)
def test_what_is_said_of_everything_as_it_is_scores_full(places: list[tuple[float, float]]) -> None:
    score = SightScore()
    score.add([detection(place) for place in places], [seen(place) for place in places])
    assert (score.found, score.true, score.right_color, score.right_shape) == (len(places),) * 4
    assert all(error == pytest.approx(0.0) for _, error in score.errors)
    assert not (score.missed or score.made_up or score.confused)


def test_misses_inventions_and_mistakes_are_counted_each_as_what_it_is() -> None:
    score = SightScore()
    objects = [
        seen((1.0, 0.0)),
        seen((0.5, 0.5), "blue", "ball"),
        seen((1.5, 0.0), "green", share=0.3),
    ]
    score.add(
        [
            detection((1.0, 0.02), shape="ball"),
            detection((0.2, -1.0), "white"),
            detection((0.5, 0.5), "blue", age=2.0),
        ],
        objects,
    )
    assert (score.due, score.found, score.said, score.true) == (2, 1, 2, 1)
    assert (score.right_color, score.shapes_told, score.right_shape) == (1, 1, 0)
    assert (
        score.missed == {"blue ball": 1}
        and score.made_up == {"white cube": 1}
        and score.confused == {"red cube taken for red ball": 1}
    )
    assert (
        score.errors_between(0.5, 1.2) == [pytest.approx(0.02)]
        and score.errors_between(1.2, 2.0) == []
    )


def test_merged_counts_are_those_of_all_images_together() -> None:
    images = [
        ([detection((1.0, 0.0))], [seen((1.0, 0.0))]),
        ([], [seen((0.7, 0.1), "blue")]),
        ([detection((0.4, 0.4))], []),
    ]
    together, merged = SightScore(), SightScore()
    for said, there in images:
        together.add(said, there)
        alone = SightScore()
        alone.add(said, there)
        merged.merge(alone)
    assert merged == together


def shares(*places: tuple[float, float], size: float = 0.04) -> dict[str, VisibleObject]:
    """The shares of cubes at these places that the robot's camera sees.

    One color each.
    """
    things = tuple(
        on_floor(color, Shape.CUBE, size, place)
        for color, place in zip(Color, places, strict=False)
    )
    with MujocoBackend(load_robot("tank"), World("test", things), camera=True) as backend:
        found = Witness(backend).look(backend.time)
    assert found is not None
    return {one.body.color: one for one in found}


def test_an_object_alone_is_due_and_hidden_by_another_it_is_not() -> None:
    alone = shares((0.8, 0.0))["red"]
    assert alone.due and alone.share == 1.0 and alone.place == pytest.approx((0.8, 0.0), abs=1e-3)
    pair = shares((0.8, 0.0), (0.745, 0.0), size=0.05)
    assert pair["green"].share == 1.0 and pair["red"].share < 0.8


def test_behind_the_robot_and_out_of_the_image_nothing_is_due() -> None:
    there = shares((-1.0, 0.0), (0.5, 2.0), (0.13, 0.0))
    assert not any(one.due for one in there.values())


def test_an_image_that_is_not_the_newest_is_not_judged() -> None:
    with MujocoBackend(load_robot("tank"), "cells", camera=True) as backend:
        assert Witness(backend).look(backend.time + 1.0) is None


def test_far_and_small_is_not_due() -> None:
    far = shares((3.0, 0.0))["red"]
    assert far.share == 0.0 and not far.due and not replace(far, share=1.0).due
