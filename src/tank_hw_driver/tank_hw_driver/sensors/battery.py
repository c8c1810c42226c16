"""Battery readings, believed or not, and the level that follows from them.

Pure; readings come at a steady rate, with their times.
"""

from __future__ import annotations

from collections import deque
from enum import IntEnum
from itertools import pairwise
from statistics import median

from tank_hw_driver.hardware import Battery

# of which the median counts: at 2 Hz a sag of less than 2 s, as when both motors start, changes
# nothing
READINGS = 7
# [V] two Li-ion cells, empty or fresh from the charger; the Pi does not live outside of this
POSSIBLE = (4.5, 9.0)
JUMP = 0.8  # [V] from the median at once: a glitch, or a load that the median will tell if it stays
# [V] over a threshold until its level is left: a cell rises by this much when its load goes
RECOVERY = 0.3

# Open-circuit voltage of one Li-ion cell (18650, NMC) by the share of its charge: a common table;
# at load it reads too low.
_CELL = (
    (3.0, 0.0),
    (3.4, 0.05),
    (3.6, 0.2),
    (3.7, 0.4),
    (3.8, 0.55),
    (3.9, 0.68),
    (4.0, 0.82),
    (4.2, 1.0),
)
CELLS = 2
STALE_S = 5.0  # without a believed reading the battery counts as not measured


class BatteryLevel(IntEnum):
    """A level of warning: the lower the battery, the higher the level."""

    OK = 0
    WARN = 1
    NO_ARM = 2  # the arm's servos draw the current that lets the Pi brown out
    STOP = 3


class BatteryMonitor:
    """Filters readings and keeps a level with hysteresis.

    Times [s] are of a clock that never goes back.
    """

    def __init__(self, battery: Battery, level: BatteryLevel = BatteryLevel.OK) -> None:
        """``level``: the one to begin with.

        A robot that starts again is not charged by it.
        """
        self._thresholds = {
            BatteryLevel.WARN: battery.warn,
            BatteryLevel.NO_ARM: battery.arm,
            BatteryLevel.STOP: battery.stop,
        }
        self._readings: deque[float] = deque(maxlen=READINGS)
        self.level = level
        # why there was no last reading, or it was not believed as it is; empty when it was
        self.doubt = ""
        self.lost = False  # for STALE_S there was no believed reading
        self.dead = False  # it reads as if there were no battery
        self._too_low = 0  # readings in a row that are lower than any battery's
        self._believed_at: float | None = None

    @property
    def volts(self) -> float | None:
        """The median of the last readings [V].

        None before the first, and when there were none for ``STALE_S``.
        """
        return median(self._readings) if self._readings else None

    @property
    def refusal(self) -> str:
        """A sentence when the arm must not move; empty when it may."""
        return self.message if self.lost or self.level >= BatteryLevel.NO_ARM else ""

    def watch(self, now: float) -> None:
        """Let time pass until ``now`` [s]: old readings tell nothing."""
        if self._believed_at is None:
            self._believed_at = now
        if now - self._believed_at > STALE_S:
            self.lost = True
            self._readings.clear()

    def miss(self, why: str) -> None:
        """Note that there was no reading, and why."""
        self.doubt = why

    def update(self, volts: float, now: float) -> None:
        """Take one reading [V]."""
        low, high = POSSIBLE
        self._too_low = self._too_low + 1 if volts < low else 0
        if not low <= volts <= high:
            self.doubt = (
                f"a reading of {volts:.2f} V is not possible ({low:g} to {high:g} V) and "
                "was dropped: check reference and divider"
            )
            if self._too_low >= READINGS:
                self.dead, self.level = True, BatteryLevel.STOP
                self.doubt = (
                    f"{volts:.2f} V is lower than any battery that works: the ADC or its "
                    "wire is broken, or the cells are dead"
                )
                self._readings.clear()
            return
        self.dead = self.lost = False
        self._believed_at = now
        before = self.volts
        self._readings.append(volts)
        after = self.volts
        assert after is not None
        jumped = before is not None and abs(volts - before) > JUMP and abs(volts - after) > JUMP
        self.doubt = (
            f"a reading jumped from {before:.2f} to {volts:.2f} V; it counts only if it stays"
            if jumped
            else ""
        )
        self.level = self._level(after)

    def _level(self, volts: float) -> BatteryLevel:
        fallen = max(
            (level for level, threshold in self._thresholds.items() if volts < threshold),
            default=BatteryLevel.OK,
        )
        if fallen >= self.level:
            return fallen
        if self.level is BatteryLevel.STOP and volts < self._thresholds[BatteryLevel.WARN]:
            # without load an empty cell rises again, and would let the robot begin anew: only
            # charging ends this
            return self.level
        held = (
            level
            for level, threshold in self._thresholds.items()
            if level <= self.level and volts < threshold + RECOVERY
        )
        return max(fallen, max(held, default=BatteryLevel.OK))

    @property
    def message(self) -> str:
        """The battery's state in a sentence for people."""
        if self.dead:
            return self.doubt
        if self.volts is None:
            unknown = (
                f"no reading for over {STALE_S:g} s: {self.doubt or 'none came'}"
                if self.lost
                else "not measured yet"
            )
            return (
                f"{unknown}; it was too low before"
                if self.level >= BatteryLevel.NO_ARM
                else unknown
            )
        told = f"{self.volts:.2f} V"
        warn, arm, stop = self._thresholds.values()
        return {
            BatteryLevel.OK: told,
            BatteryLevel.WARN: f"{told} is low (under {warn:g} V): charge it soon",
            BatteryLevel.NO_ARM: f"{told} is too low for the arm (under {arm:g} V): charge it",
            BatteryLevel.STOP: f"{told} is too low to go on (under {stop:g} V): "
            f"charge it to over {warn:g} V",
        }[self.level]


def charge(volts: float) -> float:
    """About the share of its charge, 0 to 1, that a battery has at ``volts``.

    It has two Li-ion cells, and the share is that without load.
    """
    cell = volts / CELLS
    for (low, low_share), (high, high_share) in pairwise(_CELL):
        if cell < high:
            return max(0.0, low_share + (high_share - low_share) * (cell - low) / (high - low))
    return 1.0
