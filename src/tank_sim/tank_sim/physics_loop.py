"""A thread in which simulated time passes.

In step with the wall's, at a multiple of it, or as fast as the machine can.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

# [s] of wall time; a machine that falls further behind loses the time instead of rushing after it
MAX_LAG = 0.1


class PhysicsLoop:
    """Calls ``turn`` over and over in a thread of its own.

    A turn lets ``period`` [s] of simulated time pass, and must not raise. ``real_time_factor``:
    simulated seconds in a second; 0 is as fast as it can.
    """

    def __init__(
        self, turn: Callable[[], object], period: float, real_time_factor: float = 1.0
    ) -> None:
        self._turn = turn
        # [s] of wall time for each turn
        self._pace = period / real_time_factor if real_time_factor > 0 else 0.0
        self._turning = threading.Lock()
        self._running = threading.Event()  # not paused
        self._running.set()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin. Does nothing when it runs already."""
        if self._thread is None:
            self._ended.clear()
            self._thread = threading.Thread(target=self._run, name="physics", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Cease; when this returns, no turn is under way. Idempotent."""
        self._ended.set()
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join()

    @property
    def paused(self) -> bool:
        return not self._running.is_set()

    def pause(self) -> None:
        """Let simulated time stand still; when this returns, it does."""
        self._running.clear()
        with self._turning:
            pass

    def resume(self) -> None:
        """Let it pass again."""
        self._running.set()

    def step(self, turns: int) -> bool:
        """Make some turns while paused, in the caller's thread.

        False, and nothing happens, when it is not paused.
        """
        if not self.paused:
            return False
        for _ in range(turns):
            with self._turning:
                self._turn()
        return True

    def _run(self) -> None:
        due = time.monotonic()
        while not self._ended.is_set():
            if self.paused:
                self._running.wait(0.05)
                due = time.monotonic()
                continue
            with self._turning:
                if not self.paused:
                    self._turn()
            due = self._wait(due)

    def _wait(self, due: float) -> float:
        """Sleep until the next turn is due.

        Returns when that is [s, monotonic].
        """
        due += self._pace
        now = time.monotonic()
        if now - due > MAX_LAG:
            due = now
        # Even as fast as it can, other threads get their turn.
        self._ended.wait(due - now) if due > now else time.sleep(0)
        return due
