"""Remembers places, with how unsure odometry has become of them since. Pure.

Places are in odom, which drifts: each keeps what was seen around it, and where that is seen again
elsewhere the place is moved along with it (``motion/landmarks.py``).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from tank_core.commands import Past
from tank_core.geometry import Place, Pose2D
from tank_core.state import Odometry
from tank_executor.memory import KnownGate, Thing
from tank_executor.motion.drift import SURE, Doubt, Drift
from tank_executor.motion.landmarks import Landmark, recognized, shifted
from tank_executor.motion.passages import Passages

MOST_PLACES = 100
MOST_LANDMARKS = 24  # of one place
# a thing is measured this well: that much, and this share of how far away it is
MEASURED_M, MEASURED_SHARE = 0.01, 0.03
AROUND_M = 0.3  # what is less sure than this, as deviation in the plane, is no landmark
SAME_M = 0.12  # what looks alike this near to a landmark is that landmark
BETTER = 0.7  # times the variance: a landmark that was measured so much better is taken anew
NOW_S = 0.05  # [s] what was seen in the newest image
SURE_ENOUGH = 0.3  # confidence below which a thing is no landmark
# drift below this is not worth a look around: deviation in the plane [m], and heading [rad]
DRIFTED_M, DRIFTED_RAD = 0.01, math.radians(1.0)
SURELY = Doubt()  # nothing is unsure
MOVED_M, MOVED_RAD = 0.05, math.radians(5.0)  # less than this is the same place

Key = str | Past  # a name, or a place that is kept by itself


@dataclass(frozen=True)
class Spot:
    """A place: its pose in odom, of which ``doubt`` is the moment.

    ``rest``: how unsure it was then. ``landmarks``: what stands around it, in odom, too.
    """

    pose: Pose2D
    doubt: Doubt
    rest: Doubt = SURELY
    landmarks: tuple[Landmark, ...] = ()
    known_by: tuple[str, ...] = ()  # the things by which it was recognized last
    passed: int = 0  # gates that the robot had driven through by then


@dataclass(frozen=True)
class Offness:
    """The error of a place [m] and of its heading [rad], hardly ever exceeded."""

    distance: float
    heading: float


class Places:
    """The places that the robot knows: by name, and where requests began.

    Feed it every odometry that can be believed with ``note``. ``start`` is where the robot was
    first, ``here`` where the newest request began, ``before`` where the last one did that moved it.
    """

    def __init__(self) -> None:
        self._lost, self._lost_names = "", list[str]()  # why places were forgotten: told once
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._named: dict[str, Spot] = {}
        self._kept: dict[str, Spot] = {}  # by Past, which equals its name: apart from names
        self._drift = Drift()
        self.passages = Passages()
        self._seen: dict[int, tuple[Landmark, Doubt]] = {}
        self._images = -math.inf  # [s] the newest image whose things were noted
        self._pose: Pose2D | None = None

    @property
    def pose(self) -> Pose2D | None:
        """The robot's pose in odom, as told last."""
        return self._pose

    @property
    def doubt(self) -> Doubt:
        """The doubt of odometry by now; that of a way is the difference of two."""
        return self._drift.doubt

    @property
    def names(self) -> list[str]:
        """The names that somebody gave, in their order."""
        return list(self._named)

    def __getitem__(self, key: Key) -> Spot:
        """The place as it is known now; raises KeyError."""
        return self._shelf(key)[key]

    def __contains__(self, key: Key) -> bool:
        return key in self._shelf(key)

    def _shelf(self, key: Key) -> dict[str, Spot]:
        return self._kept if isinstance(key, Past) else self._named

    # What it is told

    def note(self, odometry: Odometry, things: Iterable[Thing], time: float) -> None:
        """Take over odometry, and the things of the image of ``time`` [s]."""
        self._drift.note(odometry)
        self._pose = odometry.pose
        if Past.START not in self._kept:
            self._kept[Past.START] = self._spot()
        if time > self._images:
            self._images = time
            self._see(thing for thing in things if time - thing.seen <= NOW_S)

    def begin(self) -> None:
        """A request begins here."""
        if self._pose is None:
            return
        here = self._kept.get(Past.HERE)
        if here is not None and not self._is_at(here):
            self._kept[Past.BEFORE] = here
        self._kept[Past.HERE] = self._spot()

    def remember(self, name: str) -> bool:
        """Keep where the robot is under a name; returns whether it was known."""
        known = name in self._named
        self._named[name] = self._spot()
        return known

    def put(self, name: str, pose: Pose2D, rest: Doubt, landmarks: tuple[Landmark, ...]) -> None:
        """Keep a place of another session, told in odom as it was at the start.

        ``rest`` is how unsure it is besides. Raises KeyError while there is no odometry.
        """
        start = self._kept[Past.START]
        self._named[name] = Spot(pose, start.doubt, start.rest + rest, landmarks)

    def drop(self, name: str) -> None:
        """Forget a name; raises KeyError."""
        del self._named[name]

    def forget(self, reason: str) -> None:
        """Forget everything, because nothing that was known by odometry holds.

        ``complaint`` tells it, once; not where the reason is empty.
        """
        self._lost_names += [name for name in self.names if name not in self._lost_names]
        self._lost = reason if self._pose is not None else self._lost
        self._begin_anew()

    def complaint(self) -> str | None:
        """The reason why places were forgotten, in words; None once told."""
        reason, names = self._lost, self._lost_names
        self._lost, self._lost_names = "", []
        if not reason:
            return None
        lost = f"{listed(names)}; show me again" if names else "where I was"
        return f"I lost my bearings ({reason}), and forgot {lost}"

    # What it knows

    def gates_to(self, key: Key) -> list[KnownGate]:
        """The gates by which the robot came from a place, as they lead back."""
        spot, pose = self[key], self._pose or Pose2D()
        return self.passages.back(spot.passed, (pose.x, pose.y), (spot.pose.x, spot.pose.y))

    def off(self, key: Key) -> Offness:
        """The error that a place in odom may have by now."""
        spot = self[key]
        doubt = self._doubt(spot)
        at = (spot.pose.x, spot.pose.y)
        return Offness(doubt.reach(at), SURE * math.sqrt(doubt.yaw))

    def _doubt(self, spot: Spot) -> Doubt:
        return spot.rest + self._drift.doubt.between(spot.doubt)

    def _is_at(self, spot: Spot) -> bool:
        pose = self._pose
        return (
            pose is not None
            and pose.distance(spot.pose) <= MOVED_M
            and pose.turned(spot.pose) <= MOVED_RAD
        )

    def _spot(self) -> Spot:
        """The place where the robot is, with what it has seen around."""
        if self._pose is None:
            raise ValueError("no odometry was noted yet")
        here = (self._pose.x, self._pose.y)
        around = [
            one
            for one in self._around().values()
            if math.dist(one.place, here) > 0.0 and one.variance <= AROUND_M**2 / 2
        ]
        marks = tuple(around[-MOST_LANDMARKS:])
        return Spot(self._pose, self._drift.doubt, landmarks=marks, passed=self.passages.count)

    # Landmarks

    def _see(self, things: Iterable[Thing]) -> None:
        if self._pose is None:
            return
        here, now = (self._pose.x, self._pose.y), self._drift.doubt
        for thing in things:
            if thing.color is None or not thing.on_floor or thing.confidence < SURE_ENOUGH:
                continue
            place = (thing.x, thing.y)
            error = MEASURED_M + MEASURED_SHARE * math.dist(place, here)
            self._seen.pop(thing.id, None)
            self._seen[thing.id] = Landmark(thing.color, thing.shape, place, error**2), now
        for shelf in (self._named, self._kept):
            for key, spot in shelf.items():
                shelf[key] = self._recognize(spot)

    def _around(self) -> dict[int, Landmark]:
        """The things seen lately, by id, as unsure as they are by now."""
        now = self._drift.doubt
        return {
            id_: replace(
                one,
                variance=one.variance + (doubt := now.since(then)).at(one.place) / 2,
                turned=one.turned + doubt.yaw,
            )
            for id_, (one, then) in self._seen.items()
        }

    def _recognize(self, spot: Spot) -> Spot:
        """Move a place along with what is recognized around it."""
        doubt, at = self._doubt(spot), (spot.pose.x, spot.pose.y)
        drifted = doubt.since(spot.rest)
        around = [one for one in self._around().values() if one.variance <= AROUND_M**2 / 2]
        if drifted.at(at) > DRIFTED_M**2 or drifted.yaw > DRIFTED_RAD**2:
            fix = recognized(spot.landmarks, around, doubt, at)
            if fix is not None:
                pose = Pose2D(*fix.shift.to_world(at), spot.pose.yaw + fix.shift.yaw)
                known_by = tuple(_name(one) for one in fix.seen)
                marks = tuple(shifted(one, fix.shift) for one in spot.landmarks)
                spot = replace(
                    spot,
                    pose=pose,
                    doubt=self._drift.doubt,
                    rest=fix.rest,
                    landmarks=marks,
                    known_by=known_by,
                )
                doubt = fix.rest
        return replace(spot, landmarks=_with_new(spot.landmarks, around, doubt))


def _with_new(
    known: tuple[Landmark, ...], seen: Iterable[Landmark], doubt: Doubt
) -> tuple[Landmark, ...]:
    """Add what is new around a place, or measured better than before."""
    marks = list(known)
    for one in seen:
        variance = one.variance + doubt.at(one.place) / 2
        one = replace(one, variance=variance, turned=one.turned + doubt.yaw)
        if one.variance > AROUND_M**2 / 2:
            continue
        same = next(
            (
                index
                for index, mark in enumerate(marks)
                if mark.color == one.color and _near(mark.place, one)
            ),
            None,
        )
        if same is None and len(marks) < MOST_LANDMARKS:
            marks.append(one)
        elif same is not None and one.variance < BETTER * marks[same].variance:
            marks[same] = one
    return tuple(marks)


def _near(place: Place, one: Landmark) -> bool:
    return math.dist(place, one.place) <= max(SAME_M, 3 * math.sqrt(one.variance))


def _name(one: Landmark) -> str:
    return f"the {one.color} {one.shape if one.shape not in (None, 'other') else 'thing'}"


def listed(words: Iterable[str]) -> str:
    """Words as a list in a sentence: "kitchen, base and dock"."""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
