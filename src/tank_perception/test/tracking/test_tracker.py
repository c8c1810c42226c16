"""Objects over time.

They keep their ids and places, whatever the robot does, and go when they are gone.
"""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tank_core.commands import Color, Shape
from tank_core.state import Pose2D
from tank_perception.detection.findings import Finding
from tank_perception.tracking.tracker import KEEP_S, MISSES, Tracker

TOOL = np.array([0.3, 0.0, 0.2])


class Everywhere:
    """A camera that sees all around, or nothing at all."""

    def __init__(self, open_: bool = True) -> None:
        self.open = open_

    def shows(self, center, width, color) -> bool:
        return self.open


def finding(x, y, color=Color.RED, shape=Shape.CUBE, confidence=0.9, sigma=0.005, **more):
    return Finding(
        color,
        shape,
        np.array([x, y, 0.02]),
        sigma**2 * np.eye(3),
        (0.04,) * 3,
        (round(1e3 * x), round(1e3 * y), 20, 20),
        confidence,
        20.0,
        **({"excess": telling(shape)} | more),
    )


def telling(shape, margin=30.0):
    """Return a shape's evidence: how much worse the other shapes fit."""
    return () if shape is None else tuple(0.0 if other is shape else margin for other in Shape)


def seen_from(base, places, **more):
    """Find things at places (x, y) in odom with a robot at ``base``."""
    for place in places:
        yield finding(*base.to_local(place), **more)


def in_odom(tracker, base, time):
    """(x, y) in odom of all objects, by id."""
    things = tracker.detections(base, time)
    return {thing.id: base.to_world(thing.position[:2]) for thing in things}


def run(tracker, frames, sight=None, base=None, tool=None, start=0.0):
    """Take in frames at 10 Hz; returns what is known after the last one."""
    time = start
    for index, findings in enumerate(frames):
        time = start + 0.1 * index
        tracker.update(findings, base or Pose2D(), time, sight or Everywhere(), tool)
    return tracker.detections(base or Pose2D(), time)


PLACES = st.lists(st.tuples(st.floats(-1, 1), st.floats(-1, 1)), min_size=1, max_size=5).filter(
    lambda places: all(math.dist(a, b) > 0.3 for i, a in enumerate(places) for b in places[:i])
)
BASES = st.builds(Pose2D, st.floats(-0.2, 0.2), st.floats(-0.2, 0.2), st.floats(-3, 3))


@settings(max_examples=40)
@given(PLACES, st.lists(BASES, min_size=2, max_size=6), st.randoms(use_true_random=False))
def test_ids_and_places_stay_however_the_robot_turns_and_in_whatever_order_things_are_found(
    places, bases, random
):
    tracker, first = Tracker(), None
    for index, base in enumerate(bases):
        findings = list(seen_from(base, places))
        random.shuffle(findings)
        tracker.update(findings, base, 0.1 * index, Everywhere(), None)
        where = in_odom(tracker, base, 0.1 * index)
        assert len(where) == len(places)
        nearest = {
            number: min(places, key=lambda place, spot=spot: math.dist(place, spot))
            for number, spot in where.items()
        }
        assert all(math.dist(nearest[number], spot) < 1e-6 for number, spot in where.items())
        assert first is None or nearest == first
        first = nearest


@settings(max_examples=40)
@given(PLACES, st.randoms(use_true_random=False))
def test_the_order_of_findings_does_not_matter(places, random):
    dice = np.random.default_rng(0)
    frames = [
        [
            finding(x + dx, y + dy)
            for (x, y), (dx, dy) in zip(
                places, dice.normal(0, 0.004, (len(places), 2)), strict=True
            )
        ]
        for _ in range(4)
    ]
    shuffled = [random.sample(frame, len(frame)) for frame in frames]
    assert run(Tracker(), frames) == run(Tracker(), shuffled)


def test_turning_away_moves_nothing_and_makes_it_less_sure():
    tracker = Tracker()
    (known,) = run(tracker, [list(seen_from(Pose2D(), [(0.8, 0.1)]))] * 3)
    away = Pose2D(0.3, 0.0, 2.5)
    tracker.update([], Pose2D(0.15, 0.0, 1.2), 0.3, Everywhere(False), None)
    tracker.update([], away, 0.4, Everywhere(False), None)
    (kept,) = tracker.detections(away, 0.4)
    assert next(iter(in_odom(tracker, away, 0.4).values())) == pytest.approx((0.8, 0.1))
    assert kept.id == known.id
    assert kept.age == pytest.approx(0.2)
    assert np.trace(np.reshape(kept.covariance, (3, 3))) > np.trace(
        np.reshape(known.covariance, (3, 3))
    )


def test_what_should_be_seen_and_is_not_is_dropped_and_what_is_hidden_is_kept():
    for sight, left in ((Everywhere(True), 0), (Everywhere(False), 1)):
        tracker = Tracker()
        assert len(run(tracker, [[finding(0.5, 0.0)]] * 3)) == 1
        assert len(run(tracker, [[]] * (MISSES - 1), sight, start=0.3)) == 1
        assert len(run(tracker, [[]], sight, start=0.6)) == left


