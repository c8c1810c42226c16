"""Where frames and joints were at a time: a short history of each, as tf2 keeps it. Pure; times [s] are those of the stamps.

Not tf2_ros: the ROS 2 wheels with which Tank runs where no ROS 2 is installed do not have it, nor its C++ buffer.
"""

from __future__ import annotations

import math
from bisect import bisect, bisect_left, insort
from collections.abc import Callable, Iterator, Mapping
from operator import itemgetter
from typing import Generic, TypeVar

from tank_core.exceptions import TankError
from tank_core.frames import Quaternion, Transform, Vector, about, multiply, rotate

HISTORY = 10.0  # [s] that is kept, as in tf2
AHEAD = 0.1  # [s] beyond the newest that may be guessed
BACK = 1.0  # [s] a stamp this much older than the newest is not late: the clock was set back

Value = TypeVar("Value")


class TransformError(TankError, LookupError):
    """A transform that is not known, or not at that time."""


class History(Generic[Value]):
    """One thing's values by time. ``between(a, b, share)`` gives a at share 0, b at 1, and goes on beyond."""

    def __init__(self, between: Callable[[Value, Value, float], Value]) -> None:
        self._between = between
        self._entries: list[tuple[float, Value]] = []

    def add(self, time: float, value: Value) -> None:
        """In order of time, whenever it comes; the newest of one time counts. A clock that was set back begins anew."""
        if self._entries and time < self._entries[-1][0] - BACK:
            self._entries.clear()
        place = bisect_left(self._entries, time, key=_time)
        if place < len(self._entries) and self._entries[place][0] == time:
            self._entries[place] = time, value
        else:
            insort(self._entries, (time, value), key=_time)
        del self._entries[: bisect_left(self._entries, self._entries[-1][0] - HISTORY, key=_time)]

    def at(self, time: float, ahead: float = AHEAD) -> Value:
        """Interpolated; guessed from the last motion up to ``ahead`` [s] beyond the newest. Raises TransformError outside of that."""
        (first, _), (last, newest) = self._entries[0], self._entries[-1]
        if time > last + ahead:
            raise TransformError(f"it is wanted at {time:.3f} s and known up to {last:.3f} s")
        if time < first:
            raise TransformError(f"it is wanted at {time:.3f} s and known from {first:.3f} s on")
        if time > last:
            # From as far back as it may go ahead: one jump of 20 ms is not multiplied by 5, and noise hardly at all.
            before = max(first, last - AHEAD)
            return self._between(self.at(before), newest, 1.0 + (time - last) / (last - before)) if before < last else newest
        place = bisect(self._entries, time, key=_time) - 1
        earlier, value = self._entries[place]
        if time == earlier:
            return value
        later, following = self._entries[place + 1]
        return self._between(value, following, (time - earlier) / (later - earlier))


_time = itemgetter(0)


class Transforms:
    """The frames of one robot, as a tree."""

    def __init__(self) -> None:
        self._moving: dict[str, tuple[str, History[Transform]]] = {}  # by child, with its parent
        self._fixed: dict[str, Transform] = {}  # by child

    def add(self, transform: Transform, time: float) -> None:
        """Where a frame was at ``time``. Raises TransformError for numbers that are no pose."""
        transform = _checked(transform)
        self._fixed.pop(transform.child, None)
        if self._moving.get(transform.child, ("",))[0] != transform.parent:
            self._moving[transform.child] = transform.parent, History(between)
        self._moving[transform.child][1].add(time, transform)

    def add_fixed(self, transform: Transform) -> None:
        """Where a frame is, for ever. Raises TransformError for numbers that are no pose."""
        self._moving.pop(transform.child, None)
        self._fixed[transform.child] = _checked(transform)

    def lookup(self, parent: str, child: str, time: float, ahead: float = AHEAD) -> Transform:
        """Pose of ``child`` in ``parent`` at ``time``. Raises TransformError in one line when it is not known then."""
        down, up = list(self._ancestors(child)), list(self._ancestors(parent))
        meeting = next((frame for frame in down if frame in up), None)
        if meeting is None:
            raise TransformError(f"no transform {parent} -> {child}: {self._missing(parent, child)}")
        try:
            there = self._descend(down[: down.index(meeting)], meeting, time, ahead)
            here = self._descend(up[: up.index(meeting)], meeting, time, ahead)
        except TransformError as error:
            raise TransformError(f"no transform {parent} -> {child} at that time: {error}") from None
        return compose(inverse(here), there)

    def _ancestors(self, frame: str) -> Iterator[str]:
        """The frame, its parent, and so on."""
        seen: set[str] = set()
        while frame not in seen:  # frames that go round in a circle end
            yield frame
            seen.add(frame)
            frame = self._parent(frame) or frame

    def _parent(self, frame: str) -> str | None:
        return self._fixed[frame].parent if frame in self._fixed else self._moving.get(frame, (None,))[0]

    def _descend(self, path: list[str], top: str, time: float, ahead: float) -> Transform:
        """From ``top`` to the first frame of a path that leads up to it."""
        whole = Transform(top, top)
        for frame in reversed(path):
            whole = compose(whole, self._at(frame, time, ahead))
        return whole

    def _at(self, frame: str, time: float, ahead: float) -> Transform:
        if frame in self._fixed:
            return self._fixed[frame]
        parent, history = self._moving[frame]
        try:
            return history.at(time, ahead)
        except TransformError as error:
            raise TransformError(f"{parent} -> {frame}: {error}") from None

    def _missing(self, *frames: str) -> str:
        known = sorted({*self._fixed, *self._moving, *(t.parent for t in self._fixed.values()), *(p for p, _ in self._moving.values())})
        if not known:
            return "nothing came on tf or tf_static"
        lost = [repr(frame) for frame in frames if frame not in known]
        return f"{' and '.join(lost) or 'a frame between them'} is not on tf; there are {', '.join(known)}"


