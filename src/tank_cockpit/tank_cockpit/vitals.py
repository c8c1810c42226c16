"""State of the robot and its nodes: battery, clock, faults, silence. Pure.

Times [s] are arguments, of a clock that nobody sets.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tank_core.health import Level

SILENT_S = 1.0  # [s] without odometry: no news from the robot
REPORT_S = 4.0  # [s] without diagnostics, which come once a second: the node has gone or hangs
CLOCK_S = 3.0  # [s] over which the real-time factor is taken
# What these say is shown elsewhere: a plan that failed in the conversation, a stop at its button.
TOLD_ELSEWHERE = ("executor_node: executor", "sim_node: robot", "driver_node: robot")
# A robot's reasons after somebody has pressed STOP, which need not be told to him.
PRESSED = ("robot/stop was called", "the executor is stopped")
CURE = "if it does not come back by itself, start the stack again"
PHYSICS = "sim_node: physics"
PAUSED = "paused"


@dataclass
class _Part:
    level: int
    message: str
    at: float


@dataclass
class Vitals:
    """The newest of what was heard."""

    volts: float | None = None
    charge: float | None = None  # 0 to 1
    moved_at: float | None = None  # the last odometry
    _parts: dict[str, _Part] = field(default_factory=dict)  # by "NODE: PART"
    _clock: deque[tuple[float, float]] = field(default_factory=deque)  # now, simulated time

    def battery(self, volts: float, charge: float) -> None:
        """Volts, and charge from 0 to 1; NaN: not measured."""
        self.volts = volts if math.isfinite(volts) else None
        self.charge = charge if math.isfinite(charge) else None

    def ticked(self, simulated: float, now: float) -> None:
        """The simulation's clock says ``simulated`` [s]."""
        if self._clock and simulated < self._clock[-1][1]:
            self._clock.clear()
        self._clock.append((now, simulated))
        while self._clock[0][0] < now - CLOCK_S:
            self._clock.popleft()

    def diagnosed(self, parts: Iterable[tuple[str, int, str]], now: float) -> None:
        """Names ("NODE: PART"), levels and messages of one report."""
        for name, level, message in parts:
            self._parts[name] = _Part(level, message, now)

    @property
    def simulated(self) -> bool:
        """Whether there is a simulation."""
        return bool(self._clock) or PHYSICS in self._parts or "sim_node: state" in self._parts

    @property
    def paused(self) -> bool:
        """Whether the simulation stands still because somebody paused it."""
        part = self._parts.get(PHYSICS)
        return part is not None and part.message == PAUSED

    def factor(self, now: float) -> float | None:
        """Simulated seconds in a second; None where that is not known."""
        if not self._clock:
            return None
        (began, first), (_, last) = self._clock[0], self._clock[-1]
        return None if now - began < 0.5 * CLOCK_S else (last - first) / (now - began)

    def silence(self, now: float) -> float | None:
        """The seconds without news; None while the robot is heard or paused."""
        if self.paused:
            return None
        age = math.inf if self.moved_at is None else now - self.moved_at
        return age if age > SILENT_S else None

    def why_stopped(self) -> str:
        """The robot's own reason why it refuses motion, but for STOP itself."""
        for name in TOLD_ELSEWHERE[1:]:
            part = self._parts.get(name)
            if part is not None and part.message.startswith("stopped: "):
                reasons = part.message.removeprefix("stopped: ").split("; ")
                return "; ".join(reason for reason in reasons if reason not in PRESSED)
        return ""

    def faults(self, now: float) -> list[dict[str, Any]]:
        """All that is not in order, the worst first.

        Each with its part, its message, and whether it is an error.
        """
        heard: dict[str, float] = {}
        for name, part in self._parts.items():
            node = name.partition(": ")[0]
            heard[node] = max(part.at, heard.get(node, part.at))
        gone = {node for node, at in heard.items() if now - at > REPORT_S}
        found = [
            _fault(
                node,
                f"no report for {now - heard[node]:.0f} s: it hangs or has ended; {CURE}",
                True,
            )
            for node in sorted(gone)
        ]
        for name, part in sorted(self._parts.items(), key=lambda item: (-item[1].level, item[0])):
            fine = part.level == Level.OK or now - part.at > REPORT_S
            if not fine and not (name in TOLD_ELSEWHERE and part.level < Level.ERROR):
                found.append(_fault(name, part.message, part.level >= Level.ERROR))
        return found

    def message(self, now: float) -> dict[str, Any]:
        """The message about all this at ``now``."""
        factor, silence = self.factor(now), self.silence(now)
        return {
            "t": "vitals",
            "volts": None if self.volts is None else round(self.volts, 2),
            "charge": None if self.charge is None else round(self.charge, 2),
            "factor": None if factor is None else round(factor, 2),
            "simulated": self.simulated,
            "paused": self.paused,
            "heard": self.moved_at is not None,
            "silent": None if silence is None or math.isinf(silence) else round(silence, 1),
            "faults": self.faults(now),
        }


def _fault(part: str, message: str, is_error: bool) -> dict[str, Any]:
    return {"part": part, "message": message, "error": is_error}
