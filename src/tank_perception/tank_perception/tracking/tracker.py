"""Keeps objects over images, in the odom frame. Pure.

Their places, names and ages, and those that are out of sight.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from tank_core.geometry import Pose2D
from tank_core.state import Array, Detection
from tank_perception.detection.findings import Finding
from tank_perception.tracking.observation import ImageObservation
from tank_perception.tracking.planar import Spread, round_spread
from tank_perception.tracking.track import (
    SIGHTINGS,
    Placed,
    Track,
    describe,
    detection_of,
    placed_in_odom,
    see,
)

# odometry that goes farther between two images was set anew: nothing that was known is where it was
RESET_JUMP_M = 0.5
KEEP_S = 600.0  # what was not seen for longer is forgotten
MISSES = 3  # images in a row that should show an object and do not
SURE_AT_ONCE = 0.8  # with this confidence an object is reported from the first image on
GATE = 4.0  # standard deviations within which a finding can be the same object
GATE_LEAST_M = 0.04  # and it always can be within this
GATE_MOST_M = 0.15
OTHER_KIND = 5.0  # standard deviations that an obstacle is as good as away from what is none
SLIP = 0.02  # odometry errs by this share of the way and of the turn
DROP_M = 0.03  # what is let go rolls and slips by about this
HAND_M = 0.15  # what is held was near the hand before


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
        sight: ImageObservation,
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
                self._take(placed_in_odom(finding, base), time)
        self._carry(tool, base, time)
        floor = sorted(
            (finding for finding in findings if not finding.held), key=lambda item: item.box
        )
        placed = [placed_in_odom(finding, base) for finding in floor]
        taken = self._match(placed, time)
        for index in set(range(len(floor))) - taken:
            self._begin(placed[index], time)
        self._miss(base, time, sight)

    def detections(self, base: Pose2D, time: float) -> tuple[Detection, ...]:
        """Return all objects that are sure, in base_link of a robot at base."""
        return tuple(detection_of(track, base, time) for track in self.tracks if track.sure)

    # Motion

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

    # The floor

    def _match(self, placed: Sequence[Placed], time: float) -> set[int]:
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
                    odd = OTHER_KIND if track.obstacle != finding.obstacle else 0.0
                    pairs.append((unlikely + odd, track.id, index, track))
        given: set[int] = set()
        updated: set[int] = set()
        for _, number, index, track in sorted(pairs, key=lambda pair: pair[:3]):
            if index not in given and number not in updated:
                given.add(index)
                updated.add(number)
                see(track, placed[index], time)
        return given

    def _begin(self, placed: Placed, time: float) -> None:
        track = self._new(placed, placed.finding.position[2].item(), time)
        describe(track, placed.finding, time)
        track.sightings = SIGHTINGS if placed.finding.confidence >= SURE_AT_ONCE else 1

    def _new(self, placed: Placed, height: float, time: float) -> Track:
        self._count += 1
        finding = placed.finding
        known = placed.place, placed.spread, height, finding.size, finding.box
        track = Track(self._count, finding.color, *known, confidence=0.0, seen_at=time)
        self.tracks.append(track)
        return track

    def _miss(self, base: Pose2D, time: float, sight: ImageObservation) -> None:
        """Count who should be in this image and is not; forget who is lost.

        The old are forgotten, too.
        """
        unseen = [track for track in self.tracks if track.seen_at < time and not track.held]
        for track in unseen:
            x, y = base.to_local(track.place)
            if sight.shows((x, y, track.height), track.size[0], track.color):
                track.misses += 1
        self.tracks = [track for track in self.tracks if _is_kept(track, time)]

    # The hand

    def _take(self, placed: Placed, time: float) -> None:
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


def _is_kept(track: Track, time: float) -> bool:
    young = track.held or time - track.seen_at <= KEEP_S
    return young and track.misses < (MISSES if track.sure else 1)
