"""State of a stop: pressed, done, or not confirmed. Pure.

A stop counts as done only by the robot's own word: its answer to this very call, and its topic that
it refuses motion. What we believe, and what it said before, count for nothing.
"""

from __future__ import annotations

from enum import StrEnum
from threading import Condition

LATE_S = 0.5  # [s] after which a stop that nobody has confirmed is told as such


class StopState(StrEnum):
    """States that the page shows."""

    FREE = "free"  # the robot may move
    STOPPING = "stopping"  # asked to stop, and not confirmed yet
    STOPPED = "stopped"  # it says that it refuses motion
    NOT_CONFIRMED = "not confirmed"  # asked to stop, and it has not said so in time
    UNKNOWN = "unknown"  # there is no robot that says anything


class StopWatch:
    """Follows a stop from the press to the robot's word. Safe from any thread.

    Times [s] are arguments, of any one clock; nothing slow happens under its lock.
    """

    def __init__(self) -> None:
        self._changed = Condition()
        self.presses = 0  # so far
        self._answered = 0  # the last press that the robot has answered
        self._since: float | None = None  # of the first press that is not done
        self._says: bool | None = None  # the robot's own word; None: it is not there

    def press(self, now: float) -> int:
        """Note that a stop is asked for; returns its number."""
        with self._changed:
            self.presses += 1
            if self._since is None:
                self._since = now
            return self.presses

    def answered(self, press: int) -> None:
        """Note that the robot has answered this press: it has stopped."""
        with self._changed:
            self._answered = max(self._answered, press)
            self._settle()

    def says(self, stopped: bool | None) -> None:
        """Note the robot's word whether it refuses motion; None: it has gone."""
        with self._changed:
            self._says = stopped
            if stopped is False and self._answered >= self.presses:
                self._since = None  # it has stopped, and was let go before we heard so
            self._settle()

    def released(self) -> None:
        """Note that the robot was let go: no stop is awaited any more."""
        with self._changed:
            self._since = None

    def wait(self, press: int, timeout: float) -> bool:
        """Wait [s] until the robot has confirmed this press; whether it has."""
        with self._changed:
            return self._changed.wait_for(lambda: self._done(press), timeout)

    def state(self, now: float) -> StopState:
        """Return the state at ``now``."""
        with self._changed:
            if self._since is not None:
                late = now - self._since >= LATE_S
                return StopState.NOT_CONFIRMED if late else StopState.STOPPING
            if self._says is None:
                return StopState.UNKNOWN
            return StopState.STOPPED if self._says else StopState.FREE

    def _done(self, press: int) -> bool:
        return self._answered >= press and self._says is True

    def _settle(self) -> None:
        if self._done(self.presses):
            self._since = None
        self._changed.notify_all()
