"""A thread that calls something at a steady rate, without rclpy."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from math import floor

from tank_core.io.thread_name import show_thread_name


def next_turn(due: float, period: float, now: float) -> float:
    """The time [s] of the next turn, ``now`` that the one of ``due`` has ended.

    Turns that were missed are left out, and the others keep their beat.
    """
    return due + period * max(1, floor((now - due) / period) + 1)


class SteadyLoop:
    """Calls ``turn`` every ``period`` [s] of wall time, on its own thread.

    It waits for no executor and wakes none. ``turn`` lets no exception through.
    """

    def __init__(self, name: str, period: float, turn: Callable[[], object]) -> None:
        """Start; the first turn comes after a period."""
        self._name, self._period, self._turn = name, period, turn
        self._gate = threading.Lock()  # open: it ends
        self._gate.acquire()
        self._ended = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Call no more; no turn is under way when this returns.

        But the one that calls this, which comes to its end. Idempotent.
        """
        if not self._ended:
            self._ended = True
            self._gate.release()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _run(self) -> None:
        show_thread_name()
        due = time.monotonic() + self._period
        while not self._gate.acquire(timeout=max(0.0, due - time.monotonic())):
            if self._ended:
                return
            self._turn()
            due = next_turn(due, self._period, time.monotonic())
