"""The GPIO header of the model, and the HC-SR04 that hangs on it.

It knows what each pin is, and who holds it.
"""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass

from tank_hw_driver.hardware import SPEED_OF_SOUND

# s; the HC-SR04's echo pin is high for so long when nothing comes back (its data sheet)
NOTHING = 0.038
FUNCTIONS = ("input", "output")


@dataclass
class Pin:
    """A line of the header.

    ``duty`` 0 to 1 while software of the client ``by`` makes PWM on it; ``holder`` is the client
    that claimed the line. A PWM that runs goes on as ``running`` until ``due`` [s], when its cycle
    ends: lgpio's sender takes a new duty only then.
    """

    function: str = "input"
    level: int = 0
    duty: float | None = None
    running: float = 0.0
    due: float | None = None
    by: int | None = None
    holder: int | None = None

    @property
    def drive(self) -> float:
        """The share of time it is high, 0 to 1.

        Bridges pull their inputs low: a pin that is an input drives nothing.
        """
        if self.function != "output":
            return 0.0
        return float(self.level) if self.duty is None else self.running

    def end_pwm(self) -> None:
        self.duty = self.due = self.by = None

    def state(self) -> dict[str, object]:
        return {"function": self.function, "level": self.level, "duty": self.duty}


class Header:
    """BCM pins 0 to 27, all inputs at first."""

    def __init__(self) -> None:
        self.pins = [Pin() for _ in range(28)]
        self.busy: set[int] = set()  # lines that some other program is said to hold

    def pin(self, number: int) -> Pin:
        """The line of a BCM number. Raises ValueError."""
        if (
            isinstance(number, bool)
            or not isinstance(number, int)
            or not 0 <= number < len(self.pins)
        ):
            raise ValueError(f"pin is {number!r}; BCM pins are 0 to {len(self.pins) - 1}")
        return self.pins[number]

    def claim(self, number: int, client: int) -> None:
        """Give a line to a client. Raises OSError EBUSY, as the kernel does."""
        pin = self.pin(number)
        if number in self.busy or pin.holder not in (None, client):
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))
        pin.holder = client

    def put(
        self,
        number: int,
        client: int,
        function: str | None,
        level: int | None,
        duty: float | None,
        due: float,
    ) -> None:
        """Set a pin's function, level or duty; None leaves it as it is.

        A duty counts from ``due`` [s] on where PWM runs already. A level ends the PWM of whoever
        set it; a forced low by another does not: see ``drive_low``.
        """
        pin = self.pin(number)
        if (
            function not in (None, *FUNCTIONS)
            or level not in (None, 0, 1)
            or not (duty is None or 0.0 <= duty <= 1.0)
        ):
            raise ValueError(
                f"pin {number}: function {function!r}, level {level!r}, duty {duty!r}; give input "
                "or output, 0 or 1, 0 to 1"
            )
        pin.function = function or pin.function
        if level is not None:
            pin.level = int(level)
            pin.end_pwm()
        if duty is not None:
            if pin.duty is None:
                pin.running = float(duty)
            elif pin.due is None:
                pin.due = due
            pin.duty, pin.by = float(duty), client

    def next_due(self) -> float | None:
        """The time [s] when the next new duty counts; None: none waits."""
        return min((pin.due for pin in self.pins if pin.due is not None), default=None)

    def take_duties(self, t: float) -> None:
        """Let the duties that are due at ``t`` [s] count from now on."""
        for pin in self.pins:
            if pin.due is not None and pin.due <= t:
                pin.running, pin.due = pin.duty or 0.0, None

    def drive_low(self, number: int, client: int) -> None:
        """Make a line a low output, as a write into the GPIO block does.

        It works whoever holds the line, but software PWM of another living process goes on.
        """
        pin = self.pin(number)
        pin.function, pin.level = "output", 0
        if pin.by in (None, client):
            pin.end_pwm()

    def leave(self, client: int) -> list[int]:
        """Let go of a client's lines; returns the pins whose state changed.

        Its software PWM stands still, at worst high.
        """
        changed = []
        for number, pin in enumerate(self.pins):
            if pin.holder == client:
                pin.holder = None
            if pin.by == client:
                pin.level = int(pin.running > 0.0 or (pin.duty or 0.0) > 0.0)
                pin.end_pwm()
                changed.append(number)
        return changed


def echo_time(distance: float | None) -> float:
    """Seconds for which an HC-SR04's echo pin stays high, for a distance [m].

    None: nothing is in reach.
    """
    return NOTHING if distance is None else min(NOTHING, 2.0 * distance / SPEED_OF_SOUND)
