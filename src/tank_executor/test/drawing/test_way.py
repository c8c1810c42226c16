"""The way of a plan, from where the robot is."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from tank_core.commands import (
    Approach,
    Arc,
    Cell,
    Color,
    Command,
    Grasp,
    Move,
    MoveDirection,
    Relation,
    Release,
    Side,
    Stop,
    Turn,
    Until,
    Wait,
)
from tank_core.geometry import Pose2D
from tank_executor.drawing.way import legs

FORWARD, LEFT = Move(MoveDirection.FORWARD, 1.0), Turn(Side.LEFT, 90.0)
START = Pose2D(2.0, 1.0, math.radians(90.0))


def end(*commands: Command) -> Pose2D:
    return legs(commands, START)[-1].poses[-1]


def test_a_square_comes_back_to_where_it_began() -> None:
    assert end(*[FORWARD, LEFT] * 4).distance(START) == pytest.approx(0.0, abs=1e-9)
    assert end(FORWARD, Move(MoveDirection.BACKWARD, 1.0)).distance(START) < 1e-9


def test_each_leg_begins_where_the_last_ended_and_standing_is_none() -> None:
    found = legs((FORWARD, Wait(1.0), LEFT, FORWARD), START)
    for one, other in pairwise(found):
        assert one.poses[-1] == other.poses[0]
    assert len(found[1].poses) == 1
    assert found[-1].poses[-1].distance(Pose2D(1.0, 2.0)) < 1e-9  # left of what is ahead is -x


@pytest.mark.parametrize("side", list(Side))
def test_an_arc_is_a_circle_on_its_side(side: Side) -> None:
    (arc,) = legs((Arc(side, 0.5, 180.0),), Pose2D())
    y = 0.5 if side is Side.LEFT else -0.5
    assert all(math.dist((pose.x, pose.y), (0.0, y)) == pytest.approx(0.5) for pose in arc.poses)
    assert arc.poses[-1].distance(Pose2D(0.0, 2 * y)) < 1e-9


@pytest.mark.parametrize(
    "seeking", [Approach(), Move(MoveDirection.FORWARD, 9.0, until=Until.OBSTACLE)]
)
def test_the_way_is_open_from_the_first_step_that_looks_for_something(seeking: Command) -> None:
    found = legs((FORWARD, seeking, LEFT), START)
    assert [leg.open for leg in found] == [False, True]
    assert found[1].poses == (found[0].poses[-1],)


def test_a_stop_and_the_hand_in_a_cell_stand_at_their_place() -> None:
    standing = (Stop(), Grasp(), Grasp(Cell.LEFT, Color.RED), Release(Cell.RIGHT))
    found = legs((FORWARD, *standing, FORWARD), START)
    assert not any(leg.open for leg in found) and found[-1].poses[-1].distance(START) == 2.0
    for step in (Grasp(color=Color.RED), Release(relation=Relation.BEHIND)):
        assert legs((step,), START)[0].open


def test_what_is_done_is_not_drawn() -> None:
    (leg,) = legs((FORWARD, LEFT), START, first=1)
    assert leg.index == 1 and leg.poses[0] == START
