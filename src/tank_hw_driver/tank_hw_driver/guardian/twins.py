"""Two processes for the guardian: a kill of one does not leave it at none.

The parent forks a child that guards, and waits for its end. A child that was killed it replaces at
once by another, whose first act is to turn the motors off: a fork takes milliseconds, where a
supervisor and a new Python take a second on a Pi. A child whose parent was killed ends in good
order, which turns the motors off, too. So driver and guardian may die in the same moment.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from tank_core.io.one_line import described
from tank_hw_driver.guardian.process import say

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PAUSE_S = 0.1  # before a child that lived shorter than SHORT_S is replaced: a fault, not a kill
SHORT_S = 1.0
RAISED = 70  # the exit code of a child that a fault of ours has ended: EX_SOFTWARE of sysexits.h


class Ending:
    """Tells whether this process is to end, and what to wait for.

    By a signal, or in a child because its parent has died.
    """

    def __init__(self, parent: int | None = None) -> None:
        """``parent``: the end of a pipe whose other end the parent alone has."""
        self.came: list[int] = []  # the signals
        self._wake, inlet = socket.socketpair()
        for end in (self._wake, inlet):
            end.setblocking(False)
        signal.set_wakeup_fd(inlet.detach())
        for number in SIGNALS:
            signal.signal(number, lambda number, _: self.came.append(number))
        self._parent = parent
        # what becomes readable when it is time to end
        self.files = [self._wake.fileno(), *([] if parent is None else [parent])]

    def __bool__(self) -> bool:
        if self._parent is not None and select.select([self._parent], [], [], 0)[0]:
            self.came.append(0)
        return bool(self.came)


def guard_as_two(guard: Callable[[Ending], int]) -> int:
    """Run ``guard`` in a child until it ends; its exit code.

    Again, when the child was killed.
    """
    asked: list[int] = []
    children: list[int] = []

    def hand_on(number: int, _: object) -> None:
        asked.append(number)
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(child, number)

    for number in SIGNALS:
        signal.signal(number, hand_on)
    with _lifeline() as (theirs, ours):
        while True:
            began = time.monotonic()
            try:
                with _held():  # a signal between fork and note would reach nobody
                    child = os.fork()
                    if not child:
                        _be_child(guard, theirs, ours)
                    children[:] = [child]
            except OSError as error:  # memory is short
                say(f"no second process: {described(error)}; trying again")
                time.sleep(PAUSE_S)
                if asked:
                    return 0
                continue
            if asked:  # it came before the child could hear it
                hand_on(asked[0], None)
            status = os.waitpid(child, 0)[1]
            children.clear()
            code = os.waitstatus_to_exitcode(status)
            at_once, raised = time.monotonic() - began < SHORT_S, code == RAISED
            if asked or (code >= 0 and not raised) or (raised and at_once):
                return max(0, code)
            why = "raised" if raised else f"killed by {signal.Signals(-code).name}"
            say(f"{why}; it is replaced")
            if at_once:
                time.sleep(PAUSE_S)


def _be_child(guard: Callable[[Ending], int], parent: int, parents: int) -> None:
    """Guard, and end this process, whatever comes."""
    code = RAISED
    try:
        os.close(parents)
        if os.environ.get("WATCHDOG_PID") == str(os.getppid()):
            os.environ["WATCHDOG_PID"] = str(os.getpid())  # who feeds it
        ending = Ending(parent)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        code = guard(ending)
    except BaseException as error:
        say(f"ended by {described(error)}")
    finally:
        os._exit(code)


@contextmanager
def _held() -> Iterator[None]:
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)


@contextmanager
def _lifeline() -> Iterator[tuple[int, int]]:
    """A pipe whose second end is open for as long as this process lives."""
    theirs, ours = os.pipe()
    try:
        yield theirs, ours
    finally:
        os.close(theirs)
        os.close(ours)
