"""Tells a person in lines what a running stack reports.

Pure: reports in, text out.
"""

from __future__ import annotations

from dataclasses import dataclass

from tank_core.commands import Command
from tank_core.commands.wording import ANSWERS, asks_back
from tank_core.io.console import DIM, GREEN, RED, YELLOW, paint
from tank_executor.plan import Plan, PlanState, PlanStatus, StepOutcome, StepStatus, describe

MARKS: dict[StepStatus, tuple[str, str]] = {
    StepStatus.SUCCEEDED: ("✓", GREEN),
    StepStatus.FAILED: ("✗", RED),
    StepStatus.STOPPED: ("■", YELLOW),
    StepStatus.SKIPPED: ("-", DIM),
}
ENDED = (PlanState.SUCCEEDED, PlanState.FAILED, PlanState.STOPPED, PlanState.REFUSED)
_BAR = 10  # characters
PlanKey = tuple[int, str]  # a plan's stamp and instruction


@dataclass(frozen=True)
class Understanding:
    """The meaning of one instruction: a tank_msgs/CommandList without ROS.

    ``stamp`` [ns] names it, as in the executor's reports; ``instruction`` is the sentence.
    ``reason``: why there are no commands; ``latency`` [s]: what the translation took.
    """

    stamp: int
    instruction: str
    commands: tuple[Command, ...]
    reason: str = ""
    latency: float = 0.0

    @property
    def understood(self) -> bool:
        """Whether there is something to do."""
        return bool(self.commands)

    @property
    def asks(self) -> bool:
        """Whether it is the question "Did you mean ...? yes / no"."""
        return not self.understood and asks_back(self.reason)

    def line(self) -> str:
        """The meaning in a line.

        "turn left 90 degrees, then wait 1 s (12 ms)", or why there is nothing to do.
        """
        if not self.understood:
            why = self.reason or "no reason was given"
            spoken = self.asks or why in ANSWERS  # to the person, as it stands
            return f"{paint('?', YELLOW)} {'' if spoken else 'not understood: '}{why}"
        time = paint(f" ({self.latency * 1e3:.0f} ms)", DIM) if self.latency else ""
        return f"{', then '.join(map(describe, self.commands))}{time}"


def step_line(outcome: StepOutcome) -> str:
    """Describe a step that has ended, in a line.

    "✓ turn left 90 degrees (1.6 s)", and a note where there is one.
    """
    mark, code = MARKS[outcome.status]
    time = (
        f" ({outcome.duration:.1f} s)"
        if outcome.status is not StepStatus.SKIPPED
        else ", not tried"
    )
    return f"{paint(mark, code)} {describe(outcome.command)}{time}" + (
        f": {outcome.message}" if outcome.message else ""
    )


class Narrator:
    """Turns reports into lines, each step and each end once."""

    def __init__(self) -> None:
        self.newest: PlanStatus | None = None
        self._told: dict[PlanKey, int] = {}  # steps of the plans that run
        self._ended: PlanKey | None = None  # the plan whose end was told last

    def lines(self, status: PlanStatus) -> list[str]:
        """The lines of what is new in a status.

        One about a plan that was refused, or dropped from the queue, does not disturb the one that
        runs; nor does a question that is answered meanwhile.
        """
        if status.plan is None or status.state is PlanState.IDLE:
            self.newest = status
            return [] if status.message == PlanStatus().message else [_event_line(status)]
        if status.state is PlanState.REFUSED or self._never_begun(status):
            return [f"{paint('✗', RED)} {status.plan.name} was not begun: {status.message}"]
        if not (status.plan.asks and self._runs_another(status.plan)):
            self.newest = status
        key = status.plan.stamp, status.plan.instruction
        if key == self._ended:
            return []
        ended = [outcome for outcome in status.outcomes if outcome.status in MARKS]
        told = self._told.get(key, 0)
        self._told[key] = max(told, len(ended))
        return [step_line(outcome) for outcome in ended[told:]] + self._end_line(status, key)

    def _runs_another(self, plan: Plan) -> bool:
        newest = self.newest
        return newest is not None and newest.state is PlanState.RUNNING and newest.plan != plan

    def _never_begun(self, status: PlanStatus) -> bool:
        """A plan that a stop took out of the queue: every step skipped."""
        return status.state is PlanState.STOPPED and all(
            outcome.status is StepStatus.SKIPPED for outcome in status.outcomes
        )

    def _end_line(self, status: PlanStatus, key: PlanKey) -> list[str]:
        if status.state not in ENDED:
            return []
        self._ended = key
        del self._told[key]
        if len(status.outcomes) == 1:
            return []  # its one step has said it
        return [end_line(status)]

    def live(self) -> str:
        """A line about now, for a place that is written over.

        "2/3 turn left 90 degrees ▓▓▓▓░░░░░░ 40 %, 1 waits".
        """
        status = self.newest
        if status is None or status.state is not PlanState.RUNNING:
            return "idle"
        filled = round(status.progress * _BAR)
        waiting = f", {status.queued} more waiting" if status.queued else ""
        bar = "▓" * filled + "░" * (_BAR - filled)
        return (
            f"{status.step + 1}/{len(status.outcomes)} {status.message} {bar} "
            f"{status.progress * 100:.0f} %{waiting}"
        )


def end_line(status: PlanStatus) -> str:
    """Describe in a line how a plan ended."""
    if status.state is PlanState.SUCCEEDED:
        duration = sum(outcome.duration for outcome in status.outcomes)
        return f"{paint('done', GREEN)}: {len(status.outcomes)} steps in {duration:.1f} s"
    if status.state is PlanState.STOPPED:
        return f"{paint('stopped', YELLOW)}: {status.message.removeprefix('stopped').strip()}"
    return f"{paint('failed', RED)}: {status.message}"


def _event_line(status: PlanStatus) -> str:
    """Tell in a line what happened while nothing ran."""
    return f"{paint('!', YELLOW)} {status.message}"
