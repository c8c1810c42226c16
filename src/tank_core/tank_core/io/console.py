"""Writes to the terminal: text on stderr, results on stdout, and the exit code.

Colors only where a person looks at them.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from enum import IntEnum
from typing import TextIO

from tank_core.io.one_line import one_line

RED, GREEN, YELLOW, BOLD, DIM = "31", "32", "33", "1", "2"


class ExitCode(IntEnum):
    """Exit codes of sub-commands, for the shell."""

    DONE = 0
    FAILED = 1  # it was tried and did not work, or something found is wrong
    USAGE = 2  # called wrongly, or a sentence not understood: nothing was begun
    NOBODY = 3  # no robot answers
    BROKEN = 70  # a fault of Tank's own (EX_SOFTWARE of sysexits.h)
    INTERRUPTED = 130  # by Ctrl-C, as a shell says it


def paint(text: str, code: str, stream: TextIO | None = None) -> str:
    """The text in a color, where the stream is a terminal that shows colors.

    https://no-color.org says when it is not.
    """
    shown = (
        (stream or sys.stderr).isatty()
        and not os.environ.get("NO_COLOR")
        and os.environ.get("TERM") != "dumb"
    )
    return f"\x1b[{code}m{text}\x1b[0m" if shown else text


def say(text: str = "", code: str = "") -> None:
    """Write a line of human text.

    Where nobody reads any more (a closed terminal or pipe), the work goes on all the same.
    """
    show((paint(text, code) if code else text) + "\n")


def show(text: str) -> None:
    """A piece of human text, as it is: parts of a line that is written over."""
    with suppress(OSError):
        print(text, end="", file=sys.stderr, flush=True)


def fail(text: str) -> None:
    """Say in a line why a sub-command did not do what it should."""
    say(f"{paint('tank:', RED)} {one_line(text)}")


class LiveLine:
    """A line on stderr that the next one writes over, on a terminal only."""

    def __init__(self) -> None:
        self._width = 0

    def show(self, text: str) -> None:
        """Show it in place of the one before."""
        if sys.stderr.isatty():
            self.clear()
            show(paint(text, DIM))
            self._width = len(text)

    def clear(self) -> None:
        """Take it away."""
        if self._width:
            show("\r" + " " * self._width + "\r")
            self._width = 0


class ProgressLine:
    """Counts on stderr: one line that is written over on a terminal.

    Elsewhere a line at every tenth.
    """

    def __init__(self, title: str, total: int) -> None:
        self._title, self._total = title, total
        self._shown = 0
        self._live = sys.stderr.isatty()

    def update(self, done: int) -> None:
        """So many are done."""
        text = f"{self._title} {done}/{self._total}"
        if self._live:
            show(f"\r{text}" + ("\n" if done == self._total else ""))
        elif done == self._total or done - self._shown >= self._total / 10:
            self._shown = done
            say(text)
