"""Every step of a plan is in its status, in one state, from begin to end."""

import pytest

from tank_core.commands import Wait
from tank_executor.plan import Plan, PlanState, StepStatus
from tank_executor.running import plan_progress
from tank_executor.script import Failed

PLAN = Plan(tuple(Wait(float(seconds)) for seconds in range(1, 5)), "wait")
PENDING, RUNNING, DONE = StepStatus.PENDING, StepStatus.RUNNING, StepStatus.SUCCEEDED
FAILED, SKIPPED = StepStatus.FAILED, StepStatus.SKIPPED


@pytest.mark.parametrize("failing", range(4))
def test_before_the_step_that_fails_all_are_done_and_after_it_all_are_skipped(failing: int) -> None:
    status = plan_progress.begun(PLAN)
    assert {outcome.status for outcome in status.outcomes} == {PENDING}
    for index in range(failing + 1):
        status = plan_progress.step_begun(status, index)
        left = [PENDING] * (3 - index)
        assert [one.status for one in status.outcomes] == [DONE] * index + [RUNNING] + left
        how = DONE if index < failing else FAILED
        status = plan_progress.step_ended(status, how, Failed("why"), 0.5)
    assert plan_progress.failure(status, "why").startswith(f"step {failing + 1} of 4 (wait ")
    status = plan_progress.ended(status, PlanState.FAILED)
    wanted = [DONE] * failing + [FAILED] + [SKIPPED] * (3 - failing)
    assert [one.status for one in status.outcomes] == wanted
    assert tuple(one.command for one in status.outcomes) == PLAN.commands


def test_of_a_plan_that_never_began_every_step_is_skipped() -> None:
    status = plan_progress.never_begun(PLAN, PlanState.REFUSED, "no")
    assert {outcome.status for outcome in status.outcomes} == {SKIPPED}
    assert (status.state, status.message) == (PlanState.REFUSED, "no")
