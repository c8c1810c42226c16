"""The rows above the prompt: done, running with what is left of it, queued."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tank_client.narrator import Understanding
from tank_client.plan_rows import MOST, PlanRow, PlanRows, left
from tank_core.commands import (
    Approach,
    Arc,
    Command,
    Move,
    MoveDirection,
    Report,
    Side,
    Stop,
    Topic,
    Turn,
    Until,
    Wait,
)
from tank_executor.plan import Plan, PlanState, PlanStatus, StepOutcome, StepStatus, describe

MOVE, TURN = Move(MoveDirection.FORWARD, 2.0), Turn(Side.LEFT, 90.0)
ASK = Report(Topic.POSITION)


def running(*commands: Command, step: int = 0, progress: float = 0.0, stamp: int = 1) -> PlanStatus:
    states = [StepStatus.SUCCEEDED] * step + [StepStatus.RUNNING]
    states += [StepStatus.PENDING] * (len(commands) - len(states))
    outcomes = tuple(StepOutcome(c, s, "", 1.5) for c, s in zip(commands, states, strict=True))
    message = describe(commands[step])
    plan = Plan(commands, "", stamp)
    return PlanStatus(PlanState.RUNNING, plan, step, progress, outcomes, message=message)


def texts(rows: PlanRows) -> list[str]:
    return [f"{row.mark} {row.text} {row.left}".rstrip() for row in rows.rows()]


def test_each_step_has_a_row_and_the_one_that_runs_has_what_is_left() -> None:
    rows = PlanRows()
    assert rows.rows() == []
    rows.progressed(running(MOVE, TURN, Wait(1.0), step=1, progress=0.5))
    assert texts(rows) == [
        "✓ move forward 2 m (1.5 s)",
        "▶ turn left 90 degrees 45° to go",
        "· wait 1 s",
    ]
    rows.progressed(replace(running(MOVE), state=PlanState.SUCCEEDED))
    assert rows.rows() == []


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (MOVE, "0.50 m to go"), (TURN, "22° to go"), (Wait(4.0), "1 s to go"),
        (Arc(Side.LEFT, 1.0, 180.0), "45° to go"), (Approach(), "75 %"),
        (Move(MoveDirection.FORWARD, 2.0, until=Until.OBSTACLE), "75 %"),
    ],
)  # fmt: skip
def test_what_is_left_is_told_in_the_units_of_the_step(command: Command, said: str) -> None:
    assert left(command, 0.75) == said


def test_what_is_said_meanwhile_is_queued_until_it_begins_or_is_refused() -> None:
    rows = PlanRows()
    assert not rows.understood(Understanding(1, "a", (MOVE,)))
    rows.progressed(running(MOVE))
    assert rows.understood(Understanding(2, "b", (TURN, Wait(1.0))))
    assert rows.understood(Understanding(3, "c", (Wait(2.0),)))
    assert texts(rows)[1:] == [
        "· queued: turn left 90 degrees, then wait 1 s",
        "· queued: wait 2 s",
    ]
    rows.progressed(PlanStatus(PlanState.REFUSED, Plan((Wait(2.0),), "c", 3)))
    rows.progressed(running(TURN, Wait(1.0), stamp=2))
    assert texts(rows) == ["▶ turn left 90 degrees 90° to go", "· wait 1 s"]


def test_an_executor_that_begins_anew_has_nothing_under_way() -> None:
    rows = PlanRows()
    rows.progressed(running(MOVE))
    rows.progressed(PlanStatus())
    assert rows.rows() == []


def test_neither_a_question_nor_a_stop_waits_and_a_question_hides_nothing() -> None:
    rows = PlanRows()
    rows.progressed(running(MOVE))
    assert not rows.understood(Understanding(2, "where are you", (ASK,)))
    assert not rows.understood(Understanding(3, "stop", (Stop(),)))
    assert not rows.understood(Understanding(4, "sing", ()))
    rows.progressed(running(ASK, stamp=2))
    rows.progressed(replace(running(ASK, stamp=2), state=PlanState.SUCCEEDED))
    assert texts(rows) == ["▶ move forward 2 m 2.00 m to go"]


def test_plans_of_others_that_wait_are_counted() -> None:
    rows = PlanRows()
    rows.progressed(replace(running(MOVE), queued=2))
    rows.understood(Understanding(2, "b", (TURN,)))
    assert texts(rows)[1:] == ["· queued: turn left 90 degrees", "· queued: 1 more"]


@pytest.mark.parametrize("step", [0, 5, 30, 31])
def test_a_long_plan_is_shown_around_the_step_that_runs(step: int) -> None:
    rows = PlanRows()
    rows.progressed(running(*[MOVE] * 32, step=step))
    for stamp in range(2, 9):
        rows.understood(Understanding(stamp, "b", (TURN,)))
    shown: list[PlanRow] = rows.rows()
    assert len(shown) <= MOST and any(row.done is not None for row in shown)
    assert any(row.text.startswith("queued: ") for row in shown)
