"""Plans, and what the executor says about them.

The numbers of the states are those of tank_msgs.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from tank_core.commands import (
    Approach,
    Cell,
    Command,
    Face,
    Grasp,
    Move,
    Release,
    Stop,
    Turn,
    Wait,
    command_to_dict,
)


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
    def preempts(self) -> bool:
        """True for a list that is a stop and nothing else; it never queues."""
        return len(self.commands) == 1 and isinstance(self.commands[0], Stop)


@dataclass(frozen=True)
class StepOutcome:
    """The course of one step: a sentence for the operator, and how long [s]."""

    command: Command
    status: StepStatus = StepStatus.PENDING
    message: str = ""
    duration: float = 0.0


@dataclass(frozen=True)
class PlanStatus:
    """The current work of the executor, or how a plan ended.

    ``progress`` of the current step is from 0 to 1.
    """

    state: PlanState = PlanState.IDLE
    plan: Plan | None = None
    step: int = 0
    progress: float = 0.0
    outcomes: tuple[StepOutcome, ...] = ()
    queued: int = 0
    message: str = "nothing to do"


def describe(command: Command) -> str:
    """A command in the operator's words, such as "move forward 1 m, slow"."""
    if isinstance(command, Move):
        return _with_speed(f"move {command.direction} {command.distance_m:g} m", command)
    if isinstance(command, Turn):
        return _with_speed(f"turn {command.direction} {command.angle_deg:g} degrees", command)
    if isinstance(command, Wait):
        return f"wait {command.duration_s:g} s"
    if isinstance(command, (Grasp, Face, Approach)):
        cell = (
            f" in {cell_name(command.cell)}" if isinstance(command, Grasp) and command.cell else ""
        )
        return f"{command.action} {object_name(command)}{cell}"
    if isinstance(command, Release):
        return f"release into {cell_name(command.cell or Cell.FRONT)}"
    return str(command_to_dict(command)["action"])


def cell_name(cell: Cell) -> str:
    """Return a cell in the operator's words: "front left"."""
    return str(cell).replace("_", " ")


def object_name(command: Grasp | Face | Approach) -> str:
    """The object that a command is about.

    "the red cube", or "the object" when neither color nor shape was said.
    """
    words = [str(word) for word in (command.color, command.shape or "object") if word]
    return "the " + " ".join(words)


def _with_speed(text: str, command: Move | Turn) -> str:
    return f"{text}, {command.speed}" if command.speed else text
