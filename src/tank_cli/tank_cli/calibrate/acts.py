"""The acts of a calibration dialogue that tell and ask.

Pure: time and keys are given.

A dialogue is a generator that yields acts and gets their answers; ``session.Session`` plays it.
``motor_acts`` has the acts that move something or measure.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

QUIT, ENTER, BACKSPACE = "q", "enter", "backspace"

Duties = Mapping[str, float]  # -1 to 1 by motor port


@dataclass
class DialogueIO:
    """The inputs and outputs of a dialogue.

    ``now`` [s] and ``keys`` come in, the rest goes out.
    """

    now: float = 0.0
    keys: deque[str] = field(default_factory=deque)
    volts: float | None = None  # the newest reading of the battery
    lines: list[str] = field(default_factory=list)  # to be told
    status: str = ""  # the line that is written over
    duties: Duties = field(default_factory=dict)  # ports that are not named have none
    # [us] by channel; None: the servo is free
    pulses: dict[int, float | None] = field(default_factory=dict)


class Act(ABC):
    """A step of a dialogue: ``begin`` once, then ``step`` until it is True.

    Then ``answer`` is what the dialogue gets.
    """

    answer: Any = None

    def begin(self, io: DialogueIO) -> None:  # noqa: B027 - most acts need no beginning
        """Prepare for the first step."""

    @abstractmethod
    def step(self, io: DialogueIO) -> bool:
        """A turn of the loop; True when the act is over."""


Dialogue = Generator[Act, Any, None]


class QuitError(Exception):
    """The person ends the dialogue; what was found until then is kept."""


@dataclass
class ShowText(Act):
    """A text; no answer."""

    text: str

    def step(self, io: DialogueIO) -> bool:
        io.lines.append(self.text)
        return True


@dataclass
class Ask(Act):
    """A question that one of ``keys`` (with what each means) answers.

    Q ends the dialogue. Answer: the key.
    """

    text: str
    keys: Mapping[str, str]

    def begin(self, io: DialogueIO) -> None:
        io.lines.append(self.text)

    def step(self, io: DialogueIO) -> bool:
        io.status = "  ".join(
            f"[{key}] {meaning}" for key, meaning in {**self.keys, QUIT: "end here"}.items()
        )
        while io.keys:
            key = io.keys.popleft()
            key = key if key in self.keys else key.lower()
            if key in self.keys:
                io.lines.append(f"  > {self.keys[key]}")
                self.answer = key
                return True
            if key == QUIT:
                raise QuitError
        return False


@dataclass
class AskNumber(Act):
    """A number from ``low`` to ``high``, typed and ended with Enter.

    Q ends the dialogue. Answer: the number.
    """

    text: str
    unit: str
    low: float
    high: float

    def begin(self, io: DialogueIO) -> None:
        self._typed = ""
        io.lines.append(self.text)

    def step(self, io: DialogueIO) -> bool:
        while io.keys:
            key = io.keys.popleft()
            if key == ENTER and self._accept(io):
                return True
            if key == QUIT:
                raise QuitError
            if key == BACKSPACE:
                self._typed = self._typed[:-1]
            elif key in "0123456789.,-" and len(self._typed) < 8:
                self._typed += key.replace(",", ".")
        io.status = f"{self.low:g} to {self.high:g} {self.unit}, then Enter: {self._typed}"
        return False

    def _accept(self, io: DialogueIO) -> bool:
        typed, self._typed = self._typed, ""
        try:
            self.answer = float(typed)
        except ValueError:
            io.lines.append(
                f"  {typed!r} is no number; type one, such as {(self.low + self.high) / 2:g}"
            )
            return False
        if not self.low <= self.answer <= self.high:
            io.lines.append(
                f"  {self.answer:g} {self.unit} cannot be; give {self.low:g} to {self.high:g}"
            )
            return False
        io.lines.append(f"  > {self.answer:g} {self.unit}")
        return True


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """A table's lines, its columns under each other."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))] if rows else []
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
