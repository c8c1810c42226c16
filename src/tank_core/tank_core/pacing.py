"""Time on two clocks.

How often, how old, and what a robot's time is on the ROS clock. All times are arguments [s].
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

TICK_S = 0.02  # [s] the control period of the nodes, and of simulations without them: 50 Hz


class Pacer:
    """Says when the next of something is due, on average once a ``period`` [s].

    It reads no clock: the time is an argument.
    """

    def __init__(self, period: float) -> None:
        self.period = period
        self._next: float | None = None

    def due(self, now: float) -> bool:
        """True once a period.

        After a gap, or when the clock went back, it begins anew and does not catch up.
        """
        early = self.period * 1e-3  # sums of floats end a hair before the tick that they stand for
        if self._next is not None and self._next - 2 * self.period < now < self._next - early:
            return False
        on_time = self._next is not None and abs(now - self._next) < self.period
        self._next = (self._next if on_time and self._next is not None else now) + self.period
        return True


@dataclass(frozen=True)
class Beats:
    """The turns of a loop over a stretch of time, and those that it missed."""

    rate: float  # [Hz]
    missed: int  # turns that it left out
    longest_s: float  # between two turns

    @property
    def values(self) -> dict[str, float]:
        """As diagnostics tell it."""
        return {
            "turns a second": self.rate,
            "turns missed": self.missed,
            "longest gap [ms]": self.longest_s * 1e3,
        }


class Rhythm:
    """Counts the turns of a loop that should come every ``period`` [s]."""

    def __init__(self, period: float) -> None:
        self.period = period
        self._first = self._last = 0.0
        self._turns = self._missed = 0
        self._longest = 0.0

    def beat(self, now: float) -> None:
        """Note that a turn begins."""
        if self._turns:
            gap = now - self._last
            self._longest = max(self._longest, gap)
            self._missed += max(0, round(gap / self.period) - 1)
        else:
            self._first = now
        self._last, self._turns = now, self._turns + 1

    def take(self) -> Beats | None:
        """The beats since the last look; None when there were not two."""
        span = self._last - self._first
        if self._turns < 2 or span <= 0.0:
            return None
        beats = Beats((self._turns - 1) / span, self._missed, self._longest)
        self._first, self._turns, self._missed, self._longest = self._last, 1, 0, 0.0
        return beats


class TimeMap:
    """Maps a robot's clock on the ROS clock by an offset.

    The offset is renewed when the two drift apart. ``tolerance`` [s]: below it the mapped times
    keep the robot's own regular spacing.
    """

    def __init__(self, tolerance: float = 0.05) -> None:
        self._tolerance = tolerance
        self._offset: float | None = None

    def observe(self, robot_time: float, ros_time: float) -> None:
        """Note that the robot's clock showed ``robot_time`` at ``ros_time``."""
        offset = ros_time - robot_time
        if self._offset is None or abs(offset - self._offset) > self._tolerance:
            self._offset = offset

    def to_ros(self, robot_time: float) -> float:
        """A robot's time on the ROS clock.

        The same time before the first ``observe``.
        """
        return robot_time + (self._offset or 0.0)


class Delays:
    """Tells how much later messages come than the quickest of the last ones.

    By their stamps, whose clock need not be the hearer's.
    """

    def __init__(self, among: int = 20) -> None:
        self._last: deque[float] = deque(maxlen=among)

    def later(self, stamp: float, now: float) -> float:
        """The delay [s] of a message stamped ``stamp`` that comes at ``now``.

        0 without a stamp.
        """
        if stamp == 0.0:
            return 0.0
        self._last.append(now - stamp)
        return now - stamp - min(self._last)


def stamp_fault(stamp: float, now: float, max_age: float, max_ahead: float) -> str | None:
    """The reason why a message stamped ``stamp`` must not be obeyed at ``now``.

    None when it may. A stamp of 0 means "now".
    """
    if stamp == 0.0:
        return None
    if now - stamp > max_age:
        return (
            f"its stamp is {now - stamp:.3g} s old; at most {max_age:g} s are allowed (do the "
            "clocks agree, and use_sim_time?)"
        )
    if stamp - now > max_ahead:
        return (
            f"its stamp is {stamp - now:.3g} s in the future; at most {max_ahead:g} s are "
            "allowed (do the clocks agree, and use_sim_time?)"
        )
    return None
