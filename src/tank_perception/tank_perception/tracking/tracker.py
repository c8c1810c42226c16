"""Keeps objects over images, in the odom frame. Pure.

Their places, names and ages, and those that are out of sight.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tank_core.commands import Color, Shape
from tank_core.geometry import Place, Pose2D
from tank_core.state import OTHER_SHAPE, Array, Detection
from tank_perception.detection.findings import Finding
from tank_perception.tracking.observation import Observation
from tank_perception.tracking.planar import Spread, fused, round_spread

# odometry that goes farther between two images was set anew: nothing that was known is where it was
RESET_JUMP_M = 0.5
KEEP_S = 600.0  # what was not seen for longer is forgotten
MISSES = 3  # images in a row that should show an object and do not
SIGHTINGS = 2  # an object is reported from so many on ...
SURE_AT_ONCE = 0.8  # ... or from one with this confidence
GATE = 4.0  # standard deviations within which a finding can be the same object
GATE_LEAST_M = 0.04  # and it always can be within this
GATE_MOST_M = 0.15
MOVED = 3.0  # standard deviations: the object was moved, and its old place says nothing
# of a measurement's variance that many of them leave: the errors of one place are alike, so no mean
# is better
REST = 0.3
SLIP = 0.02  # odometry errs by this share of the way and of the turn
# The shape, by the mean over the last images of how much worse the other shapes fit. Measured on 24
# episodes in clutter: 86 % of what was
# seen had a shape then, 0.8 % a wrong one (docs/LOG.md).
TRACK_SHAPE_MARGIN = 12.0  # chi-square by which the best shape must be better than the next
SHAPE_MOST = 60.0  # one image tells no more than this
# of a new image in the mean: errors are alike while the robot stands, so many images do not tell
# more
SHAPE_SHARE = 0.2
DROP_M = 0.03  # what is let go rolls and slips by about this
HAND_M = 0.15  # what is held was near the hand before


@dataclass
class Track:
    """An object: where it is in odom [m], and what is known of it."""

    id: int
    color: Color | None
    place: Place
    spread: Spread
    height: float  # of the center over the floor [m]
    size: tuple[float, float, float]
    box: tuple[int, int, int, int]
    confidence: float
    seen_at: float
    sightings: int = 0
    misses: int = 0
    held: bool = False
    obstacle: bool = False
    # chi-square of each shape over the best one, in the mean
    excess: tuple[float, ...] = (0.0,) * len(Shape)
    told: int = 0  # images that told something of the shape

    @property
    def shape(self) -> Shape | None:
        """The shape that fits clearly better than the others.

        None while none does.
        """
        ranked = sorted(zip(self.excess, Shape, strict=True), key=lambda entry: entry[0])
        return ranked[0][1] if ranked[1][0] - ranked[0][0] >= TRACK_SHAPE_MARGIN else None

    @property
    def sure(self) -> bool:
        return self.held or self.sightings >= SIGHTINGS


class _Placed(NamedTuple):
    """A finding, and where it is in odom [m]."""

    finding: Finding
    place: Place
    spread: Spread


class Tracker:
    """The objects over time.

    Colors never change, so findings of two colors are never one object.
    """

    def __init__(self) -> None:
        self.tracks: list[Track] = []
        self._count = 0
        self._base: Pose2D | None = None

    def reset(self) -> None:
        """Forget everything; ids go on."""
        self.tracks, self._base = [], None

    def update(
        self,
        findings: Sequence[Finding],
        base: Pose2D,
        time: float,
        sight: Observation,
        tool: Array | None,
    ) -> None:
        """Take in the findings of an image, in base_link.

        It was taken at ``time`` [s] with the robot at ``base`` in odom. ``tool`` [m] (3,) is where
        something between the fingers would be; None: there is nothing, they are closed or wide
        open.
        """
        self._drift(base)
        self._base = base
        for finding in findings:
            if finding.held:
                self._take(_placed(finding, base), time)
        self._carry(tool, base, time)
        floor = sorted(
            (finding for finding in findings if not finding.held), key=lambda item: item.box
        )
        placed = [_placed(finding, base) for finding in floor]
        taken = self._match(placed, time)
        for index in set(range(len(floor))) - taken:
            self._begin(placed[index], time)
        self._miss(base, time, sight)

    def detections(self, base: Pose2D, time: float) -> tuple[Detection, ...]:
        """Return all objects that are sure, in base_link of a robot at base."""
        return tuple(_detection(track, base, time) for track in self.tracks if track.sure)

    # -- Motion
    # ----------------------------------------------------------------------------------------------

    def _drift(self, base: Pose2D) -> None:
        """Widen the spreads: the farther the robot goes, the less is known.

        That is so of things that it does not see.
        """
        if self._base is None:
            return
        way, turn = self._base.distance(base), self._base.turned(base)
        if way > RESET_JUMP_M:
            self.reset()
        for track in self.tracks:
            x, y = track.place[0] - base.x, track.place[1] - base.y
            # As a random walk, in which 1 m and 1 rad give the named share. A turn moves what is at
            # (x, y) along (-y, x).
            walk = Spread(way + turn * y * y, -turn * x * y, way + turn * x * x)
            track.spread = track.spread.plus(walk.scaled(SLIP**2))

    # -- The floor
    # ----------------------------------------------------------------------------------------------

    def _match(self, placed: Sequence[_Placed], time: float) -> set[int]:
        """Give findings to tracks, the likeliest pairs first.

        Returns the indices of those that found one.
        """
        pairs = []
        for index, (finding, place, spread) in enumerate(placed):
            for track in self.tracks:
                if track.held or track.color != finding.color:
                    continue
                away = math.dist(place, track.place)
                # most pairs; GATE_LEAST_M is less than that
                if away > GATE_MOST_M + math.sqrt(track.spread.trace):
                    continue
                unlikely = spread.plus(track.spread).deviations(
                    place[0] - track.place[0], place[1] - track.place[1]
                )
                if away <= GATE_LEAST_M or unlikely <= GATE:
                    pairs.append(
                        (
                            unlikely + (5.0 if track.obstacle != finding.obstacle else 0.0),
                            track.id,
                            index,
                            track,
                        )
                    )
        given: set[int] = set()
        updated: set[int] = set()
        for _, number, index, track in sorted(pairs, key=lambda pair: pair[:3]):
            if index not in given and number not in updated:
                given.add(index)
                updated.add(number)
                _see(track, placed[index], time)
        return given

    def _begin(self, placed: _Placed, time: float) -> None:
        track = self._new(placed, placed.finding.position[2].item(), time)
        _describe(track, placed.finding, time)
        track.sightings = SIGHTINGS if placed.finding.confidence >= SURE_AT_ONCE else 1

    def _new(self, placed: _Placed, height: float, time: float) -> Track:
        self._count += 1
        finding = placed.finding
        track = Track(
            self._count,
            finding.color,
            placed.place,
            placed.spread,
            height,
            finding.size,
            finding.box,
            0.0,
            time,
        )
        self.tracks.append(track)
        return track

    def _miss(self, base: Pose2D, time: float, sight: Observation) -> None:
        """Count who should be in this image and is not; forget who is lost.

        The old are forgotten, too.
        """
        unseen = [track for track in self.tracks if track.seen_at < time and not track.held]
        for track in unseen:
            x, y = base.to_local(track.place)
            if sight.shows((x, y, track.height), track.size[0], track.color):
                track.misses += 1
        self.tracks = [
            track
            for track in self.tracks
            if track.misses < (MISSES if track.sure else 1)
            and (track.held or time - track.seen_at <= KEEP_S)
        ]

    # -- The hand
    # ----------------------------------------------------------------------------------------------

    def _take(self, placed: _Placed, time: float) -> None:
        """Know what is held: the object of that color that lay at the hand.

        It lies there no more.
        """
        finding, place, spread = placed
        held = next(
            (track for track in self.tracks if track.held and track.color == finding.color), None
        )
        if held is None:
            near = [
                (math.dist(track.place, place), track.id, track)
                for track in self.tracks
                if track.color == finding.color and not track.obstacle
            ]
            distance, _, held = min(near, key=lambda pair: pair[:2], default=(math.inf, 0, None))
            if held is None or distance > HAND_M:
                held = self._new(placed, 0.0, time)
        held.held, held.place, held.spread = True, place, spread
        held.height, held.size, held.box = finding.position[2].item(), finding.size, finding.box
        held.confidence, held.seen_at, held.misses = finding.confidence, time, 0

    def _carry(self, tool: Array | None, base: Pose2D, time: float) -> None:
        """Move what is held with the hand, seen or not.

        What was held and is not any more lies under the hand, more or less.
        """
        for track in self.tracks:
            if track.held and tool is None:
                track.held, track.height = False, track.size[2] / 2
                track.spread = track.spread.plus(round_spread(DROP_M**2))
            elif track.held and tool is not None and track.seen_at < time:
                x, y, track.height = tool.tolist()
                track.place = base.to_world((x, y))


def _placed(finding: Finding, base: Pose2D) -> _Placed:
    x, y, _ = finding.position.tolist()
    return _Placed(finding, base.to_world((x, y)), Spread.of(finding.covariance).turned(base.yaw))


def _see(track: Track, placed: _Placed, time: float) -> None:
    """Update a track by a Kalman filter for what does not move.

    If it was moved all the same, its old place says nothing.
    """
    finding, place, noise = placed
    if (
        track.spread.plus(noise).deviations(place[0] - track.place[0], place[1] - track.place[1])
        > MOVED
    ):
        track.place, track.spread = place, noise
    elif track.spread.trace > REST * noise.trace:
        track.place, rest = fused(track.place, track.spread, place, noise)
        track.spread = rest.scaled(max(1.0, REST * noise.trace / rest.trace))
    _describe(track, finding, time)
    track.sightings += 1


def _describe(track: Track, finding: Finding, time: float) -> None:
    if finding.excess or finding.obstacle:
        track.told += 1
        share, news = max(SHAPE_SHARE, 1 / track.told), finding.excess or (0.0,) * len(Shape)
        track.excess = tuple(
            old + share * (min(new, SHAPE_MOST) - old)
            for old, new in zip(track.excess, news, strict=True)
        )
    if finding.seen > 0.8 or track.sightings == 0:
        share = 1.0 if track.sightings == 0 else 0.3
        width, depth, height = (
            old + share * (new - old) for old, new in zip(track.size, finding.size, strict=True)
        )
        track.size, track.obstacle = (width, depth, height), finding.obstacle
        track.height += share * (finding.position[2].item() - track.height)
    track.box, track.seen_at, track.misses = finding.box, time, 0
    track.confidence += (finding.confidence - track.confidence) * (
        1.0 if track.sightings == 0 else 0.5
    )


def _detection(track: Track, base: Pose2D, time: float) -> Detection:
    x, y = base.to_local(track.place)
    spread = track.spread.turned(-base.yaw)
    color, shape = track.color, OTHER_SHAPE if track.obstacle and not track.held else track.shape
    return Detection(
        id=track.id,
        color=None if color is None else str(color),
        shape=None if shape is None else str(shape),
        position=(x, y, track.height),
        size=track.size,
        confidence=min(1.0, max(0.0, track.confidence)),
        age=max(0.0, time - track.seen_at),
        covariance=(
            spread.xx,
            spread.xy,
            0.0,
            spread.xy,
            spread.yy,
            0.0,
            0.0,
            0.0,
            1e-6 + (0.1 * track.size[2]) ** 2,
        ),
        box=track.box,
    )
