"""Plans, and what the executor says about them.

The numbers of the states are those of tank_msgs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

from tank_core.commands import Cell, Command, Stop, fields_of

_FIELD, _OPTIONAL = re.compile(r"\{(\w+)\}"), re.compile(r"\[([^]]*)\]")


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
    """A command in the operator's words, such as "move forward 1 m, slow".

    Its action's ``says`` is the sentence: a field in braces, or the object that color and shape
    name; what stands in square brackets is left out when its field was not said.
    """
    kinds = {field.name: field.kind for field in fields_of(type(command))}
    unsaid = {name for name in kinds if getattr(command, name) is None}

    def optional(part: re.Match[str]) -> str:
        return "" if unsaid & {*_FIELD.findall(part[1])} else part[1]

    def word(part: re.Match[str]) -> str:
        name = part[1]
        if name == "object":
            return object_name(command)
        return kinds[name].said(getattr(command, name))

    return _FIELD.sub(word, _OPTIONAL.sub(optional, command.says))


def cell_name(cell: Cell) -> str:
    """Return a cell in the operator's words: "front left"."""
    return str(cell).replace("_", " ")


def object_name(command: Command) -> str:
    """The object that a command is about.

    "the red cube", or "the object" when neither color nor shape was said.
    """
    color, shape = getattr(command, "color", None), getattr(command, "shape", None)
    return " ".join(["the", *([str(color)] if color else []), str(shape or "object")])
