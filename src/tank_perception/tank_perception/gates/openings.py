"""Finds openings in a scan: two uprights, and free floor behind them."""

from __future__ import annotations

import colorsys
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from tank_core.commands import Color
from tank_core.geometry import Place, Pose2D, wrap
from tank_core.state import Array, Image
from tank_perception.color_model import ColorModel
from tank_perception.detection.segmentation import VIVID
from tank_perception.gates.scan import Scan

NARROWEST_M, WIDEST_M = 0.2, 1.3  # [m] between the uprights of a gate
BEYOND_M = 0.55  # [m] of free floor behind it: less is an alcove, or the space under a table
UNRESOLVED_M = 0.11  # [m] for a row of the map: farther away the floor cannot be told from a wall
FREE_SHARE = 0.95  # of the directions between the uprights
OBLIQUE = 0.5  # cosine of the angle from which a gate is not told any more: 60 degrees
# [m] a step between neighboring directions that is an edge, and its share of the distance
EDGE_M, EDGE_SHARE = 0.12, 0.04
LEAST_COLUMNS = 2  # of the scan, across an upright
END_COLUMNS = 4  # next to an edge, of which the distance and the color are taken
# by which the tints of two uprights may differ: light and shadow change them by less
ALIKE = 0.25
FOOT_ROWS = 2, 14  # of the map over an upright's foot, by which its color is told
SURE_M, UNSURE_M = 1.2, 4.5  # [m] up to where a gate is certain, and from where it is a guess


@dataclass(frozen=True)
class DetectedOpening:
    """An opening in one image, in base_link: see ``tank_core.state.Gate``."""

    pose: Pose2D
    width: float  # [m]
    color: Color | None
    confidence: float
    distance: float  # [m] from under the camera


@dataclass(frozen=True)
class _Upright:
    """Columns ``first`` to ``last`` of a scan, in which something stands."""

    first: int
    last: int


@dataclass(frozen=True)
class Edge:
    """A place [m] in base_link where something upright ends, room beside it.

    ``side``: 1 where the room is on its right, so that it may be a gate's left upright; -1 else.
    """

    place: Place
    side: int


def find_edges(found: Scan) -> list[Edge]:
    """Return the edges of all uprights but those that the image cuts."""
    last = len(found.distance) - 1
    edges = []
    for one in _uprights(found):
        for column, step, side in ((one.last, -1, 1), (one.first, 1, -1)):
            beside = column - step
            if 0 < column < last and found.distance[beside] > found.distance[column]:
                edges.append(Edge(_end(found, column, step, one), side))
    return edges


def find_openings(found: Scan, image: Image, colors: ColorModel) -> list[DetectedOpening]:
    """Return the openings of a scan of ``image`` (m, n, 3)."""
    uprights = list(_uprights(found))
    openings = []
    for left, right in combinations(uprights, 2):
        opening = _between(found, left, right)
        if opening is None:
            continue
        first, last = max(left.first, left.last - END_COLUMNS), right.first + END_COLUMNS
        one = _look(found, image, first, left.last)
        other = _look(found, image, right.first, min(right.last, last))
        if np.abs(_tint(one) - _tint(other)).max() <= ALIKE:
            openings.append(replace(opening, color=_color((one + other) / 2, colors)))
    return openings


def _uprights(found: Scan) -> Iterator[_Upright]:
    """Yield what stands, from left to right, parted where the distance steps."""
    distance = found.distance
    there = np.isfinite(distance)
    with np.errstate(invalid="ignore"):
        steps = np.abs(np.diff(distance)) > EDGE_M + EDGE_SHARE * distance[1:]
    first: int | None = None
    for column in range(len(distance)):
        ends = first is not None and (not there[column] or steps[column - 1])
        if ends and first is not None:
            if column - first >= LEAST_COLUMNS:
                yield _Upright(first, column - 1)
            first = None
        if there[column] and first is None:
            first = column
    if first is not None and len(distance) - first >= LEAST_COLUMNS:
        yield _Upright(first, len(distance) - 1)