def test_what_was_not_seen_for_long_is_forgotten():
    tracker = Tracker()
    run(tracker, [[finding(0.5, 0.0)]] * 2)
    assert len(run(tracker, [[]], Everywhere(False), start=KEEP_S)) == 1
    assert len(run(tracker, [[]], Everywhere(False), start=KEEP_S + 0.2)) == 0


def test_a_doubtful_finding_needs_a_second_sighting():
    tracker = Tracker()
    assert run(tracker, [[finding(0.5, 0.0, confidence=0.4)]]) == ()
    assert len(run(tracker, [[finding(0.5, 0.0, confidence=0.4)]], start=0.1)) == 1
    flicker = Tracker()
    assert (
        run(flicker, [[finding(0.5, 0.0, confidence=0.4)], [], [finding(0.5, 0.0, confidence=0.4)]])
        == ()
    )


def test_two_colors_are_never_one_object():
    things = run(Tracker(), [[finding(0.5, 0.0), finding(0.51, 0.0, Color.BLUE)]] * 3)
    assert {(thing.color, round(thing.position[0], 3)) for thing in things} == {
        ("red", 0.5),
        ("blue", 0.51),
    }
    swapped = run(Tracker(), [[finding(0.5, 0.0)]] * 3 + [[finding(0.5, 0.0, Color.BLUE)]] * 4)
    assert [thing.color for thing in swapped] == ["blue"]


def test_near_measurements_win_over_far_ones():
    tracker = Tracker()
    run(tracker, [[finding(0.53, 0.0, sigma=0.03)]] * 20)
    (near,) = run(tracker, [[finding(0.5, 0.0, sigma=0.003)]] * 2, start=2.0)
    assert near.position[0] == pytest.approx(0.5, abs=0.002)
    (still,) = run(tracker, [[finding(0.53, 0.0, sigma=0.03)]] * 50, start=3.0)
    assert still.position[0] == pytest.approx(0.5, abs=0.003)
    assert still.id == near.id


def test_the_shape_is_that_of_most_of_the_last_images():
    frames = [
        [finding(0.5, 0.0, shape=shape)]
        for shape in (Shape.BALL, Shape.CUBE, Shape.CUBE, None, Shape.CUBE, Shape.CUBE)
    ]
    (thing,) = run(Tracker(), frames)
    assert thing.shape == "cube"
    near, far = (
        finding(0.5, 0.0, excess=telling(Shape.CUBE, 60.0)),
        finding(0.5, 0.0, excess=telling(Shape.BALL, 10.0)),
    )
    # from near one sees better
    assert run(Tracker(), [[far]] * 9 + [[near]] * 2)[0].shape == "cube"
    assert run(Tracker(), [[far]] * 9)[0].shape is None  # so little is not told, however often
    (torn,) = run(
        Tracker(), [[finding(0.5, 0.0, shape=Shape.BALL)], [finding(0.5, 0.0, shape=Shape.CUBE)]]
    )
    assert torn.shape is None


def test_odometry_that_jumps_forgets_all():
    tracker = Tracker()
    run(tracker, [[finding(0.5, 0.0)]] * 2)
    tracker.update([], Pose2D(0.6, 0.0, 0.0), 0.2, Everywhere(False), None)
    assert tracker.detections(Pose2D(0.6), 0.2) == ()


def test_what_is_taken_lies_on_the_floor_no_more_and_goes_with_the_hand():
    tracker = Tracker()
    (lying,) = run(tracker, [[finding(0.3, 0.0), finding(0.8, 0.3)]] * 2)[:1]
    held = Finding(
        Color.RED, None, TOOL, 1e-4 * np.eye(3), (0.04,) * 3, (0, 0, 9, 9), 1.0, 9.0, held=True
    )
    things = run(tracker, [[held, finding(0.8, 0.3)]] * 2, tool=TOOL, start=0.2)
    assert {thing.id: thing.position for thing in things}[lying.id] == pytest.approx(tuple(TOOL))
    assert len(things) == 2
    assert {thing.shape for thing in things} == {"cube"}  # it is still known what it was
    moved = Pose2D(0.3, 0.1, 1.0)
    tracker.update([], moved, 0.4, Everywhere(False), TOOL)  # hidden in the hand, on the way
    (carried,) = [thing for thing in tracker.detections(moved, 0.4) if thing.id == lying.id]
    assert carried.position == pytest.approx(tuple(TOOL))
    assert carried.age > 0
    tracker.update([finding(0.31, 0.01)], moved, 0.5, Everywhere(False), None)
    (back,) = [thing for thing in tracker.detections(moved, 0.5) if thing.id == lying.id]
    assert back.position[:2] == pytest.approx((0.31, 0.01), abs=0.01)
    assert back.position[2] < 0.05


def test_what_moves_is_followed():
    (thing,) = run(Tracker(), [[finding(0.5 + 0.01 * step, 0.0)] for step in range(20)])
    assert thing.id == 1
    assert thing.position[0] == pytest.approx(0.69, abs=0.012)


def test_reset_forgets_all_but_gives_no_id_twice():
    tracker = Tracker()
    (before,) = run(tracker, [[finding(0.5, 0.0)]])
    tracker.reset()
    (after,) = run(tracker, [[finding(0.5, 0.0)]])
    assert after.id != before.id
