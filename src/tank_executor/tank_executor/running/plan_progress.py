"""The status of a plan from its begin to its end, as pure functions.

Each returns a new status.
"""

from __future__ import annotations

from dataclasses import replace

from tank_executor.plan import Plan, PlanState, PlanStatus, StepOutcome, StepStatus, describe
from tank_executor.script import Done, Verdict


def begun(plan: Plan) -> PlanStatus:
    """Return the status of a plan that begins."""
    outcomes = tuple(StepOutcome(command) for command in plan.commands)
    return PlanStatus(PlanState.RUNNING, plan, outcomes=outcomes)


def never_begun(plan: Plan, state: PlanState, reason: str) -> PlanStatus:
    """Return the status of a plan none of whose steps was tried."""
    outcomes = tuple(StepOutcome(command, StepStatus.SKIPPED) for command in plan.commands)
    return PlanStatus(state, plan, outcomes=outcomes, message=reason)


def step_begun(status: PlanStatus, index: int) -> PlanStatus:
    """Return the status with a step running."""
    command = status.outcomes[index].command
    outcomes = _with(status.outcomes, index, StepOutcome(command, StepStatus.RUNNING))
    text = describe(command)
    return replace(status, step=index, progress=0.0, outcomes=outcomes, message=text)


def step_ended(
    status: PlanStatus, how: StepStatus, verdict: Verdict, duration: float
) -> PlanStatus:
    """Return the status with the current step ended, after ``duration`` [s]."""
    command, found = status.outcomes[status.step].command, Done()
    if isinstance(verdict, Done):
        found = verdict
    outcome = StepOutcome(command, how, verdict.message, duration, found.answer, found.photo)
    return replace(status, outcomes=_with(status.outcomes, status.step, outcome))


def ended(status: PlanStatus, state: PlanState) -> PlanStatus:
    """Return the status of a plan that ends here; later steps are skipped."""
    done, left = status.outcomes[: status.step + 1], status.outcomes[status.step + 1 :]
    rest = (StepOutcome(outcome.command, StepStatus.SKIPPED) for outcome in left)
    return replace(status, state=state, outcomes=(*done, *rest))


def failure(status: PlanStatus, message: str) -> str:
    """Say which step failed, and why."""
    name = describe(status.outcomes[status.step].command)
    return f"step {status.step + 1} of {len(status.outcomes)} ({name}): {message}"


def _with(
    outcomes: tuple[StepOutcome, ...], index: int, outcome: StepOutcome
) -> tuple[StepOutcome, ...]:
    return (*outcomes[:index], outcome, *outcomes[index + 1 :])
