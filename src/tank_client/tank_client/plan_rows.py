"""The plans on their way as rows, for a place that is written over. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from tank_client.narrator import MARKS, Understanding
from tank_core.commands import Arc, Command, Move, Turn, Wait
from tank_core.commands.wording import in_words
from tank_core.io.console import DIM, GREEN
from tank_executor.plan import Plan, PlanState, PlanStatus, StepOutcome, StepStatus, describe

MOST = 8  # rows; a plan may have 32 steps, and a terminal 24 lines
BEFORE = 2  # of them, before the step that runs, where not all have room
RUNNING, PENDING = ("▶", GREEN), ("·", DIM)


@dataclass(frozen=True)
class PlanRow:
    """A row: its mark with the color, its text, and what is left of it.

    ``done`` from 0 to 1 is the progress of the step that runs, None of any other.
    """

    mark: str
    color: str
    text: str
    left: str = ""
    done: float | None = None


class PlanRows:
    """The plan that runs, step by step, and what waits behind it."""

    def __init__(self) -> None:
        self.running: PlanStatus | None = None
        self._waiting: dict[int, Understanding] = {}  # by stamp, in the order of arrival

    def understood(self, understanding: Understanding) -> bool:
        """Take a translation; True where it has to wait for what runs."""
        plan = Plan(understanding.commands)
        if not understanding.understood or plan.preempts or plan.asks:
            return False
        self._waiting[understanding.stamp] = understanding
        return self.running is not None

    def progressed(self, status: PlanStatus) -> None:
        """Take the executor's report."""
        plan, running = status.plan, self.running
        if plan is None:  # nothing is under way: so too where the executor was started anew
            self.running = None
            return
        own = running is not None and running.plan is not None and running.plan.stamp == plan.stamp
        self._waiting.pop(plan.stamp, None)
        if status.state is not PlanState.RUNNING:
            self.running = None if own else running
        elif own or running is None or not plan.asks:  # a question is answered beside what runs
            self.running = status
            # lists are carried out in their order, so what came before has gone
            self._waiting = {at: one for at, one in self._waiting.items() if at > plan.stamp}

    def rows(self, most: int = MOST) -> list[PlanRow]:
        """The rows of now; none while nothing runs."""
        status = self.running
        if status is None:
            return []
        steps = [_step(status, index) for index in range(len(status.outcomes))]
        waiting = [_queued(in_words(each.commands)) for each in list(self._waiting.values())]
        if (others := status.queued - len(waiting)) > 0:
            waiting.append(_queued(f"{others} more"))
        room = max(most // 2, most - len(waiting))
        steps = _window(steps, status.step, room)
        return [*steps, *_window(waiting, 0, most - len(steps))]


def left(command: Command, progress: float) -> str:
    """Tell the rest of a step: "0.42 m to go"; percent where it has no amount."""
    rest = 1.0 - min(1.0, max(0.0, progress))
    if isinstance(command, Move) and command.until is None:
        return f"{rest * command.distance_m:.2f} m to go"
    if isinstance(command, Turn | Arc):
        return f"{rest * command.angle_deg:.0f}° to go"
    if isinstance(command, Wait):
        return f"{rest * command.duration_s:.0f} s to go"
    return f"{100.0 - 100.0 * rest:.0f} %" if progress > 0.0 else ""


def _step(status: PlanStatus, index: int) -> PlanRow:
    outcome: StepOutcome = status.outcomes[index]
    text = describe(outcome.command)
    if outcome.status in MARKS:
        mark, color = MARKS[outcome.status]
        note = f": {outcome.message}" if outcome.message else ""
        return PlanRow(mark, color, f"{text} ({outcome.duration:.1f} s){note}")
    if outcome.status is StepStatus.RUNNING and index == status.step:
        doing = status.message or text  # an approach tells what it is about
        progress = min(1.0, max(0.0, status.progress))
        return PlanRow(*RUNNING, doing, left(outcome.command, progress), progress)
    return PlanRow(*PENDING, text)


def _queued(text: str) -> PlanRow:
    return PlanRow(*PENDING, f"queued: {text}")


def _window(rows: list[PlanRow], current: int, room: int) -> list[PlanRow]:
    """As many rows as there is room for, around the current one."""
    if len(rows) <= room:
        return rows
    slots = room - 1  # the last tells of the others
    first = min(max(0, current - min(BEFORE, slots - 1)), len(rows) - slots)
    shown = rows[first : first + slots]
    hidden = len(rows) - len(shown)
    return [*shown, PlanRow("…", DIM, f"{hidden} more of {len(rows)}")]
