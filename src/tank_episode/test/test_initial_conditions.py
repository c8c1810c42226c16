"""A stage holds what a command list needs to be carried out, and no more."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from tank_core.commands import (
    Approach,
    Cell,
    Color,
    Command,
    Face,
    Grasp,
    Move,
    MoveDirection,
    Release,
    Shape,
    Turn,
    TurnDirection,
)
from tank_core.robot import load_robot
from tank_episode.initial_conditions import InitialConditions, needs_perception
from tank_episode.task_success import Judge

FORWARD, LEFT = Move(MoveDirection.FORWARD, 0.5), Turn(TurnDirection.LEFT, 90.0)
LISTS: list[Sequence[Command]] = [
    [Grasp()],
    [FORWARD, LEFT, Grasp(Cell.RIGHT)],
    [Release(Cell.LEFT)],
    [Grasp(), Release(Cell.LEFT), Grasp(Cell.LEFT)],
    [Face(Color.RED)],
    [
        Approach(Color.RED, Shape.CUBE),
        Grasp(color=Color.RED, shape=Shape.CUBE),
        Release(Cell.RIGHT),
    ],
    [Approach(shape=Shape.BALL), Grasp(color=Color.GREEN), LEFT, FORWARD],
    [Approach()],
]


@pytest.mark.slow
@pytest.mark.parametrize(
    "commands", LISTS, ids=lambda commands: "+".join(command.action for command in commands)
)
def test_on_its_stage_a_list_comes_to_its_end(commands: Sequence[Command]) -> None:
    judge = Judge()
    assert judge.same_end(commands, commands)
    assert judge.incomplete == 0
    assert not judge.same_end(commands, [])


def test_things_stand_where_the_robot_comes_upon_them() -> None:
    (thing,) = InitialConditions(load_robot(), [FORWARD, LEFT, Grasp()]).world.objects
    assert thing.position[:2] == pytest.approx((0.5, 0.3))


def test_one_thing_serves_all_who_name_it() -> None:
    stage = InitialConditions(
        load_robot(),
        [
            Face(Color.RED),
            Approach(Color.RED, Shape.CUBE),
            Grasp(color=Color.RED, shape=Shape.CUBE),
        ],
    )
    assert [thing.name for thing in stage.world.objects] == ["red_cube"]
    two = InitialConditions(
        load_robot(), [Face(Color.RED, Shape.CUBE), Face(Color.RED, Shape.BALL)]
    ).world.objects
    assert len(two) == 2 and math.dist(two[0].position, two[1].position) > 0.3


def test_what_is_unnamed_has_a_color_that_nobody_names() -> None:
    stage = InitialConditions(load_robot(), [Grasp(), Release(Cell.LEFT), Face(Color.RED)])
    assert [thing.color for thing in stage.world.objects].count(Color.RED) == 1


def test_eyes_are_needed_where_something_is_looked_for() -> None:
    assert needs_perception([FORWARD, Face()]) and needs_perception([Grasp(color=Color.RED)])
    assert not needs_perception([FORWARD, LEFT, Grasp(), Release()])
