"""Finds things on a plain floor without knowing any color.

They differ from the floor in chroma, or are far brighter or darker than it.

For calibration only: it asks for a picture in which most of the floor is empty and the things stand
apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
import numpy.typing as npt

from tank_core.state import Floats, Image, Mask
from tank_perception.detection.planes import FLOOR_SQUARES, SHRINK

_Number = TypeVar("_Number", np.uint8, np.float32, np.int8)

# distance in the a,b plane of CIE Lab from the floor; the simulator's floor keeps within 3, a dim
# toy is over 25
CHROMA = 14.0
BRIGHTER = 1.08  # times what all but 2 % of the floor has is more than noise
DARKER = 0.4  # times the floor around; a shadow leaves about 0.6
DIM = 0.52  # the same for what is looked at only to see whether it goes on to the image's border
MIN_SHARE = 4e-4  # of the image's pixels: 11 x 11 in 640x480
MAX_SHARE = 0.06  # larger is no toy but furniture
TOY_SOLIDITY = (
    0.75  # part of its convex hull that a thing fills; lines and edges of tiles fill less
)
ENOUGH = 30  # pixels without the rim; a smaller thing is taken whole
SLENDER = 4.0  # longest side over the shortest: longer is a line


@dataclass(frozen=True)
class FloorBlob:
    """A thing on the floor.

    It is the pixels of ``mask`` inside ``box`` (left, top, width, height) [px].
    """

    box: tuple[int, int, int, int]
    mask: Mask  # (box height, box width)

    def pixels(self, image: npt.NDArray[_Number]) -> npt.NDArray[_Number]:
        """Return its own pixels (n, ...) of an image.

        Its rim is left out, which blends with the floor.
        """
        left, top, width, height = self.box
        inner = cv2.erode(np.pad(self.mask, 1).astype(np.uint8), _square(3))[1:-1, 1:-1] > 0
        return image[top : top + height, left : left + width][
            inner if inner.sum() >= ENOUGH else self.mask
        ]


def find_blobs(rgb: Image) -> tuple[FloorBlob, ...]:
    """Return the things in an image, from left to right.

    What hangs together with the image's border is left out: it is cut, or the robot.
    """
    smooth = cv2.GaussianBlur(rgb, (3, 3), 0)
    floor = floor_value(smooth)
    colored_or_bright, darkness = _departures(smooth, floor)
    salient = cv2.morphologyEx(
        (colored_or_bright | (darkness < DARKER)).astype(np.uint8), cv2.MORPH_OPEN, _square(3)
    )
    outside = _at_border(
        cv2.morphologyEx(
            (colored_or_bright | (darkness < DIM)).astype(np.uint8), cv2.MORPH_CLOSE, _square(7)
        )
    )
    count, labels, stats, _ = cv2.connectedComponentsWithStats(salient)
    masks = ((labels == i, stats[i]) for i in range(1, count))
    found = [
        _blob(mask, numbers)
        for mask, numbers in masks
        if _thing_like(mask, numbers) and not (mask & outside).any()
    ]
    return tuple(sorted(found, key=lambda blob: blob.box[0] + blob.box[2] / 2))


def floor_pixels(rgb: Image, blobs: Sequence[FloorBlob]) -> tuple[Floats, Floats]:
    """Return saturation (n,) and relative V (n,) of the floor's pixels.

    V is over that of the brightest floor around. Pixels of things, and of what reaches the border,
    are left out.
    """
    smooth = cv2.GaussianBlur(rgb, (3, 3), 0)
    colored_or_bright, darkness = _departures(smooth, floor_value(smooth))
    other = cv2.dilate((colored_or_bright | (darkness < DIM)).astype(np.uint8), _square(7)) > 0
    for left, top, width, height in (blob.box for blob in blobs):
        other[max(0, top - 2) : top + height + 2, max(0, left - 2) : left + width + 2] = True
    hsv = cv2.cvtColor(smooth.astype(np.float32) / 255, cv2.COLOR_RGB2HSV)
    return hsv[..., 1][~other], (hsv[..., 2] / floor_values(smooth)[1])[~other]


def floor_values(rgb: Image) -> tuple[Floats, Floats]:
    """Return V (0..1) of the floor around each pixel, and of the brightest.

    Both are (h, w), as perception takes them; the brightest is that near the pixel.
    """
    height, width = rgb.shape[:2]
    small = cv2.resize(
        rgb.max(axis=2),
        (max(1, width // SHRINK), max(1, height // SHRINK)),
        interpolation=cv2.INTER_AREA,
    )
    floor = cv2.medianBlur(small, FLOOR_SQUARES)
    planes = (floor, cv2.dilate(floor, _square(FLOOR_SQUARES)))
    wide, bright = (
        np.maximum(cv2.resize(plane, (width, height)).astype(np.float32) / 255, np.float32(1 / 255))
        for plane in planes
    )
    return wide, bright


def floor_value(rgb: Image) -> Floats:
    """Return V (0..1) of the floor around each pixel, (h, w).

    It is the median over a quarter of the image's height, so that large things count little.
    """
    height, width = rgb.shape[:2]
    small = cv2.resize(
        rgb.max(axis=2), (max(1, width // 4), max(1, height // 4)), interpolation=cv2.INTER_AREA
    )
    median = cv2.medianBlur(small, max(3, height // 16 | 1))
    spread = cv2.resize(median, (width, height), interpolation=cv2.INTER_LINEAR)
    floor: Floats = np.maximum(spread.astype(np.float32) / 255, np.float32(1 / 255))
    return floor


def _departures(rgb: Image, floor: Floats) -> tuple[Mask, Floats]:
    """Return which pixels differ from the floor, and V over the floor's.

    Both are (h, w): those that are colored or brighter, and the ratio by which dark things are
    known. Beside a large dark thing, such as the robot's own arm, the floor around is not the
    floor, so it counts as at least the usual one.
    """
    lab = cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
    chroma = lab[..., 1:] - np.median(lab[..., 1:], axis=(0, 1))
    colored: Mask = np.hypot(chroma[..., 0], chroma[..., 1]) > CHROMA
    value = rgb.max(axis=2).astype(np.float32) / 255
    ratio = value / floor
    usual = np.percentile(ratio[~colored], 98) if not colored.all() else np.inf
    return colored | (ratio > BRIGHTER * usual), value / np.maximum(floor, np.median(value))


def _at_border(mask: npt.NDArray[np.uint8]) -> Mask:
    """Return the parts of a mask that reach the image's border."""
    _, labels = cv2.connectedComponents(mask)
    edge = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    return np.isin(labels, edge[edge > 0])


def _square(size: int) -> npt.NDArray[np.uint8]:
    return np.ones((size, size), np.uint8)


def _thing_like(mask: Mask, stats: npt.NDArray[np.int32]) -> bool:
    """Whether a patch is compact and of a toy's size."""
    _, _, width, height, area = stats.tolist()
    if not MIN_SHARE <= area / mask.size <= MAX_SHARE or max(width, height) > SLENDER * min(
        width, height
    ):
        return False
    outline, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    hull = cv2.contourArea(cv2.convexHull(outline[0]))
    return bool(area >= TOY_SOLIDITY * hull)


def _blob(mask: Mask, stats: npt.NDArray[np.int32]) -> FloorBlob:
    left, top, width, height, _ = stats.tolist()
    return FloorBlob((left, top, width, height), mask[top : top + height, left : left + width])
