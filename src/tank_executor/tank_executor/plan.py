"""Plans, and what the executor says about them.

The numbers of the states are those of tank_msgs.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from tank_core.commands import CELL, Cell, Command, Report, Stop
from tank_core.commands.wording import describe as describe
from tank_core.commands.wording import in_words
from tank_core.commands.wording import object_name as object_name
from tank_executor.findings import Answer, Photo


class StepStatus(IntEnum):
    """The state of a step, or how it ended."""

    PENDING = 0  # not begun
    RUNNING = 1
    SUCCEEDED = 2  # done, and checked where it can be
    FAILED = 3  # tried, did not work
    STOPPED = 4  # ended by a stop, a cancel or a shutdown
    SKIPPED = 5  # not tried, because an earlier step failed or was stopped


class PlanState(IntEnum):
    """The state of a plan, or how it ended."""

    IDLE = 0  # there was none yet
    RUNNING = 1
    SUCCEEDED = 2
    FAILED = 3
    STOPPED = 4
    REFUSED = 5  # not begun


@dataclass(frozen=True)
class Plan:
    """A command list to be executed.

    ``stamp`` [ns] names it; two plans may share one.
    """

    commands: tuple[Command, ...]
    instruction: str = ""
    stamp: int = 0

    @property
    def name(self) -> str:
        """Its sentence in quotes, or its steps in words when it has none."""
        steps = in_words(self.commands) or "an empty list"
        return f"“{self.instruction}”" if self.instruction else steps

    @property
    def preempts(self) -> bool:
        """True for a list that is a stop and nothing else; it never queues."""
        return len(self.commands) == 1 and isinstance(self.commands[0], Stop)

    @property
    def asks(self) -> bool:
        """True for a list of questions and nothing else; none waits."""
        return bool(self.commands) and all(isinstance(one, Report) for one in self.commands)


@dataclass(frozen=True)
class StepOutcome:
    """The course of one step: a sentence for the operator, and how long [s].

    ``answer`` is that of a report, ``photo`` the picture of a photo.
    """

    command: Command
    status: StepStatus = StepStatus.PENDING
    message: str = ""
    duration: float = 0.0
    answer: Answer | None = None
    photo: Photo | None = None


@dataclass(frozen=True)
class PlanStatus:
    """The current work of the executor, or how a plan ended.

    ``plan`` is what it is about, None while there was none. ``step`` is the index of the current
    step, from 0, and ``progress`` its own, from 0 to 1. ``outcomes`` has one for each step of the
    plan. ``queued``: how many plans wait behind it; ``message``: a sentence for the operator.
    """

    state: PlanState = PlanState.IDLE
    plan: Plan | None = None
    step: int = 0
    progress: float = 0.0
    outcomes: tuple[StepOutcome, ...] = ()
    queued: int = 0
    message: str = "nothing to do"


def cell_name(cell: Cell) -> str:
    """Return a cell in the operator's words: "ahead on the left"."""
    return CELL.said(cell)


def place_name(cell: Cell) -> str:
    """Return a cell as a place: "the place ahead on the left"."""
    return f"the place {cell_name(cell)}"
