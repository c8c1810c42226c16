"""Task success counts where the robot and the things end.

It does not count how the commands read.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tank_core.commands import (
    Cell,
    Command,
    Grasp,
    Move,
    MoveDirection,
    Release,
    Stop,
    Turn,
    TurnDirection,
    Wait,
)
from tank_episode.task_success import Judge, has_motion

LEFT, RIGHT = TurnDirection.LEFT, TurnDirection.RIGHT


def forward(distance: float) -> Move:
    return Move(MoveDirection.FORWARD, distance)


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge()


SAME: list[tuple[Sequence[Command], Sequence[Command]]] = [
    ([forward(0.5)], [forward(0.55)]),
    ([forward(0.5)], [forward(0.2), Wait(1.0), forward(0.3)]),
    ([Turn(LEFT, 90.0)], [Turn(RIGHT, 270.0)]),
    ([Grasp()], [Grasp(Cell.FRONT)]),
    ([Turn(RIGHT, 360.0)], []),
]
OTHER: list[tuple[Sequence[Command], Sequence[Command]]] = [
    ([forward(0.5)], [forward(0.65)]),
    ([forward(0.5)], [Move(MoveDirection.BACKWARD, 0.5)]),
    ([Turn(LEFT, 90.0)], [Turn(LEFT, 75.0)]),
    ([Grasp(Cell.LEFT)], [Grasp(Cell.RIGHT)]),
    ([Grasp(), forward(0.3)], [forward(0.3)]),
    ([forward(0.5)], []),
    ([], [forward(0.5)]),
]


@pytest.mark.parametrize(("wanted", "got"), SAME)
def test_another_way_to_the_same_end_is_a_success(
    judge: Judge, wanted: Sequence[Command], got: Sequence[Command]
) -> None:
    assert judge.same_end(wanted, got)
    assert judge.same_end(got, wanted)


@pytest.mark.parametrize(("wanted", "got"), OTHER)
def test_another_end_is_none(
    judge: Judge, wanted: Sequence[Command], got: Sequence[Command]
) -> None:
    assert not judge.same_end(wanted, got)
    assert not judge.same_end(got, wanted)


def test_what_cannot_be_carried_out_to_its_end_counts_only_when_it_reads_the_same() -> None:
    judge = Judge()
    twice = [Grasp(), Grasp()]  # the hand is full the second time
    assert judge.same_end([*twice, forward(1.0)], [*twice, forward(1.0)])
    assert not judge.same_end([*twice, forward(1.0)], [*twice, forward(2.0)])
    assert judge.incomplete == 2
    assert not judge.same_end([Grasp(), forward(1.0)], [*twice, forward(1.0)])
    assert judge.incomplete == 2


@pytest.mark.parametrize(
    ("commands", "moves"),
    [
        ([], False),
        ([Stop(), Wait(1.0)], False),
        ([Release()], True),
        ([Stop(), forward(1.0)], True),
    ],
)
def test_stops_and_waits_move_nothing(commands: Sequence[Command], moves: bool) -> None:
    assert has_motion(commands) is moves
