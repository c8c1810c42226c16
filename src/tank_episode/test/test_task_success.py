"""Task success counts where the robot and the things end.

It does not count how the commands read.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tank_core.commands import (
    Arc,
    Arm,
    ArmPose,
    Cell,
    Command,
    Face,
    GoBack,
    GoTo,
    Grasp,
    Move,
    MoveDirection,
    Past,
    Release,
    Remember,
    Report,
    Side,
    Stop,
    TakePhoto,
    Topic,
    Turn,
    Until,
    Wait,
)
from tank_episode.task_success import TaskRunner, has_motion

LEFT, RIGHT = Side.LEFT, Side.RIGHT
WHERE = Report(Topic.POSITION)


def forward(distance: float) -> Move:
    return Move(MoveDirection.FORWARD, distance)


UNTIL = Move(MoveDirection.FORWARD, 10.0, until=Until.OBSTACLE)


@pytest.fixture(scope="module")
def judge() -> TaskRunner:
    return TaskRunner()


SAME: list[tuple[Sequence[Command], Sequence[Command]]] = [
    ([forward(0.5)], [forward(0.55)]),
    ([forward(0.5)], [forward(0.2), Wait(1.0), forward(0.3)]),
    ([Turn(LEFT, 90.0)], [Turn(RIGHT, 270.0)]),
    ([Grasp()], [Grasp(Cell.FRONT)]),
    ([Turn(RIGHT, 360.0)], []),
    ([WHERE, forward(0.5)], [WHERE, forward(0.52)]),
    ([Arc(LEFT, 0.5, 90.0)], [Arc(LEFT, 0.5, 85.0), Turn(LEFT, 5.0)]),
    ([Face(heading_deg=180.0), forward(0.5)], [Turn(RIGHT, 90.0), forward(0.5)]),
    ([forward(0.5), GoBack(Past.HERE)], [forward(0.5), Move(MoveDirection.BACKWARD, 0.5)]),
    ([UNTIL], [UNTIL, Wait(0.1)]),
]
OTHER: list[tuple[Sequence[Command], Sequence[Command]]] = [
    ([forward(0.5)], [forward(0.65)]),
    ([forward(0.5)], [Move(MoveDirection.BACKWARD, 0.5)]),
    ([Turn(LEFT, 90.0)], [Turn(LEFT, 75.0)]),
    ([Grasp(Cell.LEFT)], [Grasp(Cell.RIGHT)]),
    ([Grasp(), forward(0.3)], [forward(0.3)]),
    ([forward(0.5)], []),
    ([], [forward(0.5)]),
    ([WHERE, forward(0.5)], [forward(0.5)]),
    ([forward(0.5), WHERE], [forward(0.5), Report(Topic.HOLDING)]),
    ([Grasp(), TakePhoto()], [Grasp()]),
    ([Arc(LEFT, 0.5, 90.0)], [Arc(RIGHT, 0.5, 90.0)]),
    ([Face(heading_deg=90.0)], [Face(heading_deg=270.0)]),
    ([Arm(ArmPose.UP)], [Arm(ArmPose.DOWN)]),
    ([Arm(ArmPose.WAVE), forward(0.5)], [forward(0.5)]),
    ([Remember("dock"), forward(0.5)], [Remember("desk"), forward(0.5)]),
]
# not the other way round: what the second one needs is not there
WORSE: list[tuple[Sequence[Command], Sequence[Command]]] = [
    ([UNTIL], [forward(1.0)]),
    ([UNTIL], [forward(10.0)]),
    ([GoTo("dock")], [GoTo("desk")]),
    ([GoTo("dock")], [GoBack(Past.START)]),
    ([GoTo("dock")], [Move(MoveDirection.BACKWARD, 1.0)]),
    ([GoBack(Past.BEFORE)], [GoBack(Past.START)]),
    ([GoBack(Past.START)], [Move(MoveDirection.BACKWARD, 1.0)]),
]


@pytest.mark.parametrize(("wanted", "got"), SAME)
def test_another_way_to_the_same_end_is_a_success(
    judge: TaskRunner, wanted: Sequence[Command], got: Sequence[Command]
) -> None:
    assert judge.same_end(wanted, got)
    assert judge.same_end(got, wanted)


@pytest.mark.slow
@pytest.mark.parametrize(("wanted", "got"), OTHER)
def test_another_end_is_none(
    judge: TaskRunner, wanted: Sequence[Command], got: Sequence[Command]
) -> None:
    assert not judge.same_end(wanted, got)
    assert not judge.same_end(got, wanted)


@pytest.mark.parametrize(("wanted", "got"), WORSE)
def test_a_stage_tells_the_right_answer_from_what_is_near_it(
    judge: TaskRunner, wanted: Sequence[Command], got: Sequence[Command]
) -> None:
    assert judge.same_end(wanted, wanted)
    assert not judge.same_end(wanted, got)


@pytest.mark.slow
def test_the_way_back_is_that_of_the_request_before(judge: TaskRunner) -> None:
    back, undone = [GoBack(Past.BEFORE)], [Move(MoveDirection.BACKWARD, 0.8)]
    assert judge.same_end(back, undone, previous=[forward(0.8)])
    assert not judge.same_end(back, undone, previous=[forward(0.5)])


def test_what_cannot_be_carried_out_to_its_end_counts_only_when_it_reads_the_same() -> None:
    judge = TaskRunner()
    twice = [Grasp(), Grasp()]  # the hand is full the second time
    assert judge.same_end([*twice, forward(1.0)], [*twice, forward(1.0)])
    assert not judge.same_end([*twice, forward(1.0)], [*twice, forward(2.0)])
    assert judge.incomplete == 2
    assert not judge.same_end([Grasp(), forward(1.0)], [*twice, forward(1.0)])
    assert judge.incomplete == 2 and judge.early == {"grasp": 2}


@pytest.mark.parametrize(
    ("commands", "moves"),
    [
        ([], False),
        ([Stop(), Wait(1.0)], False),
        ([Release()], True),
        ([Stop(), forward(1.0)], True),
        ([WHERE, TakePhoto(), Remember("dock")], False),
        *(([one], True) for one in (UNTIL, GoTo("dock"), Arm(ArmPose.UP), Arc(LEFT, 1.0, 9.0))),
    ],
)
def test_stops_waits_and_looks_move_nothing(commands: Sequence[Command], moves: bool) -> None:
    assert has_motion(commands) is moves
