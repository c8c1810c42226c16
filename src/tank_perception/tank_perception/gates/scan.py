"""Scans by the camera how far the floor is free in each direction.

The floor is what looks as right before the robot, in light or in shadow. What stands on it and is
taller than anything that the robot picks up ends it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from tank_core.state import Array, Image, Mask
from tank_perception.detection.edges import edge_offsets
from tank_perception.gates.polar import PolarMap

SAMPLE_SHARE = 0.5  # of the map's rows, the nearest: there the floor is looked at
TINT = 0.10  # share of the brightness by which a color differs that is not the floor's
BRIGHTER, DARKER = 1.5, 0.3  # times the floor's brightness: no floor, and no shadow on it
CLOSE_ROWS = 5  # gaps in an upright of fewer rows are noise
LEAST_ROWS = 4  # of an upright
USUAL_ROWS = 0.5  # before the first row of an upright its edge is, where none shows
SAMPLE_STEP = 4  # in the map, to look at the floor
_SPECK, _GAP = np.ones((3, 3), np.uint8), np.ones((CLOSE_ROWS, 1), np.uint8)


@dataclass(frozen=True)
class Scan:
    """A list of what stands tall on the floor, by bearing from left to right.

    ``distance`` [m] (n,) from under the camera, infinite where nothing is seen; ``free`` [m] (n,):
    how far the floor is seen free. ``rows`` (n,): where in the map's rows the tall thing begins.
    """

    map: PolarMap
    distance: Array
    free: Array
    rows: npt.NDArray[np.intp]

    def places(self) -> Array:
        """The places (n, 2) [m] in base_link where something tall stands."""
        bearings = self.map.bearings
        ways = np.stack((np.cos(bearings), np.sin(bearings)), axis=1)
        places: Array = self.map.foot + self.distance[:, None] * ways
        return places


def scan(image: Image, hidden: Mask, polar: PolarMap, tall: float) -> Scan:
    """Scan an image that is warped to the map (m, n, 3).

    ``hidden`` (m, n): where the robot itself is. ``tall`` [m]: what is less high is no upright.
    """
    seen = polar.inside & ~hidden
    other = _not_floor(image, seen)
    count = len(polar.distances)
    # from a place outward until the floor is seen again
    index = np.where(seen & ~other, np.arange(count, dtype=np.int16)[:, None], np.int16(count))
    ends = np.minimum.accumulate(index[::-1], axis=0)[::-1]
    begins = other.copy()
    begins[1:] &= ~other[:-1]
    rows, columns = np.nonzero(begins)
    until = ends[rows, columns]
    reach = np.append(polar.distances, np.inf)
    height = polar.height * (1.0 - polar.distances[rows] / reach[until])
    high = ((height >= tall) | (until == count)) & (until - rows >= LEAST_ROWS)
    first = np.full(len(polar.bearings), count)
    np.minimum.at(first, columns[high], rows[high])
    distance = reach[first]
    last = count - 1 - seen[::-1].argmax(axis=0)
    limit = np.where(seen.any(axis=0), polar.distances[last], 0.0)
    return Scan(polar, distance, np.minimum(distance, limit), first)


def sharpened(found: Scan, image: Image) -> Scan:
    """Return a scan with the feet of what stands read between the rows.

    A row of a low camera's map is 4 cm deep at 1.1 m.
    """
    columns = np.flatnonzero(np.isfinite(found.distance))
    if not columns.size:
        return found
    rows = found.rows[columns]
    spots = np.column_stack((columns, rows)).astype(np.float64)
    toward_floor = np.tile((0.0, -1.0), (len(columns), 1))
    edges = rows - edge_offsets(image, spots, toward_floor, USUAL_ROWS)
    distance = found.distance.copy()
    distance[columns] = np.interp(edges, np.arange(len(found.map.distances)), found.map.distances)
    return replace(found, distance=distance)


def _not_floor(image: Image, seen: Mask) -> Mask:
    """Return what is not the floor (m, n)."""
    red, green, blue = cv2.split(cv2.blur(image, (3, 3)).astype(np.float32))
    value = cv2.max(cv2.max(red, green), cv2.max(blue, 1.0))
    warm, cold = cv2.subtract(red, green), cv2.subtract(blue, green)
    # every so many places are enough to tell what the floor before the robot looks like
    few = np.s_[: round(SAMPLE_SHARE * len(seen)) : SAMPLE_STEP, ::SAMPLE_STEP]
    there = seen[few]
    if not there.any():
        return np.zeros_like(seen)
    light = value[few][there]
    bright = float(np.median(light))
    tints = [float(np.median(plane[few][there] / light)) for plane in (warm, cold)]
    other = (value > BRIGHTER * bright) | (value < DARKER * bright)
    for plane, tint in zip((warm, cold), tints, strict=True):
        other |= cv2.absdiff(plane, value * np.float32(tint)) > np.float32(TINT) * value
    mask = (other & seen).astype(np.uint8)
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, _SPECK)
    # what ends just short of the map does end: outside is floor, not a gap in an upright
    mask = cv2.copyMakeBorder(mask, CLOSE_ROWS, CLOSE_ROWS, 0, 0, cv2.BORDER_CONSTANT, value=0)
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, _GAP)[CLOSE_ROWS:-CLOSE_ROWS]
    result: Mask = (mask > 0) & seen
    return result
