"""The image as a map of the floor around the camera, by bearing and distance.

What stands upright covers the floor behind it in its own direction only, so in this map an upright
is a stripe from its foot outward, however much it leans in the image.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from tank_core.geometry import Place
from tank_core.state import Array, Image, Mask
from tank_perception.detection.ground import Eye

# [m] from under the camera; what a low camera sees of a thing's top is at the map's far end
NEAREST_M, FARTHEST_M = 0.25, 6.0
LEAST_M = 0.6  # directions in which the floor is not seen from here on are of no use
STEP_PX, ACROSS_PX = 1.5, 2.0  # of the map outward and across, in pixels of the image's middle


@dataclass(frozen=True)
class PolarMap:
    """The places of the map, and where they are in the image.

    ``bearings`` [rad] (n,) from left to right in base_link, ``distances`` [m] (m,) from under the
    camera, growing. ``inside`` (m, n): which of them are in the image. ``foot`` [m]: the place
    under the camera, ``height`` [m] its height.
    """

    bearings: Array
    distances: Array
    inside: Mask
    foot: Array
    height: float
    _pixels: npt.NDArray[np.int16]  # in the form that OpenCV is quickest with
    _parts: npt.NDArray[np.uint16]

    @classmethod
    def of(cls, eye: Eye, size: tuple[int, int]) -> PolarMap:
        """The map of images of this size (height, width)."""
        height, width = size
        edge = np.arange(height, dtype=np.float64)
        sides = [eye.rays(np.column_stack((np.full(height, x), edge))) for x in (0.0, width - 1.0)]
        left, right = (np.arctan2(rays[:, 1], rays[:, 0]) for rays in sides)
        step, across = STEP_PX / eye.focal, ACROSS_PX / eye.focal
        bearings = np.arange(float(left.max()), float(right.min()), -across)
        middle = np.array([[(width - 1) / 2, 0.0], [(width - 1) / 2, height - 1.0]])
        top, bottom = np.arcsin(-eye.rays(middle)[:, 2])
        nearest = min(float(bottom), math.atan2(eye.height, NEAREST_M))
        farthest = max(float(top), math.atan2(eye.height, FARTHEST_M))
        distances = eye.height / np.tan(np.arange(nearest, farthest, -step))
        places = np.zeros((len(distances), len(bearings), 3))
        places[..., 0] = eye.origin[0] + distances[:, None] * np.cos(bearings)
        places[..., 1] = eye.origin[1] + distances[:, None] * np.sin(bearings)
        spots = eye.pixels(places.reshape(-1, 3)).reshape(*places.shape[:2], 2)
        x, y = spots[..., 0], spots[..., 1]
        ahead = eye.depths(places.reshape(-1, 3)).reshape(x.shape) > 0
        inside: Mask = ahead & (x >= 0) & (x <= width - 1) & (y >= 0) & (y <= height - 1)
        useful = inside[distances >= LEAST_M].any(axis=0)
        right, down = (part[:, useful].astype(np.float32) for part in (x, y))
        maps = cv2.convertMaps(right, down, cv2.CV_16SC2)
        return cls(
            bearings[useful], distances, inside[:, useful], eye.origin[:2], eye.height, *maps
        )

    def resolution(self, distance: float) -> float:
        """The step [m] from row to row of the map at a distance [m]."""
        row = min(int(np.searchsorted(self.distances, distance)), len(self.distances) - 2)
        return float(self.distances[row + 1] - self.distances[row])

    def shows(self, place: Place, margin: float) -> bool:
        """Whether a place [m] is in the image, by at least ``margin`` [rad]."""
        x, y = place[0] - float(self.foot[0]), place[1] - float(self.foot[1])
        row = int(np.searchsorted(self.distances, math.hypot(x, y)))
        if row >= len(self.distances):
            return False
        seen = self.bearings[self.inside[row]]
        bearing = math.atan2(y, x)
        return bool(seen.size) and seen[-1] + margin <= bearing <= seen[0] - margin

    def warp(self, image: Image) -> Image:
        """An image (height, width[, 3]) in the places of the map (m, n[, 3])."""
        warped: Image = cv2.remap(image, self._pixels, self._parts, cv2.INTER_LINEAR)
        return warped
