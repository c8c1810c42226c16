"""Lines from a terminal that can only write line after line."""

from __future__ import annotations

import os
import select
import signal
import sys
import time
from collections.abc import Callable
from typing import Protocol

from tank_core.io.console import show

AGAIN_S = 2.0  # [s] within which a second Ctrl-C ends all
LOOK_S = 0.2  # [s] between two looks whether it was closed
PROMPT = "tank › "


class Editor(Protocol):
    """Takes lines from a person."""

    def run(self) -> None:
        """Take lines until one of them, Ctrl-D or ``close`` ends it.

        A second Ctrl-C does, too.
        """

    def close(self) -> None:
        """End ``run``, from any thread."""


def is_dumb() -> bool:
    """Whether the terminal can only write line after line."""
    return os.environ.get("TERM", "") in ("", "dumb", "unknown")


class Interrupts:
    """Tells the first Ctrl-C from one that follows at once."""

    def __init__(self, on_interrupt: Callable[[], None]) -> None:
        self._on_interrupt, self._last = on_interrupt, -AGAIN_S

    def ends(self) -> bool:
        """Take a Ctrl-C; True for one that ends everything."""
        now = time.monotonic()
        if now - self._last < AGAIN_S:
            return True
        self._last = now
        self._on_interrupt()
        return False


class PlainEditor:
    """Lines from a terminal that cannot be written over: no rows, no history."""

    def __init__(self, on_line: Callable[[str], bool], on_interrupt: Callable[[], None]) -> None:
        self._on_line, self._interrupts = on_line, Interrupts(on_interrupt)
        self._closed = False

    def run(self) -> None:
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            goes_on = True
            while goes_on and not self._closed:
                try:
                    goes_on = self._one()
                except KeyboardInterrupt:
                    goes_on = not self._interrupts.ends()
        finally:
            signal.signal(signal.SIGINT, before)

    def close(self) -> None:
        self._closed = True

    def _one(self) -> bool:
        show(PROMPT)
        while not select.select([sys.stdin], [], [], LOOK_S)[0]:
            if self._closed:
                return False
        line = sys.stdin.readline()
        return bool(line) and (not line.strip() or self._on_line(line.strip()))
