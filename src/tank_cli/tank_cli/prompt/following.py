"""Says a sentence to a stack that runs, and shows how it goes to its end.

What ./tank say and sentences from a pipe share.
"""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from tank_cli.prompt.offers import offer
from tank_cli.robot_option import HOW_TO_START
from tank_client.narrator import Narrator, Understanding
from tank_client.request import Request
from tank_core.io.console import ExitCode, LiveLine, fail, say
from tank_executor.plan import PlanStatus

if TYPE_CHECKING:
    from tank_client.client_node import StackClient

# [s] for the translation: a large model on a small computer, behind others that wait
ANSWER_S = 120.0
QUIET_S = 0.1  # [s] without a report; while a list runs they come at 5 Hz
LATE_S = 2.0  # [s] after which we say that we wait
Reports = queue.SimpleQueue[Understanding | PlanStatus]


def absent(client: StackClient) -> str | None:
    """Who is missing; None when all are there.

    Nothing is to be said before, so that nothing that answers it is missed.
    """
    if not client.translator_listens():
        return "no language_node was found"
    return None if client.executor_listens() else "no executor_node was found"


class Following:
    """Says sentences, one after the other, and shows what becomes of each.

    ``reports`` is fed by the client's listener. ``asked``: whether the last one was answered by
    "Did you mean ...?".
    """

    def __init__(self, client: StackClient, reports: Reports) -> None:
        self._client, self._reports = client, reports
        self._newest = 0  # stamp [ns] of the last answer
        self.asked = False

    def do(self, sentence: str, ended: Callable[[], bool] = lambda: False) -> ExitCode:
        """Say a sentence, to its end or until ``ended()``: then it FAILED."""
        request = Request(sentence, after=max(self._client.last_stamp(), self._newest))
        self._client.say(sentence)
        shown = _Show(self._client.translates)
        problem = None
        while request.code is None and problem is None and not ended():
            try:
                shown.take(request, self._reports.get(timeout=QUIET_S))
            except queue.Empty:
                shown.trust_executor(request)
            problem = self._problem(request, shown)
        shown.line.clear()
        understanding = request.understanding
        self.asked = understanding is not None and understanding.asks
        self._newest = understanding.stamp if understanding is not None else self._newest
        if problem is not None and request.code is None:
            fail(problem)
            return ExitCode.NOBODY
        return ExitCode.FAILED if request.code is None else request.code

    def _problem(self, request: Request, shown: _Show) -> str | None:
        """The reason why no answer will come any more; None while one may."""
        gone = absent(self._client)
        if gone:
            return f"the stack went away: {gone}; {HOW_TO_START}"
        if request.understanding is None and shown.waited > ANSWER_S:
            return (
                f"language_node did not answer within {ANSWER_S:g} s; look at its log and at the "
                "topic diagnostics"
            )
        if request.understanding is None and shown.waited > LATE_S:
            shown.line.show(f"waiting for the translation, {shown.waited:.0f} s")
        return None


class _Show:
    """Shows lines that stay, and one that is written over."""

    def __init__(self, translates: Callable[[], bool]) -> None:
        self._translates, self._narrator = translates, Narrator()
        self._began = time.monotonic()
        self.line = LiveLine()

    @property
    def waited(self) -> float:
        return time.monotonic() - self._began

    def take(self, request: Request, report: Understanding | PlanStatus) -> None:
        """Feed a report to the request and show what is new for it."""
        if isinstance(report, Understanding):
            if request.understood(report):
                self._understanding(request, report)
        elif request.progressed(report):
            self._status(report)

    def trust_executor(self, request: Request) -> None:
        """It is quiet.

        Show what the executor knows, where the translator was not heard.
        """
        answer = request.trust_executor() if request.understanding is None else None
        if answer is not None:
            self._understanding(request, answer)

    def _understanding(self, request: Request, understanding: Understanding) -> None:
        self._say(understanding.line())
        if instead := offer(understanding, self._translates()):
            self._say(f"  {instead}")
        if request.status is not None and understanding.understood:
            self._status(request.status)

    def _status(self, status: PlanStatus) -> None:
        lines = self._narrator.lines(status)
        if lines and (instead := offer(status)):
            lines.append(instead)
        for line in lines:
            self._say(f"  {line}")
        self.line.show(f"  {self._narrator.live()}" if self._narrator.live() != "idle" else "")

    def _say(self, text: str) -> None:
        self.line.clear()
        say(text)
