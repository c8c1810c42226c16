"""Counts what is heard of a stack against what is expected. Pure.

Times ``now`` [s] are arguments, of a clock that nobody sets.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from tank_cockpit.vitals import Vitals
from tank_core.health import MEMORY, PROCESS, STATE, rate_key

WINDOW_S = 3.0  # [s] over which a rate is taken
LEAST_S = 1.0  # [s] of listening before there is one
SLOW = 0.8  # of the expected rate: below it is told
CAMERA = "camera"  # a stream that is not heard itself: then it would be rendered for us


@dataclass(frozen=True)
class StreamReport:
    """A stream: rates [Hz], age [s] of the last message; None: not known."""

    rate_hz: float | None
    expected_hz: float | None
    age_s: float | None

    @property
    def slow(self) -> bool:
        """Whether it comes more seldom than it should."""
        known = self.rate_hz is not None and self.expected_hz is not None
        return known and (self.rate_hz or 0.0) < SLOW * (self.expected_hz or 0.0)


@dataclass(frozen=True)
class NodeReport:
    """A node: its process (HOST/PID), its memory [MB], age [s] of its report."""

    process: str
    memory_mb: float | None
    age_s: float


@dataclass(frozen=True)
class Status:
    """State of a stack at one time. ``heard``: whether there is any."""

    heard: bool
    vitals: Mapping[str, Any]  # Vitals.message
    streams: Mapping[str, StreamReport]
    nodes: Mapping[str, NodeReport]
    stopped: bool
    doing: str

    @property
    def fine(self) -> bool:
        """Whether it is there, and nothing is wrong with it."""
        return self.heard and not self.vitals["faults"] and self.vitals["silent"] is None

    def as_json(self) -> dict[str, Any]:
        """All of it as plain data."""
        vitals = dict(self.vitals)
        del vitals["t"]  # the name of the page's letter
        return {**asdict(self), "vitals": vitals, "fine": self.fine}


@dataclass
class Watch:
    """Takes what is heard; ``report`` sums it up."""

    began: float
    expected: dict[str, float] = field(default_factory=dict)  # [Hz], by stream
    stopped: bool = False
    doing: str = "idle"
    vitals: Vitals = field(default_factory=Vitals)
    _arrivals: dict[str, deque[float]] = field(default_factory=dict)
    _told: dict[str, float] = field(default_factory=dict)  # rates that nodes tell themselves
    _nodes: dict[str, NodeReport] = field(default_factory=dict)
    _reported: dict[str, float] = field(default_factory=dict)

    def heard(self, stream: str, now: float) -> None:
        """A message came on a stream."""
        arrivals = self._arrivals.setdefault(stream, deque())
        arrivals.append(now)
        while arrivals[0] < now - WINDOW_S:
            arrivals.popleft()

    def diagnosed(
        self, parts: Iterable[tuple[str, int, str, Mapping[str, str]]], now: float
    ) -> None:
        """Take a node's report: names ("NODE: PART"), levels, messages, values."""
        parts = list(parts)
        self.vitals.diagnosed([part[:3] for part in parts], now)
        for name, _, _, values in parts:
            node, _, part = name.partition(": ")
            self._reported[node] = now
            if part == STATE:
                memory = _number(values.get(MEMORY))
                self._nodes[node] = NodeReport(values.get(PROCESS, ""), memory, 0.0)
            if part == CAMERA and (rate := _number(values.get(rate_key("image")))) is not None:
                self._told[CAMERA] = rate

    def report(self, now: float) -> Status:
        """Tell how the stack is at ``now``."""
        vitals = self.vitals.message(now)
        # a simulation's messages follow its own clock
        pace = 1.0 if vitals["factor"] is None else float(vitals["factor"])
        streams = dict.fromkeys([*self.expected, *self._arrivals, *self._told])
        return Status(
            heard=bool(self._reported or self._arrivals),
            vitals=vitals,
            streams={name: self._stream(name, pace, now) for name in streams},
            nodes={
                name: NodeReport(
                    (known := self._nodes.get(name, NodeReport("", None, 0.0))).process,
                    known.memory_mb,
                    round(now - at, 2),
                )
                for name, at in sorted(self._reported.items())
            },
            stopped=self.stopped,
            doing=self.doing,
        )

    def _stream(self, name: str, pace: float, now: float) -> StreamReport:
        expected = self.expected.get(name)
        expected = None if expected is None else round(expected * pace, 2)
        if name in self._told:
            return StreamReport(round(self._told[name], 2), expected, None)
        arrivals = self._arrivals.get(name)
        age = None if not arrivals else round(now - arrivals[-1], 2)
        listened = min(WINDOW_S, now - self.began)
        rate = None
        if expected is not None and listened >= LEAST_S:
            count = sum(at > now - listened for at in arrivals or ())
            rate = round(count / listened, 2)
        return StreamReport(rate, expected, age)


def _number(text: str | None) -> float | None:
    """The number that a text is; None for any other."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None
