"""A node's report about itself: a state for each part, counters and rates.

Pure; ``tank_core.ros.diagnostics`` publishes it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from enum import IntEnum
from threading import Lock

LOADING = "loading"  # what a part says of itself until it is ready
# The part that every node has, with the process that it is in, and that one's memory.
STATE, PROCESS, MEMORY = "state", "process", "memory [MB]"


class Level(IntEnum):
    """The levels of diagnostic_msgs/DiagnosticStatus."""

    OK = 0
    WARN = 1
    ERROR = 2


@dataclass(frozen=True)
class PartReport:
    """A part of a node: a sentence, and what was counted and measured."""

    part: str
    level: Level
    message: str
    values: dict[str, str] = field(default_factory=dict)


class Health:
    """Collects from any thread; ``report`` makes the summary.

    Times [s] are arguments, of any one clock.
    """

    def __init__(self, hold: float = 5.0) -> None:
        """Keep events for ``hold`` [s] in the report.

        For as long the next event of the same part is kept out of the log.
        """
        self._hold = hold
        self._lock = Lock()
        self._states: dict[str, tuple[Level, str]] = {}
        self._events: dict[str, tuple[float, Level, str]] = {}
        self._logged: dict[str, float] = {}
        self._values: dict[str, dict[str, str]] = defaultdict(dict)
        self._counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        self._ticks: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        self._reported: float | None = None

    def set(self, part: str, level: Level, message: str, **values: object) -> None:
        """State how a part is, until it is set again."""
        with self._lock:
            self._states[part] = (level, message)
            self._values[part].update({key: _text(value) for key, value in values.items()})

    def event(
        self,
        part: str,
        kind: str,
        message: str,
        now: float,
        level: Level = Level.WARN,
        quiet: bool = False,
    ) -> bool:
        """Something happened: counted as ``kind``, shown for a while.

        True when it belongs in the log, and not again so soon.

        ``quiet``: it does not belong there.

        """
        with self._lock:
            self._counts[part][kind] += 1
            self._events[part] = (now, level, message)
            if quiet:
                return False
            due = now - self._logged.get(f"{part}/{kind}", -self._hold) >= self._hold
            if due:
                self._logged[f"{part}/{kind}"] = now
            return due

    def tick(self, part: str, what: str) -> None:
        """Count one of something that should come at a steady rate."""
        with self._lock:
            self._ticks[part][what] += 1

    def count(self, part: str, kind: str) -> int:
        """The number of events of a kind."""
        with self._lock:
            return self._counts[part][kind] if part in self._counts else 0

    def unasked(self, now: float) -> None:
        """Nobody wants a report: its rates would count from here."""
        with self._lock:
            self._reported = now
            for counts in self._ticks.values():
                for what in counts:
                    counts[what] = 0

    def report(self, now: float) -> list[PartReport]:
        """Every part, with rates since the last report."""
        with self._lock:
            span = now - self._reported if self._reported is not None else 0.0
            self._reported = now
            parts = dict.fromkeys([*self._states, *self._values, *self._counts, *self._ticks])
            return [self._part(part, now, span) for part in parts]

    def _part(self, part: str, now: float, span: float) -> PartReport:
        level, message = self._states.get(part, (Level.OK, "ok"))
        when, event_level, event_message = self._events.get(
            part, (now - 2 * self._hold, Level.OK, "")
        )
        if now - when <= self._hold and event_level >= level:
            level, message = event_level, event_message
        values = dict(self._values[part]) if part in self._values else {}
        values |= {kind: str(number) for kind, number in self._counts.get(part, {}).items()}
        values |= {
            rate_key(what): f"{number / span:.1f}"
            for what, number in self._ticks.get(part, {}).items()
            if span > 0
        }
        if part in self._ticks:
            self._ticks[part] = defaultdict(int, dict.fromkeys(self._ticks[part], 0))
        return PartReport(part, level, message, values)


def rate_key(what: str) -> str:
    """The name under which the rate of what was counted by ``tick`` is told."""
    return f"{what} rate [Hz]"


def _text(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
