"""Carries out what is piped into ``./tank sim``, a sentence a line."""

from __future__ import annotations

import os
import queue
import stat
import sys
import threading
from collections.abc import Callable

from tank_cli.prompt.conversation import SERVICES
from tank_cli.prompt.following import Following, Reports
from tank_client.client_node import Listener, StackClient
from tank_core.io.console import BOLD, ExitCode, fail, paint, say

POLL_S = 0.1  # [s] between two looks whether the stack has ended
_WORST = (ExitCode.DONE, ExitCode.USAGE, ExitCode.FAILED, ExitCode.NOBODY)  # by weight


def is_piped() -> bool:
    """Whether somebody gives us sentences: a pipe, a file or a socket.

    Neither a terminal nor /dev/null, with which a service starts us.
    """
    try:
        mode = os.fstat(sys.stdin.fileno()).st_mode
    except (AttributeError, OSError, ValueError):  # closed, or not a file at all
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISREG(mode) or stat.S_ISSOCK(mode)


class Piped:
    """Says each line when the one before has ended, and counts what was done."""

    def __init__(self) -> None:
        self._reports: Reports = queue.SimpleQueue()
        self.listener = Listener(on_understanding=self._reports.put, on_status=self._reports.put)

    def carry_out(self, client: StackClient, ended: Callable[[], bool]) -> ExitCode:
        """Carry out stdin to its end, or until ``ended()``.

        Returns DONE where all of it was done; else the worst that happened: nobody answered,
        something failed or was not come to, something was not understood.
        """
        from tank_core.english.answers import answer_of  # takes 0.2 s, for the others in vain

        following = Following(client, self._reports)
        codes: list[ExitCode] = []
        question: int | None = None  # which of them was a question back, not answered yet
        lines = _Lines()
        while (line := lines.next(ended)) is not None:
            say(paint(f"“{line}”", BOLD))
            if question is not None and answer_of(line) is not None:
                codes.pop(question)  # it is the answer that counts
                question = None
            if line.startswith("/"):
                codes.append(_serve(client, line))
            else:
                codes.append(following.do(line, ended))
                question = len(codes) - 1 if following.asked else None
        done = codes.count(ExitCode.DONE)
        say(f"{done} of {len(codes)} done{'' if lines.read else ', the rest was not read'}")
        unread = [] if lines.read else [ExitCode.FAILED]
        return max([ExitCode.DONE, *codes, *unread], key=_WORST.index)


def _serve(client: StackClient, line: str) -> ExitCode:
    """Call the service of a slash command."""
    if line not in SERVICES:
        fail(f"{line} is not known; these are: {', '.join(SERVICES)}")
        return ExitCode.USAGE
    done, message = client.call(SERVICES[line])
    say(f"  {message}")
    return ExitCode.DONE if done else ExitCode.FAILED


class _Lines:
    """The lines of stdin that say something, read on a thread of their own.

    ``read``: whether they have come to their end.
    """

    def __init__(self) -> None:
        self.read = False
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        threading.Thread(target=self._read, name="stdin", daemon=True).start()

    def next(self, ended: Callable[[], bool]) -> str | None:
        """The next line; None at their end, and when ``ended()``."""
        while not ended():
            try:
                line = self._lines.get(timeout=POLL_S)
            except queue.Empty:
                continue
            self.read = line is None
            if line != "":
                return line
        return None

    def _read(self) -> None:
        for raw in sys.stdin.buffer:
            self._lines.put(raw.decode("utf-8", "replace").strip())
        self._lines.put(None)
