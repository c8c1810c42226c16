"""Keeps the values of a thing over time, interpolated, as tf2 does.

Pure; times [s] are those of the stamps.
"""

from __future__ import annotations

import math
from bisect import bisect, bisect_left, insort
from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Generic, TypeVar

from tank_core.exceptions import TankError
from tank_core.pacing import stamp_fault

HISTORY = 10.0  # [s] that is kept, as in tf2; an older stamp says nothing of now
# [s] a stamp may be ahead of the clock: some senders give a transform for the next second, too
FUTURE = 2.0
AHEAD = 0.1  # [s] beyond the newest that may be guessed
MOST_JOINTS = 500  # joints; further names are no robot's
# [s] by which time itself must go back for what was known of the old one to be forgotten
BACK = 1.0

Value = TypeVar("Value")


class TransformError(TankError, LookupError):
    """A transform that is not known, or not at that time."""


class History(Generic[Value]):
    """The values of a thing by time.

    ``between(a, b, share)`` gives a at share 0, b at 1, and more.
    """

    def __init__(self, between: Callable[[Value, Value, float], Value]) -> None:
        self._between = between
        self._entries: list[tuple[float, Value]] = []

    @property
    def newest(self) -> float:
        """Its last time [s]; minus infinity before there is one."""
        return self._entries[-1][0] if self._entries else -math.inf

    def add(self, time: float, value: Value, now: float) -> None:
        """Take a value in order of time, whenever it comes.

        The newest of one time counts. ``now`` ends what is kept.
        """
        place = bisect_left(self._entries, time, key=_time)
        if place < len(self._entries) and self._entries[place][0] == time:
            self._entries[place] = time, value
        else:
            insort(self._entries, (time, value), key=_time)
        # At least the newest stays, so that it can be told up to when the thing was known.
        old = bisect_left(self._entries, now - HISTORY, key=_time)
        del self._entries[: min(old, len(self._entries) - 1)]

    def at(self, time: float, ahead: float = AHEAD) -> Value:
        """Return the value at a time, interpolated.

        Up to ``ahead`` [s] beyond the newest it is guessed from the last motion. Raises
        TransformError outside of that.
        """
        (first, _), (last, newest) = self._entries[0], self._entries[-1]
        if time > last + ahead:
            raise TransformError(f"it is wanted at {time:.3f} s and known up to {last:.3f} s")
        if time < first:
            raise TransformError(f"it is wanted at {time:.3f} s and known from {first:.3f} s on")
        if time > last:
            # From as far back as it may go ahead: one jump of 20 ms is not multiplied by 5, and
            # noise hardly at all.
            before = max(first, last - AHEAD)
            if before == last:
                return newest
            return self._between(self.at(before), newest, 1.0 + (time - last) / (last - before))
        place = bisect(self._entries, time, key=_time) - 1
        earlier, value = self._entries[place]
        if time == earlier:
            return value
        later, following = self._entries[place + 1]
        return self._between(value, following, (time - earlier) / (later - earlier))


_time = itemgetter(0)


class Era:
    """Notices that time began anew, as when a simulation starts again."""

    def __init__(self) -> None:
        self._now = -math.inf

    def begins(self, now: float) -> bool:
        """True where the clock shows over a second less than it did before."""
        anew = now < self._now - BACK
        self._now = now
        return anew


def time_fault(time: float, now: float) -> str | None:
    """Say why a value stamped ``time`` [s] is of no use now; None: it is."""
    if time == 0.0 and now > HISTORY:
        return "it has no stamp; its sender must stamp it with the ROS clock"
    return stamp_fault(time, now, HISTORY, FUTURE)


class Joints:
    """The positions of joints over time [rad or m], whoever publishes which."""

    def __init__(self) -> None:
        self._histories: dict[str, History[float]] = {}
        self._era = Era()

    def add(self, positions: Mapping[str, float], time: float, now: float | None = None) -> None:
        """Take over positions at a time.

        ``now`` [s]: the clock's time; None: the stamp's own. Raises TransformError for a stamp that
        is of another time.
        """
        now = time if now is None else now
        if self._era.begins(now):
            self._histories.clear()
        fault = time_fault(time, now)
        if fault:
            raise TransformError(f"joint positions are not used: {fault}")
        for name, position in positions.items():
            if math.isfinite(position) and (
                name in self._histories or len(self._histories) < MOST_JOINTS
            ):
                self._histories.setdefault(name, History(blend)).add(time, position, now)

    def at(self, time: float, ahead: float = AHEAD) -> dict[str, float]:
        """Return the positions that are known at a time."""
        positions = {}
        for name, history in self._histories.items():
            try:
                positions[name] = history.at(time, ahead)
            except TransformError:  # left out: a joint that is silent is not known
                continue
        return positions


def blend(first: float, second: float, share: float) -> float:
    """Go from one number to another by a share."""
    return first + (second - first) * share
