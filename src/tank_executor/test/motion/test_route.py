"""Ways around obstacles.

Every leg keeps clear, goals are reached, and what is walled in is told.
"""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tank_core.robot import load_robot
from tank_core.state import Pose2D
from tank_executor.motion.route import ROOM_M, Disc, Footprint, is_free, plan

FOOTPRINT = Footprint.of(load_robot("tank"))
PLACES = st.tuples(st.floats(-1.5, 1.5), st.floats(-1.5, 1.5))


def clearance(start: tuple[float, float], end: tuple[float, float], disc: Disc) -> float:
    """Return the distance between a straight way and an obstacle, sampled."""
    points = np.linspace(start, end, 200)
    return float(np.hypot(points[:, 0] - disc.x, points[:, 1] - disc.y).min()) - disc.radius


def test_the_footprint_holds_chassis_and_wheels() -> None:
    assert FOOTPRINT.half_width == pytest.approx(0.13)
    assert FOOTPRINT.turning == pytest.approx(0.17)
    assert FOOTPRINT.front == 0.15


@settings(max_examples=60)
@given(PLACES, st.lists(PLACES, max_size=8))
def test_every_leg_keeps_clear_of_every_obstacle(
    goal: tuple[float, float], places: list[tuple[float, float]]
) -> None:
    discs = [
        Disc(x, y, 0.03)
        for x, y in places
        if math.hypot(x, y) > 0.25 and math.dist((x, y), goal) > 0.25
    ]
    way = plan(Pose2D(), [(goal, 0.0)], discs, FOOTPRINT)
    if way is None:
        return
    assert way[-1] == pytest.approx(goal)
    for start, end in zip([(0.0, 0.0), *way], way, strict=False):
        for disc in discs:
            assert (
                clearance(start, end, disc) > FOOTPRINT.half_width + ROOM_M - 1e-3
                or math.dist(start, (disc.x, disc.y)) < 0.3
            )


def test_where_nothing_is_in_the_way_it_goes_straight() -> None:
    assert plan(Pose2D(), [((1.0, 0.5), 0.0)], [Disc(0.5, -0.6, 0.05)], FOOTPRINT) == [
        pytest.approx((1.0, 0.5))
    ]


def test_it_goes_round_what_stands_in_the_way() -> None:
    disc = Disc(0.6, 0.0, 0.03)
    assert not is_free((0.0, 0.0), (1.2, 0.0), [disc], FOOTPRINT)
    way = plan(Pose2D(), [((1.2, 0.0), 0.0)], [disc], FOOTPRINT)
    assert way is not None and len(way) >= 2
    length = sum(math.dist(a, b) for a, b in zip([(0.0, 0.0), *way], way, strict=False))
    assert length < 1.5


def test_what_is_walled_in_cannot_be_reached() -> None:
    wall = [
        Disc(1.0 + 0.3 * math.cos(a), 0.3 * math.sin(a), 0.05)
        for a in np.linspace(0, 2 * math.pi, 12)
    ]
    assert plan(Pose2D(), [((1.0, 0.0), 0.0)], wall, FOOTPRINT) is None


def test_the_cheaper_of_two_goals_is_taken() -> None:
    near, far = (0.6, 0.0), (0.8, 0.6)
    assert plan(Pose2D(), [(near, 0.0), (far, 0.0)], [], FOOTPRINT) == [pytest.approx(near)]
    assert plan(Pose2D(), [(near, 5.0), (far, 0.0)], [], FOOTPRINT) == [pytest.approx(far)]


def test_what_lies_behind_the_start_does_not_hold_it() -> None:
    assert is_free((0.0, 0.0), (1.0, 0.0), [Disc(-0.15, 0.0, 0.03)], FOOTPRINT)
