"""Looks up frames at a time, out of all that was said on tf and tf_static.

Pure; times [s] are those of the stamps.

Not tf2_ros: the ROS 2 wheels with which Tank runs where no ROS 2 is installed do not have it, nor
its C++ buffer.

What is said may contradict itself: two senders, one of them wrong, or dead since. Nothing of it is
thrown away; each lookup joins the frames by what can be trusted most first, and leaves out whatever
would close a circle. So frames never go round in one, and a wrong sender's word is out of force as
soon as a better one is there, or the sender is silent. The order of trust:

1. tf that has come for a second and still does; what came first stays 2. tf_static: for one child,
the last that came; of different children, the first 3. tf that began just now 4. tf that fell
silent
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from tank_core.robot.frames import Transform
from tank_perception.frames.history import AHEAD, Era, History, TransformError, time_fault
from tank_perception.frames.poses import bare, between, checked, compose, inverse

# [s] without a word after which tf is out of force, and with one until it is trusted more than
# tf_static
SILENT = 1.0
MOST_FRAMES = 500  # frames on each of tf and tf_static; of more, those that were silent longest go

FramePair = tuple[str, str]  # parent, child


class _Moving:
    """The word of tf on one child in one parent."""

    def __init__(self, parent: str, child: str) -> None:
        self.parent, self.child, self.topic = parent, child, "tf"
        self._history: History[Transform] = History(between)
        self._since = 0.0  # [s] when it began to come without a break

    @property
    def newest(self) -> float:
        return self._history.newest

    def add(self, transform: Transform, time: float, now: float) -> None:
        if time > self._history.newest + SILENT:
            self._since = time
        self._history.add(time, transform, now)

    def trust(self, time: float) -> tuple[int, float, float]:
        """Rank it at ``time``: the less, the more it is trusted."""
        if not self.speaks(time):
            return 4, -self.newest, 0.0
        return (1 if self.newest - self._since >= SILENT else 3), self._since, 0.0

    def speaks(self, time: float) -> bool:
        return self.newest >= time - SILENT

    def at(self, time: float, ahead: float) -> Transform:
        try:
            return self._history.at(time, ahead)
        except TransformError as error:
            raise TransformError(f"{self.parent} -> {self.child}: {error}") from None


class _Fixed(NamedTuple):
    """The word of tf_static on one child in one parent.

    ``first``, ``last``: of all its child's, and of itself, by arrival.
    """

    transform: Transform
    first: int
    last: int

    @property
    def parent(self) -> str:
        return self.transform.parent

    @property
    def child(self) -> str:
        return self.transform.child

    @property
    def topic(self) -> str:
        return "tf_static"

    def trust(self, _: float) -> tuple[int, float, float]:
        return 2, self.first, -self.last

    def speaks(self, _: float) -> bool:
        return True

    def at(self, _: float, __: float) -> Transform:
        return self.transform


Edge = _Moving | _Fixed


class _Forest:
    """The edges that close no circle, whichever way they are gone.

    Between two frames there is at most one path.
    """

    def __init__(self, edges: list[Edge]) -> None:
        """Join the ``edges``, the most trusted first.

        A child's second parent comes after all first ones.
        """
        self.left_out: list[Edge] = []
        self._beside: dict[str, list[tuple[str, Edge]]] = defaultdict(list)
        # a frame nearer to the one by which those that hang together are known
        self._tops: dict[str, str] = {}
        placed: set[str] = set()
        second = []
        for edge in edges:
            if edge.child in placed:
                second.append(edge)
            elif self._join(edge):
                placed.add(edge.child)
        for edge in second:
            self._join(edge)

    def _join(self, edge: Edge) -> bool:
        one, other = self._top(edge.parent), self._top(edge.child)
        if one == other:
            self.left_out.append(edge)
            return False
        self._tops[other] = one
        self._beside[edge.parent].append((edge.child, edge))
        self._beside[edge.child].append((edge.parent, edge))
        return True

    def _top(self, frame: str) -> str:
        while (nearer := self._tops.get(frame)) is not None:
            frame = nearer
        return frame

    def path(self, start: str, end: str) -> list[Edge] | None:
        """Return the edges from one frame to another.

        None where they do not hang together.
        """
        if self._top(start) != self._top(end):
            return None
        ways: list[tuple[str, str, list[Edge]]] = [(start, "", [])]
        while ways:
            frame, origin, edges = ways.pop()
            if frame == end:
                return edges
            ways += [
                (beside, frame, [*edges, edge])
                for beside, edge in self._beside[frame]
                if beside != origin
            ]
        return None


class Transforms:
    """The frames of one robot."""

    def __init__(self) -> None:
        self._moving: dict[FramePair, _Moving] = {}
        self._fixed: dict[FramePair, _Fixed] = {}
        # of each child on tf_static, when it came first, by arrival
        self._first: dict[str, int] = {}
        self._arrivals = 0
        self._era = Era()

    def add(self, transform: Transform, time: float, now: float | None = None) -> None:
        """Take over where a frame was at ``time``.

        ``now`` [s]: the clock's time; None: the stamp's own. Raises TransformError for numbers that
        are no pose, a frame that hangs on itself, and a stamp that is of another time.
        """
        transform, now = checked(transform), time if now is None else now
        if self._era.begins(now):
            self._moving.clear()
        fault = time_fault(time, now)
        if fault:
            raise TransformError(
                f"transform {transform.parent} -> {transform.child} is not used: {fault}"
            )
        pair = transform.parent, transform.child
        if pair not in self._moving and len(self._moving) >= MOST_FRAMES:
            del self._moving[min(self._moving, key=lambda old: self._moving[old].newest)]
        self._moving.setdefault(pair, _Moving(*pair)).add(transform, time, now)

    def add_fixed(self, transform: Transform) -> None:
        """Take over where a frame is, until ``forget_fixed``.

        Raises TransformError for numbers that are no pose, a frame that hangs on itself.
        """
        transform = checked(transform)
        pair = transform.parent, transform.child
        if pair not in self._fixed and len(self._fixed) >= MOST_FRAMES:
            oldest = min(self._fixed, key=lambda old: self._fixed[old].last)
            del self._fixed[oldest]
            self._first.pop(oldest[1], None)
        self._arrivals += 1
        first = self._first.setdefault(transform.child, self._arrivals)
        self._fixed[pair] = _Fixed(transform, first, self._arrivals)

    def forget_fixed(self) -> None:
        """Forget what came on tf_static, as when one of its senders ended.

        Those that live will say it again.
        """
        self._fixed.clear()
        self._first.clear()

    def frames(self) -> list[str]:
        """The names of all frames."""
        return sorted({frame for pair in (*self._fixed, *self._moving) for frame in pair})

    def lookup(self, parent: str, child: str, time: float, ahead: float = AHEAD) -> Transform:
        """Return the pose of ``child`` in ``parent`` at ``time``.

        Raises TransformError in one line when it is not known then.
        """
        parent, child = bare(parent), bare(child)
        path = self._forest(time).path(parent, child)
        if path is None:
            raise TransformError(
                f"no transform {parent} -> {child}: {self._missing(parent, child)}"
            )
        whole = Transform(parent, parent)
        try:
            for edge in path:
                step = edge.at(time, ahead)
                whole = compose(whole, step if edge.parent == whole.child else inverse(step))
        except TransformError as error:
            raise TransformError(
                f"no transform {parent} -> {child} at that time: {error}"
            ) from None
        return whole

    def contradictions(self, now: float) -> Iterator[str]:
        """Yield a sentence for each word that is said, and yet out of force.

        It contradicts what is trusted more.
        """
        forest = self._forest(now)
        for edge in forest.left_out:
            if edge.speaks(now):
                path = forest.path(edge.child, edge.parent) or ()
                held = ", ".join(
                    f"{other.parent} -> {other.child} on {other.topic}" for other in path
                )
                yield (
                    f"{edge.parent} -> {edge.child} on {edge.topic} is not used: it would close a "
                    f"circle with {held}; "
                    "end one of the senders that contradict each other"
                )

    def _forest(self, time: float) -> _Forest:
        edges: list[Edge] = [*self._moving.values(), *self._fixed.values()]
        return _Forest(sorted(edges, key=lambda edge: edge.trust(time)))

    def _missing(self, *frames: str) -> str:
        known = self.frames()
        if not known:
            return "nothing came on tf or tf_static"
        lost = [repr(frame) for frame in frames if frame not in known]
        return (
            f"{' and '.join(lost) or 'a frame between them'} is not on tf; there are "
            f"{', '.join(known)}"
        )
