"""A refusal says what can be said instead."""

from __future__ import annotations

from tank_cli.prompt.offers import offer
from tank_client.narrator import Understanding
from tank_core.commands import Side, Turn
from tank_core.commands.shorthand import NOT_A_COMMAND
from tank_core.commands.wording import CANCELLED, DECLINED, did_you_mean
from tank_executor.plan import Plan, PlanState, PlanStatus, StepOutcome, StepStatus

TURN = Turn(Side.LEFT, 90.0)


def test_what_was_not_understood_has_phrases_that_are_like_it() -> None:
    refused = Understanding(1, "kindly twist left", (), NOT_A_COMMAND)
    assert offer(refused).startswith("instead: “turn left”")
    assert offer(refused, translates=False) == ""


def test_what_is_done_asked_or_dropped_has_none() -> None:
    for reason in (DECLINED, CANCELLED, did_you_mean([TURN])):
        assert offer(Understanding(1, "x", (), reason)) == ""
    assert offer(Understanding(1, "turn left", (TURN,))) == ""


def test_what_failed_has_a_way_out_and_what_runs_or_was_stopped_has_none() -> None:
    def status(
        state: PlanState, step: StepStatus, message: str, said: str = "turn left"
    ) -> PlanStatus:
        outcome = StepOutcome(TURN, step, message)
        return PlanStatus(state, Plan((TURN,), said, 1), outcomes=(outcome,))

    blocked = "an obstacle is in the way"
    assert "“back up a bit”" in offer(status(PlanState.FAILED, StepStatus.FAILED, blocked))
    assert offer(status(PlanState.FAILED, StepStatus.FAILED, "odd", "yes")) == ""
    assert offer(status(PlanState.RUNNING, StepStatus.RUNNING, blocked)) == ""
    assert offer(status(PlanState.STOPPED, StepStatus.STOPPED, "stopped")) == ""
