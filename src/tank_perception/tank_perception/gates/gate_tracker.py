"""Keeps gates over images, in the odom frame. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tank_core.geometry import Place, Pose2D, wrap
from tank_core.state import Gate
from tank_perception.gates.openings import DetectedOpening, Edge, pose_between
from tank_perception.gates.polar import PolarMap
from tank_perception.tracking.tracker import RESET_JUMP_M

KEEP_S = 120.0  # what was not seen for longer is forgotten
SIGHTINGS = 2  # images before one is told
MISSES = 3  # images in a row that should show a gate and do not
SAME_M, SAME_RAD = 0.4, math.radians(60.0)  # what is this near is the same gate
NEARER = 0.85  # times the distance: what is measured from so near counts alone
AGAIN_S = 2.0  # what was not seen for longer is taken as it is seen now
# so near to where an upright's edge should be, in direction and as a share of the distance, is one
EDGE_RAD, EDGE_SHARE = math.radians(12.0), 0.25
SURELY_M = 0.7, 2.5  # [m] a gate that is this far ahead and in the image is seen
SURELY_RAD = math.radians(45.0), math.radians(4.0)  # off its middle line, and inside the image


@dataclass
class _Track:
    id: int
    opening: DetectedOpening  # in odom
    seen: float  # [s]
    measured: list[float]  # [m] from how far its left and its right upright were measured
    misses: int = 0
    sightings: int = 1


class GateTracker:
    """The gates over time."""

    def __init__(self) -> None:
        self._tracks: list[_Track] = []
        self._count = 0
        self._base: Pose2D | None = None

    def reset(self) -> None:
        """Forget everything; ids go on."""
        self._tracks, self._base = [], None

    def update(
        self,
        openings: Sequence[DetectedOpening],
        base: Pose2D,
        time: float,
        polar: PolarMap,
        edges: Sequence[Edge] = (),
    ) -> None:
        """Take in the openings and ``edges`` of an image, in base_link.

        It was taken at ``time`` [s] with the robot at ``base`` in odom, and shows ``polar``. Where
        it shows one upright of a gate alone, that is measured anew from nearer by.
        """
        if self._base is not None and self._base.distance(base) > RESET_JUMP_M:
            self.reset()
        self._base = base
        for opening in openings:
            self._take(_placed(opening, base), time)
        for track in self._tracks:
            if track.seen < time:
                _take_edges(track, edges, base, time, polar)
            if track.seen < time and _should_be_seen(track.opening, base, polar):
                track.misses += 1
        self._tracks = [
            track for track in self._tracks if track.misses < MISSES and time - track.seen <= KEEP_S
        ]

    def gates(self, base: Pose2D, time: float) -> tuple[Gate, ...]:
        """Return all gates seen twice, in base_link of a robot at ``base``."""
        return tuple(
            Gate(
                track.id,
                _away(base, track.opening.pose),
                track.opening.width,
                color=track.opening.color,
                confidence=track.opening.confidence,
                age=time - track.seen,
            )
            for track in self._tracks
            if track.sightings >= SIGHTINGS
        )

    def _take(self, new: DetectedOpening, time: float) -> None:
        track = min(
            (track for track in self._tracks if _is_same(track.opening, new)),
            key=lambda track: track.opening.pose.distance(new.pose),
            default=None,
        )
        if track is None:
            self._count += 1
            self._tracks.append(_Track(self._count, new, time, [new.distance] * 2))
            return
        track.sightings += 1
        old = track.opening
        if time - track.seen < AGAIN_S and new.distance > NEARER * old.distance:
            new = _between(old, new)
        track.opening, track.seen, track.misses = new, time, 0
        track.measured = [new.distance] * 2


def _take_edges(
    track: _Track, edges: Sequence[Edge], base: Pose2D, time: float, polar: PolarMap
) -> None:
    """Measure a gate's uprights by edges that are seen from nearer than before."""
    foot = float(polar.foot[0]), float(polar.foot[1])
    here = _away(base, track.opening.pose)
    half = track.opening.width / 2
    ends = [here.to_world((0.0, side * half)) for side in (1, -1)]
    edges = [edge for edge in edges if polar.shows(edge.place, SURELY_RAD[1])]
    for number, side in enumerate((1, -1)):
        bearing, distance = _polar(ends[number], foot)
        near: list[tuple[float, Place, float]] = []
        for edge in edges:
            away, far = _polar(edge.place, foot)
            off = abs(wrap(away - bearing))
            if edge.side == side and off <= EDGE_RAD and abs(far - distance) <= EDGE_SHARE * far:
                near.append((off, edge.place, far))
        if not near:
            continue
        _, place, far = min(near)
        known = track.measured[number]
        if far <= NEARER * known:
            ends[number], track.measured[number] = place, far
        elif far <= known / NEARER:
            x, y = ends[number]
            ends[number] = (x + place[0]) / 2, (y + place[1]) / 2
        else:
            continue
        track.seen, track.misses = time, 0
    if track.seen == time:
        pose = pose_between(*(base.to_world(end) for end in ends))
        track.opening = _with(track.opening, pose, math.dist(*ends))


def _polar(place: Place, foot: Place) -> tuple[float, float]:
    """Return direction [rad] and distance [m] of a place from under the camera."""
    x, y = place[0] - foot[0], place[1] - foot[1]
    return math.atan2(y, x), math.hypot(x, y)


def _placed(opening: DetectedOpening, base: Pose2D) -> DetectedOpening:
    pose = base.compose(opening.pose)
    return _with(opening, pose, opening.width)


def _between(old: DetectedOpening, new: DetectedOpening) -> DetectedOpening:
    if old.pose.turned(new.pose) > math.pi / 2:  # now seen from its other side
        return new
    return _with(new, old.pose.between(new.pose, 0.5), (old.width + new.width) / 2)


def _with(opening: DetectedOpening, pose: Pose2D, width: float) -> DetectedOpening:
    return DetectedOpening(pose, width, opening.color, opening.confidence, opening.distance)


def _is_same(one: DetectedOpening, other: DetectedOpening) -> bool:
    turned = one.pose.turned(other.pose)
    return (
        one.color is other.color
        and one.pose.distance(other.pose) <= SAME_M
        and min(turned, math.pi - turned) <= SAME_RAD
    )


def _away(base: Pose2D, pose: Pose2D) -> Pose2D:
    """Return a gate's pose in base_link, x away from the robot."""
    x, y = base.to_local((pose.x, pose.y))
    yaw = pose.yaw - base.yaw
    if x * math.cos(yaw) + y * math.sin(yaw) < 0.0:
        yaw += math.pi
    return Pose2D(x, y, wrap(yaw))


def _should_be_seen(opening: DetectedOpening, base: Pose2D, polar: PolarMap) -> bool:
    """Whether all of a gate is well inside the image, and seen from before it."""
    here = _away(base, opening.pose)
    foot = float(polar.foot[0]), float(polar.foot[1])
    ends = [here.to_world((0.0, side * opening.width / 2)) for side in (1, -1)]
    distances = [math.dist(end, foot) for end in ends]
    bearing = math.atan2(here.y - foot[1], here.x - foot[0])
    return (
        min(distances) > SURELY_M[0]
        and max(distances) < SURELY_M[1]
        and all(polar.shows(end, SURELY_RAD[1]) for end in ends)
        and abs(wrap(bearing - here.yaw)) < SURELY_RAD[0]
    )
