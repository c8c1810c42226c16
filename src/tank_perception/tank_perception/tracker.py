"""Keeps objects over images, in the odom frame: their places, names and ages, and those that are out of sight. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from tank_core.commands import Color, Shape
from tank_core.state import Array, Detection, Pose2D
from tank_perception.findings import Finding
from tank_perception.sight import Sight

JUMP_M = 0.5  # odometry that goes farther between two images was set anew: nothing that was known is where it was
KEEP_S = 600.0  # what was not seen for longer is forgotten
MISSES = 3  # images in a row that should show an object and do not
SIGHTINGS = 2  # an object is reported from so many on ...
SURE = 0.8  # ... or from one with this confidence
GATE = 4.0  # standard deviations within which a finding can be the same object
GATE_LEAST_M = 0.04  # and it always can be within this
GATE_MOST_M = 0.15
MOVED = 3.0  # standard deviations: the object was moved, and its old place says nothing
REST = 0.3  # of a measurement's variance that many of them leave: the errors of one place are alike, so no mean is better
SLIP = 0.02  # odometry errs by this share of the way and of the turn
VOTES = 12.0  # what was seen longest ago is outvoted after about so many clear images
MAJORITY = 0.6
DROP_M = 0.03  # what is let go rolls and slips by about this
HAND_M = 0.15  # what is held was near the hand before


@dataclass
class Track:
    """One object: where it is in odom [m], and what is known of it."""

    id: int
    color: Color | None
    place: Array  # (2,)
    spread: Array  # covariance [m^2]  # (2, 2)
    height: float  # of the centre over the floor [m]
    size: tuple[float, float, float]
    box: tuple[int, int, int, int]
    confidence: float
    seen_at: float
    sightings: int = 0
    misses: int = 0
    held: bool = False
    obstacle: bool = False
    votes: dict[Shape | None, float] = field(default_factory=dict)

    @property
    def shape(self) -> Shape | None:
        """The shape that most of what was seen says; None while nothing has a clear majority."""
        total = sum(self.votes.values())
        best = max(self.votes, key=lambda shape: self.votes[shape], default=None)
        return best if best is not None and self.votes[best] >= MAJORITY * total else None

    @property
    def sure(self) -> bool:
        return self.held or self.sightings >= SIGHTINGS


class Tracker:
    """Objects over time. Colors never change, so findings of two colors are never one object."""

    def __init__(self) -> None:
        self.tracks: list[Track] = []
        self._count = 0
        self._base: Pose2D | None = None

    def reset(self) -> None:
        """Forget everything; ids go on."""
        self.tracks, self._base = [], None

    def update(self, findings: Sequence[Finding], base: Pose2D, time: float, sight: Sight, tool: Array | None) -> None:
        """Take in one image's findings (in base_link), taken at ``time`` [s] with the robot at ``base`` in odom.

        ``tool`` [m] (3,) is where something between the fingers would be; None: there is nothing, they are closed or wide open.
        """
        self._drift(base)
        self._base = base
        for finding in findings:
            if finding.held:
                self._take(finding, base, time)
        self._carry(tool, base, time)
        floor = sorted((finding for finding in findings if not finding.held), key=lambda item: item.box)
        taken = self._match(floor, base, time)
        for index in set(range(len(floor))) - taken:
            self._begin(floor[index], base, time)
        self._miss(base, time, sight)

    def detections(self, base: Pose2D, time: float) -> tuple[Detection, ...]:
        """All objects that are sure, in base_link of a robot at ``base``."""
        return tuple(_detection(track, base, time) for track in self.tracks if track.sure)

    # -- Motion -------------------------------------------------------------------------------------------------------------------

    def _drift(self, base: Pose2D) -> None:
        """The farther the robot goes, the less is known where things are that it does not see."""
        if self._base is None:
            return
        way = math.hypot(base.x - self._base.x, base.y - self._base.y)
        turn = abs(math.remainder(base.yaw - self._base.yaw, 2 * math.pi))
        if way > JUMP_M:
            self.reset()
        for track in self.tracks:
            aside = track.place - (base.x, base.y)
            lever = np.array((-aside[1], aside[0]))
            # As a random walk, in which 1 m and 1 rad give the named share.
            track.spread = track.spread + SLIP**2 * (way * np.eye(2) + turn * np.outer(lever, lever))

    # -- The floor ----------------------------------------------------------------------------------------------------------------

    def _match(self, findings: Sequence[Finding], base: Pose2D, time: float) -> set[int]:
        """Give findings to tracks, the likeliest pairs first; returns the indices of those that found one."""
        pairs = []
        for index, finding in enumerate(findings):
            place, spread = _in_odom(finding, base)
            for track in self.tracks:
                if track.held or track.color != finding.color:
                    continue
                offset = place - track.place
                away = float(np.linalg.norm(offset))
                unlikely = _deviations(offset, spread + track.spread)
                if away <= GATE_LEAST_M or (unlikely <= GATE and away <= GATE_MOST_M + math.sqrt(track.spread.trace())):
                    pairs.append((unlikely + (5.0 if track.obstacle != finding.obstacle else 0.0), track.id, index, track))
        given: set[int] = set()
        updated: set[int] = set()
        for _, number, index, track in sorted(pairs, key=lambda pair: pair[:3]):
            if index not in given and number not in updated:
                given.add(index)
                updated.add(number)
                _see(track, findings[index], base, time)
        return given

    def _begin(self, finding: Finding, base: Pose2D, time: float) -> None:
        self._count += 1
        place, spread = _in_odom(finding, base)
        track = Track(self._count, finding.color, place, spread, float(finding.position[2]), finding.size, finding.box, 0.0, time)
        _describe(track, finding, time)
        track.sightings = SIGHTINGS if finding.confidence >= SURE else 1
        self.tracks.append(track)

    def _miss(self, base: Pose2D, time: float, sight: Sight) -> None:
        """Count who should be in this image and is not, and forget the lost and the old."""
        unseen = [track for track in self.tracks if track.seen_at < time and not track.held]
        for track in unseen:
            x, y = _into(base, track.place)
            if sight.shows((x, y, track.height), track.size[0], track.color):
                track.misses += 1
        self.tracks = [
            track
            for track in self.tracks
            if track.misses < (MISSES if track.sure else 1) and (track.held or time - track.seen_at <= KEEP_S)
        ]

    # -- The hand -----------------------------------------------------------------------------------------------------------------

    def _take(self, finding: Finding, base: Pose2D, time: float) -> None:
        """What is held is the object of that color that lay where the hand is; it lies there no more."""
        place, spread = _in_odom(finding, base)
        held = next((track for track in self.tracks if track.held and track.color == finding.color), None)
        if held is None:
            near = [
                (float(np.linalg.norm(track.place - place)), track.id, track)
                for track in self.tracks
                if track.color == finding.color and not track.obstacle
            ]
            distance, _, held = min(near, key=lambda pair: pair[:2], default=(math.inf, 0, None))
            if held is None or distance > HAND_M:
                self._count += 1
                held = Track(self._count, finding.color, place, spread, 0.0, finding.size, finding.box, 0.0, time)
                self.tracks.append(held)
        held.held, held.place, held.spread = True, place, spread
        held.height, held.size, held.box = float(finding.position[2]), finding.size, finding.box
        held.confidence, held.seen_at, held.misses = finding.confidence, time, 0

    def _carry(self, tool: Array | None, base: Pose2D, time: float) -> None:
        """What is held goes with the hand, seen or not; what was held and is not any more lies under the hand, more or less."""
        for track in self.tracks:
            if track.held and tool is None:
                track.held, track.height = False, track.size[2] / 2
                track.spread = track.spread + DROP_M**2 * np.eye(2)
            elif track.held and tool is not None and track.seen_at < time:
                track.place = _turn(base.yaw) @ tool[:2] + (base.x, base.y)
                track.height = float(tool[2])


def _see(track: Track, finding: Finding, base: Pose2D, time: float) -> None:
    """A Kalman filter for something that does not move, unless it does."""
    place, noise = _in_odom(finding, base)
    offset = place - track.place
    if _deviations(offset, track.spread + noise) > MOVED:
        track.place, track.spread = place, noise
    elif track.spread.trace() > REST * noise.trace():
        gain = track.spread @ np.linalg.inv(track.spread + noise)
        track.place = track.place + gain @ offset
        rest = track.spread - gain @ track.spread
        track.spread = rest * max(1.0, REST * noise.trace() / rest.trace())
    _describe(track, finding, time)
    track.sightings += 1


def _describe(track: Track, finding: Finding, time: float) -> None:
    weight = finding.confidence * min(1.0, finding.pixels / 20)
    for shape in track.votes:
        track.votes[shape] *= 1 - weight / VOTES
    if finding.shape is not None or finding.obstacle:
        track.votes[finding.shape] = track.votes.get(finding.shape, 0.0) + weight
    if finding.seen > 0.8 or track.sightings == 0:
        share = 1.0 if track.sightings == 0 else 0.3
        width, depth, height = (old + share * (new - old) for old, new in zip(track.size, finding.size, strict=True))
        track.size, track.obstacle = (width, depth, height), finding.obstacle
        track.height += share * (float(finding.position[2]) - track.height)
    track.box, track.seen_at, track.misses = finding.box, time, 0
    track.confidence += (finding.confidence - track.confidence) * (1.0 if track.sightings == 0 else 0.5)


def _detection(track: Track, base: Pose2D, time: float) -> Detection:
    x, y = _into(base, track.place)
    turn = _turn(-base.yaw)
    spread = np.zeros((3, 3))
    spread[:2, :2] = turn @ track.spread @ turn.T
    spread[2, 2] = 1e-6 + (0.1 * track.size[2]) ** 2
    color, shape = track.color, track.shape
    return Detection(
        id=track.id,
        color=None if color is None else str(color),
        shape=None if shape is None else str(shape),
        position=(x, y, track.height),
        size=track.size,
        confidence=min(1.0, max(0.0, track.confidence)),
        age=max(0.0, time - track.seen_at),
        covariance=tuple(spread.ravel().tolist()),
        box=track.box,
    )


def _deviations(offset: Array, spread: Array) -> float:
    """Mahalanobis distance.  # (2,), (2, 2)"""
    return math.sqrt(max(0.0, float(offset @ np.linalg.inv(spread) @ offset)))


def _turn(angle: float) -> Array:
    return np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])


def _in_odom(finding: Finding, base: Pose2D) -> tuple[Array, Array]:
    """Place (2,) and covariance (2, 2) of a finding in odom."""
    turn = _turn(base.yaw)
    place: Array = turn @ finding.position[:2] + (base.x, base.y)
    return place, turn @ finding.covariance[:2, :2] @ turn.T


def _into(base: Pose2D, place: Array) -> tuple[float, float]:
    """A place in odom as (x, y) in base_link."""
    x, y = _turn(-base.yaw) @ (place - (base.x, base.y))
    return float(x), float(y)