def _between(found: Scan, left: _Upright, right: _Upright) -> DetectedOpening | None:
    """Return the opening between two uprights; None where there is none."""
    start = _end(found, left.last, -1, left)
    end = _end(found, right.first, 1, right)
    width = math.dist(start, end)
    if not NARROWEST_M <= width <= WIDEST_M:
        return None
    foot = found.map.foot
    pose = pose_between(start, end)
    through = pose.yaw
    away = pose.x - foot[0], pose.y - foot[1]
    distance = math.hypot(*away)
    if found.map.resolution(distance) > UNRESOLVED_M:
        return None
    ahead = (away[0] * math.cos(through) + away[1] * math.sin(through)) / max(distance, 1e-6)
    if ahead < OBLIQUE:
        return None
    free = _free_beyond(found, left.last + 1, right.first, start, through)
    if free < FREE_SHARE:
        return None
    sure = min(1.0, max(0.1, (UNSURE_M - distance) / (UNSURE_M - SURE_M)))
    return DetectedOpening(pose, width, None, sure, distance)


def pose_between(left: Place, right: Place) -> Pose2D:
    """Return the middle of an opening between two places, x through it."""
    # from the left one to the right one, turned to the left
    through = math.atan2(left[1] - right[1], left[0] - right[0]) - math.pi / 2
    middle = (left[0] + right[0]) / 2, (left[1] + right[1]) / 2
    return Pose2D(*middle, wrap(through))


def _end(found: Scan, column: int, step: int, upright: _Upright) -> Place:
    """Return the place [m] of an upright's edge, at ``column``."""
    columns = [column + step * number for number in range(END_COLUMNS)]
    inside = [one for one in columns if upright.first <= one <= upright.last]
    distance = float(np.median(found.distance[inside]))
    # the edge itself is between this direction and the next one
    bearing = (
        float(found.map.bearings[column])
        + step * float(found.map.bearings[1] - found.map.bearings[0]) * -0.5
    )
    x, y = found.map.foot
    return float(x) + distance * math.cos(bearing), float(y) + distance * math.sin(bearing)


def _free_beyond(found: Scan, first: int, end: int, start: Place, through: float) -> float:
    """Return in what share of the directions there is floor behind the gate."""
    if end <= first:
        return 0.0
    bearings: Array = found.map.bearings[first:end]
    ahead = np.cos(bearings - through)
    to_line = (start[0] - found.map.foot[0]) * math.cos(through) + (
        start[1] - found.map.foot[1]
    ) * math.sin(through)
    with np.errstate(divide="ignore"):
        needed = np.where(ahead > 0, (to_line + BEYOND_M) / np.maximum(ahead, 1e-6), np.inf)
    return float((found.free[first:end] >= needed).mean())


def _look(found: Scan, image: Image, first: int, last: int) -> Array:
    """Return the color (3,), 0 to 1, over the feet of some columns."""
    pixels = np.concatenate(
        [
            image[row + FOOT_ROWS[0] : row + FOOT_ROWS[1], column]
            for column, row in enumerate(found.rows[first : last + 1].tolist(), start=first)
        ]
    )
    return np.median(pixels, axis=0) / 255 if len(pixels) else np.zeros(3)


def _tint(look: Array) -> Array:
    """Return by what share red and blue are more than green (2,)."""
    tint: Array = (look[[0, 2]] - look[1]) / max(float(look.max()), 1e-3)
    return tint


def _color(look: Array, colors: ColorModel) -> Color | None:
    """Return the name of a color; None: it has none, as that of a wall."""
    hue, saturation, value = colorsys.rgb_to_hsv(*look.tolist())
    if saturation < VIVID * colors.min_saturation or value < colors.min_value:
        return None
    return colors.color_at(360 * hue)
