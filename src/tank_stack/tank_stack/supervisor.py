"""Processes that end together, and are started again when one dies by itself.

Pure: time and processes are arguments.
"""

from __future__ import annotations

import signal
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from typing import Protocol

MAX_RESTARTS = 3
WINDOW_S = 60.0


class Child(Protocol):
    """A process that was started."""

    def poll(self) -> int | None:
        """None while it runs.

        Then its exit code, or minus the number of the signal that ended it.
        """
        ...

    def end(self) -> None:
        """Ask it to end in good order; nothing when it has."""
        ...

    def kill(self) -> None:
        """End it, and what it started, at once; nothing when it has ended."""
        ...


class Supervisor:
    """Starts processes, starts again those that die, and ends them all.

    Drive it by ``step(now)``, a few times a second, until ``failure`` says something; then, or at
    will, ``end``.
    """

    def __init__(
        self,
        names: Sequence[str],
        start: Callable[[str], Child],
        tell: Callable[[str], None],
        max_restarts: int = MAX_RESTARTS,
        window: float = WINDOW_S,
    ) -> None:
        """``start`` makes a process by name.

        At most ``max_restarts`` of one within ``window`` [s].
        """
        self._names, self._start, self._tell = tuple(names), start, tell
        self._max_restarts, self._window = max_restarts, window
        self._children: dict[str, Child] = {}
        self._deaths: dict[str, deque[float]] = defaultdict(deque)
        self._ending = False
        self.failure = ""

    def start(self) -> None:
        """Start every process, in the given order."""
        for name in self._names:
            self._children[name] = self._start(name)

    @property
    def running(self) -> dict[str, Child]:
        """The processes that have not ended, by name."""
        return {name: child for name, child in self._children.items() if child.poll() is None}

    def step(self, now: float) -> None:
        """Look after the processes at ``now`` [s].

        One that ended by itself is started again, or ``failure`` is set.
        """
        for name, child in list(self._children.items()):
            status = child.poll()
            if status is not None and not self._ending and not self.failure:
                self._died(name, status, now)

    def _died(self, name: str, status: int, now: float) -> None:
        deaths = self._deaths[name]
        while deaths and now - deaths[0] > self._window:
            deaths.popleft()
        deaths.append(now)
        what = f"process {name} ended by itself ({cause(status)})"
        if len(deaths) > self._max_restarts:
            self.failure = (
                f"{what} for the {len(deaths)}th time within {self._window:g} s; everything ends"
            )
            return
        again = f"restart {len(deaths)} of at most {self._max_restarts} in {self._window:g} s"
        self._tell(f"{what}; it is started again ({again})")
        self._children[name] = self._start(name)

    def end(self) -> None:
        """Ask every process to end; none is started again. Idempotent."""
        self._ending = True
        for child in self.running.values():
            child.end()

    def kill(self) -> None:
        """End what did not end when it was asked."""
        for name, child in self.running.items():
            self._tell(f"process {name} did not end in time and is killed")
            child.kill()


def cause(status: int) -> str:
    """The cause of a process's end in words.

    By its wait status as Popen gives it.
    """
    if status >= 0:
        return f"exit code {status}"
    try:
        return f"signal {-status}, {signal.Signals(-status).name}"
    except ValueError:
        return f"signal {-status}"
