"""An object over time: where it is in odom, and what is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from tank_core.commands import Color, Shape
from tank_core.geometry import Place, Pose2D
from tank_core.state import OTHER_SHAPE, Detection
from tank_perception.detection.findings import Finding
from tank_perception.tracking.planar import Spread, fused

SIGHTINGS = 2  # an object is sure from so many on
PUT_M = 0.012  # what is higher or lower by more was put onto something, or taken down
MOVED = 3.0  # standard deviations: the object was moved, and its old place says nothing
# of a measurement's variance that many of them leave: the errors of one place are alike, so no mean
# is better
REST = 0.3
# The shape, by the mean over the last images of how much worse the other shapes fit. Measured on 18
# episodes in clutter: 94 % of what was seen had a shape then, none a wrong one (docs/LOG.md).
TRACK_SHAPE_MARGIN = 12.0  # chi-square by which the best shape must be better than the next
SHAPE_MOST = 60.0  # one image tells no more than this
# of a new image in the mean: errors are alike while the robot stands, so many images do not tell
# more
SHAPE_SHARE = 0.2


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


class Placed(NamedTuple):
    """A finding, and where it is in odom [m]."""

    finding: Finding
    place: Place
    spread: Spread


def placed_in_odom(finding: Finding, base: Pose2D) -> Placed:
    """Return a finding with its place in odom."""
    x, y, _ = finding.position.tolist()
    return Placed(finding, base.to_world((x, y)), Spread.of(finding.covariance).turned(base.yaw))


def see(track: Track, placed: Placed, time: float) -> None:
    """Update a track by a finding, as a Kalman filter.

    That is one for something that does not move; if it was moved all the same, its old place says
    nothing.
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
    describe(track, finding, time)
    track.sightings += 1


def describe(track: Track, finding: Finding, time: float) -> None:
    """Update what is known of a track besides its place."""
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
        rise = finding.position[2].item() - track.height
        track.height += rise if abs(rise) > PUT_M else share * rise
    track.box, track.seen_at, track.misses = finding.box, time, 0
    track.confidence += (finding.confidence - track.confidence) * (
        1.0 if track.sightings == 0 else 0.5
    )


def detection_of(track: Track, base: Pose2D, time: float) -> Detection:
    """Return a track as it is told: in base_link of a robot at ``base``."""
    x, y = base.to_local(track.place)
    spread = track.spread.turned(-base.yaw)
    rising = 1e-6 + (0.1 * track.size[2]) ** 2
    color, shape = track.color, OTHER_SHAPE if track.obstacle and not track.held else track.shape
    return Detection(
        id=track.id,
        color=None if color is None else str(color),
        shape=None if shape is None else str(shape),
        position=(x, y, track.height),
        size=track.size,
        confidence=min(1.0, max(0.0, track.confidence)),
        age=max(0.0, time - track.seen_at),
        covariance=(spread.xx, spread.xy, 0.0, spread.xy, spread.yy, 0.0, 0.0, 0.0, rising),
        box=track.box,
    )