class Joints:
    """Positions of joints over time [rad or m], whoever publishes which of them."""

    def __init__(self) -> None:
        self._histories: dict[str, History[float]] = {}

    def add(self, positions: Mapping[str, float], time: float) -> None:
        for name, position in positions.items():
            if math.isfinite(position):
                self._histories.setdefault(name, History(_blend)).add(time, position)

    def at(self, time: float, ahead: float = AHEAD) -> dict[str, float]:
        """Those that are known then."""
        positions = {}
        for name, history in self._histories.items():
            try:
                positions[name] = history.at(time, ahead)
            except TransformError:  # left out: a joint that is silent is not known
                continue
        return positions


def between(first: Transform, second: Transform, share: float) -> Transform:
    """From one pose of a frame to another: straight, and by the shorter turn about one axis (slerp)."""
    shift = tuple(_blend(a, b, share) for a, b in zip(first.translation, second.translation, strict=True))
    turn = multiply(_conjugate(first.rotation), second.rotation)
    axis, length = turn[:3], math.hypot(*turn[:3])
    if length < 1e-12:
        return Transform(second.parent, second.child, _vector(shift), second.rotation)
    angle = math.remainder(2.0 * math.atan2(length, turn[3]), math.tau)
    return Transform(second.parent, second.child, _vector(shift), multiply(first.rotation, about(axis, angle * share)))


def compose(first: Transform, second: Transform) -> Transform:
    """A in B and B's child in it: first.parent -> second.child."""
    shift = rotate(first.rotation, second.translation)
    place = tuple(a + b for a, b in zip(first.translation, shift, strict=True))
    return Transform(first.parent, second.child, _vector(place), multiply(first.rotation, second.rotation))


def inverse(transform: Transform) -> Transform:
    """The parent in the child."""
    back = _conjugate(transform.rotation)
    x, y, z = rotate(back, transform.translation)
    return Transform(transform.child, transform.parent, (-x, -y, -z), back)


def _checked(transform: Transform) -> Transform:
    """With a rotation of length 1, as some publishers round it."""
    x, y, z, w = transform.rotation
    length = math.hypot(x, y, z, w)
    if not (math.isfinite(length) and all(map(math.isfinite, transform.translation)) and abs(length - 1.0) < 0.1):
        what = f"translation {transform.translation}, rotation {transform.rotation}"
        raise TransformError(
            f"transform {transform.parent} -> {transform.child} is no pose: {what}; give finite numbers, a unit quaternion"
        )
    rotation = (x / length, y / length, z / length, w / length)
    return Transform(transform.parent, transform.child, transform.translation, rotation)


def _conjugate(rotation: Quaternion) -> Quaternion:
    x, y, z, w = rotation
    return -x, -y, -z, w


def _blend(first: float, second: float, share: float) -> float:
    return first + (second - first) * share


def _vector(values: tuple[float, ...]) -> Vector:
    x, y, z = values
    return x, y, z
