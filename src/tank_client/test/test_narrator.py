"""Lines that a person reads of the executor's reports.

Every step and every end once, in order, whatever is lost or repeated.
"""

from __future__ import annotations

import pytest

from tank_client.narrator import Narrator, Understanding
from tank_core.commands import Command, Report, Side, Stop, Topic, Turn, Wait
from tank_core.commands.wording import DECLINED, did_you_mean
from tank_executor.plan import Plan, PlanState, PlanStatus, StepOutcome, StepStatus

LEFT, WAIT = Turn(Side.LEFT, 90.0), Wait(1.0)
DONE, RUNS, NOT_YET = StepStatus.SUCCEEDED, StepStatus.RUNNING, StepStatus.PENDING


def report(
    state: PlanState,
    *steps: StepStatus,
    stamp: int = 1,
    message: str = "",
    queued: int = 0,
    progress: float = 0.0,
) -> PlanStatus:
    commands: tuple[Command, ...] = (LEFT, WAIT, LEFT)[: len(steps)]
    outcomes = tuple(
        StepOutcome(command, status, "", 1.5)
        for command, status in zip(commands, steps, strict=True)
    )
    step = sum(status in (DONE, StepStatus.FAILED) for status in steps)
    return PlanStatus(
        state, Plan(commands, "a sentence", stamp), step, progress, outcomes, queued, message
    )


def test_each_step_and_the_end_are_told_once_however_often_they_are_reported() -> None:
    narrator = Narrator()
    told = []
    for status in (
        report(PlanState.RUNNING, RUNS, NOT_YET),
        report(PlanState.RUNNING, DONE, RUNS),
        report(PlanState.RUNNING, DONE, RUNS),
        report(PlanState.SUCCEEDED, DONE, DONE),
        report(PlanState.SUCCEEDED, DONE, DONE),
    ):
        told += narrator.lines(status)
    assert told == [
        "✓ turn left 90 degrees (1.5 s)",
        "✓ wait 1 s (1.5 s)",
        "done: 2 steps in 3.0 s",
    ]


def test_nothing_is_lost_when_reports_are() -> None:
    lines = Narrator().lines(
        report(
            PlanState.FAILED,
            DONE,
            StepStatus.FAILED,
            StepStatus.SKIPPED,
            message="step 2 of 3: it fell",
        )
    )
    assert lines == [
        "✓ turn left 90 degrees (1.5 s)",
        "✗ wait 1 s (1.5 s)",
        "- turn left 90 degrees, not tried",
        "failed: step 2 of 3: it fell",
    ]


def test_the_same_sentence_again_is_told_again() -> None:
    narrator = Narrator()
    first = narrator.lines(report(PlanState.SUCCEEDED, DONE, stamp=1))
    assert (
        narrator.lines(report(PlanState.SUCCEEDED, DONE, stamp=2))
        == first
        == ["✓ turn left 90 degrees (1.5 s)"]
    )


def test_a_refusal_does_not_disturb_what_runs() -> None:
    narrator = Narrator()
    narrator.lines(report(PlanState.RUNNING, DONE, RUNS))
    refused = PlanStatus(
        PlanState.REFUSED,
        Plan((Stop(), LEFT), "another", 2),
        message="stopped; reset the stop first",
    )
    assert narrator.lines(refused) == ["✗ “another” was not begun: stopped; reset the stop first"]
    assert narrator.lines(report(PlanState.RUNNING, DONE, RUNS)) == []
    assert narrator.newest is not None and narrator.newest.state is PlanState.RUNNING


def test_a_question_that_is_answered_meanwhile_does_not_disturb_what_runs() -> None:
    narrator = Narrator()
    narrator.lines(report(PlanState.RUNNING, DONE, RUNS, message="wait 1 s"))
    live = narrator.live()
    asked = Plan((Report(Topic.BATTERY),), "how much is left", 2)
    answer = StepOutcome(asked.commands[0], DONE, "The battery has 7.6 V.", 0.1)
    answered = PlanStatus(PlanState.SUCCEEDED, asked, outcomes=(answer,))
    assert narrator.lines(answered) == ["✓ report battery (0.1 s): The battery has 7.6 V."]
    assert narrator.live() == live
    assert narrator.lines(report(PlanState.RUNNING, DONE, RUNS)) == []
    assert narrator.lines(report(PlanState.SUCCEEDED, DONE, DONE)) == [
        "✓ wait 1 s (1.5 s)",
        "done: 2 steps in 3.0 s",
    ]


def test_what_happens_while_nothing_runs_is_told() -> None:
    assert Narrator().lines(PlanStatus()) == []
    assert Narrator().lines(PlanStatus(message="I lost the red cube")) == ["! I lost the red cube"]


def test_what_a_stop_took_out_of_the_queue_is_told_as_not_begun() -> None:
    dropped = report(
        PlanState.STOPPED, StepStatus.SKIPPED, stamp=5, message="stopped by a stop command"
    )
    assert Narrator().lines(dropped) == ["✗ “a sentence” was not begun: stopped by a stop command"]


def test_the_live_line_tells_where_it_is() -> None:
    narrator = Narrator()
    assert narrator.live() == "idle"
    narrator.lines(
        report(PlanState.RUNNING, DONE, RUNS, message="wait 1 s", queued=2, progress=0.4)
    )
    assert narrator.live() == "2/2 wait 1 s ▓▓▓▓░░░░░░ 40 %, 2 more waiting"
    narrator.lines(report(PlanState.SUCCEEDED, DONE, DONE))
    assert narrator.live() == "idle"


@pytest.mark.parametrize(
    ("understanding", "line"),
    [
        (
            Understanding(1, "x", (LEFT, WAIT), latency=0.0123),
            "turn left 90 degrees, then wait 1 s (12 ms)",
        ),
        (
            Understanding(1, "x", (), "the instruction is empty"),
            "? not understood: the instruction is empty",
        ),
    ],
)
def test_what_was_understood_in_one_line(understanding: Understanding, line: str) -> None:
    assert understanding.line() == line


def test_a_question_and_the_answer_to_a_no_stand_as_they_are() -> None:
    question = did_you_mean([LEFT])
    assert Understanding(1, "x", (), question).line() == f"? {question}"
    assert Understanding(1, "x", (), DECLINED).line() == f"? {DECLINED}"
    assert Understanding(1, "x", (), question).asks
    assert not Understanding(1, "x", (LEFT,), question).asks
