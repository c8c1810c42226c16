"""``./tank say``: one sentence to a stack that runs.

Shows what was understood and how each step goes.
"""

from __future__ import annotations

import argparse
import queue
import sys
import time
from typing import TYPE_CHECKING

from tank_client.narrator import Narrator, Understanding
from tank_client.request import Request
from tank_core.io.console import DIM, ExitCode, fail, paint, say, show
from tank_executor.plan import PlanStatus

if TYPE_CHECKING:
    from tank_client.client_node import StackClient

FIND_S = 5.0  # [s] to find a stack
# [s] for the translation: a large model on a small computer, behind others that wait
ANSWER_S = 120.0
QUIET_S = 0.1  # [s] without a report; while a list runs they come at 5 Hz
LATE_S = 2.0  # [s] after which we say that we wait
HOW_TO_START = "start one with ./tank sim, or ros2 launch tank_bringup sim.launch.py"
Report = Understanding | PlanStatus


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("instruction", metavar="SENTENCE", help="what the robot is to do")
    parser.epilog = "exit code: 0 done, 1 failed or stopped, 2 not understood, 3 nobody answers"


def run(args: argparse.Namespace) -> int:
    from tank_core.ros.runtime.discovery import speed_up_discovery
    from tank_core.ros.runtime.environment import domain

    domain()
    speed_up_discovery()
    from tank_client.client_node import Listener, StackClient

    reports: queue.SimpleQueue[Report] = queue.SimpleQueue()
    with StackClient(Listener(on_understanding=reports.put, on_status=reports.put)) as client:
        client.wait_until(lambda: _absent(client) is None, FIND_S)
        absent = _absent(client)
        if absent:
            fail(f"nobody answers: {absent} within {FIND_S:g} s; {HOW_TO_START}")
            return ExitCode.NOBODY
        request = Request(args.instruction, after=client.last_stamp())
        client.say(args.instruction)
        return _follow(client, request, reports)


def _absent(client: StackClient) -> str | None:
    """Who is missing; None when all are there.

    Nothing is said before, so that nothing that answers it is missed.
    """
    if not client.translator_listens():
        return "no language_node was found"
    return None if client.executor_listens() else "no executor_node was found"


def _follow(client: StackClient, request: Request, reports: queue.SimpleQueue[Report]) -> int:
    shown = _Show()
    try:
        while request.code is None and (problem := _problem(client, request, shown)) is None:
            try:
                shown.take(request, reports.get(timeout=QUIET_S))
            except queue.Empty:
                shown.trust_executor(request)
    except KeyboardInterrupt:
        client.say("stop")
        shown.clear()
        say("the robot is told to stop")
        time.sleep(0.2)  # the sentence is on its way; leaving ROS at once could lose it
        raise
    shown.clear()
    if request.code is None:
        fail(problem or "")
        return ExitCode.NOBODY
    return request.code


def _problem(client: StackClient, request: Request, shown: _Show) -> str | None:
    """The reason why no answer will come any more; None while one may."""
    absent = _absent(client)
    if absent:
        return f"the stack went away: {absent}; {HOW_TO_START}"
    if request.understanding is None and shown.waited > ANSWER_S:
        return (
            f"language_node did not answer within {ANSWER_S:g} s; look at its log and at the "
            "topic diagnostics"
        )
    if request.understanding is None and shown.waited > LATE_S:
        shown.live(f"waiting for the translation, {shown.waited:.0f} s")
    return None


class _Show:
    """Shows lines that stay, and one that is written over."""

    def __init__(self) -> None:
        self._narrator = Narrator()
        self._began = time.monotonic()
        self._width = 0

    @property
    def waited(self) -> float:
        return time.monotonic() - self._began

    def take(self, request: Request, report: Report) -> None:
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
        self._line(understanding.line())
        if request.status is not None and understanding.understood:
            self._status(request.status)

    def _status(self, status: PlanStatus) -> None:
        for line in self._narrator.lines(status):
            self._line(f"  {line}")
        self.live(f"  {self._narrator.live()}" if self._narrator.live() != "idle" else "")

    def _line(self, text: str) -> None:
        self.clear()
        say(text)

    def live(self, text: str) -> None:
        """Show a line that the next one writes over, on a terminal only."""
        if sys.stderr.isatty():
            self.clear()
            show(paint(text, DIM))
            self._width = len(text)

    def clear(self) -> None:
        """Take that line away."""
        if self._width:
            show("\r" + " " * self._width + "\r")
            self._width = 0
