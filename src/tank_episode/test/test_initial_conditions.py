"""A stage holds what a command list needs to be carried out, and no more."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from tank_core.commands import (
    Approach,
    Arc,
    Arm,
    ArmPose,
    Cell,
    Color,
    Command,
    Face,
    GoBack,
    GoThrough,
    GoTo,
    Grasp,
    Move,
    MoveDirection,
    Past,
    Relation,
    Release,
    Remember,
    Report,
    Shape,
    Side,
    TakePhoto,
    Topic,
    Turn,
    Until,
)
from tank_core.robot import load_robot
from tank_episode.initial_conditions import InitialConditions, needs_perception
from tank_episode.task_success import TaskRunner

FORWARD, LEFT = Move(MoveDirection.FORWARD, 0.5), Turn(Side.LEFT, 90.0)
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
    [Arc(Side.LEFT, 0.5, 90.0), Face(heading_deg=180.0)],
    [Move(MoveDirection.FORWARD, 10.0, until=Until.OBSTACLE)],
    [LEFT, Move(MoveDirection.FORWARD, 0.8, until=Until.OBSTACLE)],
    [Move(MoveDirection.FORWARD, 10.0, until=Until.OBJECT, color=Color.RED, shape=Shape.BALL)],
    [GoThrough()],
    [GoThrough(Side.RIGHT), TakePhoto()],
    [GoTo("kitchen"), GoTo("desk")],
    [GoBack(Past.START)],
    [GoBack(Past.BEFORE)],
    [Arm(ArmPose.UP), Report(Topic.STATUS)],
    [Approach(Color.RED, Shape.CUBE, Relation.BEHIND)],
    [Release(relation=Relation.NEXT_TO, color=Color.BLUE, shape=Shape.BALL)],
    [Grasp(color=Color.RED), Release(relation=Relation.ON, color=Color.BLUE, shape=Shape.CUBE)],
    [Grasp(color=Color.RED), GoBack(Past.HERE), Release()],
    [Report(Topic.OBJECTS, Color.GREEN), FORWARD],
]


@pytest.mark.slow
@pytest.mark.parametrize(
    "commands", LISTS, ids=lambda commands: "+".join(command.action for command in commands)
)
def test_on_its_stage_a_list_comes_to_its_end(commands: Sequence[Command]) -> None:
    judge = TaskRunner()
    assert judge.same_end(commands, commands)
    assert judge.incomplete == 0
    assert not judge.same_end(commands, [])


def test_what_ends_a_move_is_within_its_limit_and_not_in_sight_at_its_begin() -> None:
    """Else a move without it would end at the same place."""
    for limit in (1.0, 10.0):
        until = Move(MoveDirection.FORWARD, limit, until=Until.OBSTACLE)
        (wall,) = InitialConditions(load_robot(), [until]).world.scene.fixtures
        assert 0.3 + 0.15 < wall.position[0] < limit + 0.3
        until = Move(MoveDirection.FORWARD, limit, until=Until.OBJECT, shape=Shape.BALL)
        (ball,) = InitialConditions(load_robot(), [until]).world.objects
        assert 2.0 < ball.position[0] < limit + 2.0 and ball.shape is Shape.BALL


def test_a_place_is_made_known_before_unless_the_list_does_it() -> None:
    tour = InitialConditions(load_robot(), [GoTo("shed"), GoTo("shed"), GoTo("dock")]).preludes
    assert [one.place for (request,) in [tour] for one in request if isinstance(one, Remember)] == [
        "shed",
        "dock",
    ]
    assert InitialConditions(load_robot(), [Remember("shed"), GoTo("shed")]).preludes == ()


def test_the_request_before_comes_before() -> None:
    """Its thing is not picked up once more; the way back is to its begin."""
    before = [Grasp(), LEFT]
    stage = InitialConditions(load_robot(), [Release(Cell.LEFT)], before)
    assert stage.preludes == (tuple(before),) and len(stage.world.objects) == 1
    *away, last = InitialConditions(load_robot(), [GoBack(Past.BEFORE)], before).preludes
    assert away and last == tuple(before)


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
    sought = Move(MoveDirection.FORWARD, 10.0, until=Until.OBJECT, color=Color.RED)
    assert needs_perception([sought]) and not needs_perception([Face(heading_deg=0.0)])
