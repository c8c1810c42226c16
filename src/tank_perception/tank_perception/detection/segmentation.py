"""Splits an image into blobs of one color each.

A blob is colored, or clearly brighter or darker than the floor around it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
import numpy.typing as npt

from tank_core.commands import Color
from tank_core.state import Image
from tank_perception.color_model import HUE_NAMES
from tank_perception.detection.planes import (
    BLACK,
    FLOOR_SQUARES,
    NAMES,
    OTHER,
    SHRINK,
    WHITE,
    Palette,
    Planes,
)

Pixels = npt.NDArray[np.int32]  # right and down  # (n, 2)
Spots = tuple[tuple[int, int], ...]  # a few of them

LEAST_PX = 12  # smaller specks are noise
PART_SHARE = 0.08  # colors with less than this share of a blob are shades and glints of another
WHISKER_SHARE = 0.1  # of the width of a large patch: what is narrower is not of it
SEED_SHARE = 0.15  # share of a white blob that is really white; its sides may be in the shade
# times the least saturation that an object's color has on average; what is duller is gray with a
# tinge
VIVID = 1.25
CLIPPED_VALUE = 248  # [of 255] values from here on may be cut off, and their hues are wrong then
# of a color's pixels that are not cut off at most, for it to be another one that is
CLIPPED_SHARE = 0.5
FEW_SHARE = 0.2  # and there are at most so many of them for one of the other's
# times the value of the floor in the best light: what is white beside a shadow only, and no
# brighter than this, may be floor between two shadows
LIT_FLOOR = 1.15
MOST_BLOBS = 60  # the largest ones; more are no scene but a fault

_RING = [NAMES.index(color) for color in HUE_NAMES]
_KERNEL = np.ones((3, 3), np.uint8)
_RIM = np.ones((5, 5), np.uint8)


@dataclass(frozen=True)
class Blob:
    """A patch of one color."""

    color: Color | None
    contour: Pixels  # its outer border
    area: int  # [px]
    box: tuple[int, int, int, int]  # left, top, width, height [px]
    cuts: Spots = ()  # where the border ends and a cut through a larger patch begins
    pale: bool = False  # white, but no brighter than the floor elsewhere

    @cached_property
    def solidity(self) -> float:
        """Area over that of the convex hull."""
        hull = cv2.contourArea(cv2.convexHull(self.contour))
        return float((cv2.contourArea(self.contour) + 1) / (hull + 1))


def blob_of(color: Color | None, contour: Pixels, cuts: Spots = (), pale: bool = False) -> Blob:
    """Return the patch that a contour encloses."""
    # The polygon through the border pixels' middles lacks half of each of them (Pick's theorem).
    area = round(cv2.contourArea(contour) + len(contour) / 2 + 1)
    return Blob(color, contour, area, cv2.boundingRect(contour), cuts, pale)


def segment(planes: Planes, palette: Palette) -> tuple[Blob, ...]:
    """Return all patches of one color in an image."""
    contours, _ = cv2.findContours(_cleaned(planes.any), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    large = [contour for contour in contours if len(contour) > 6]
    large = sorted(large, key=len, reverse=True)[:MOST_BLOBS]
    return tuple(
        blob
        for contour in large
        for part in _shaved(contour)
        for blob in _split(part, planes, palette)
    )


def _shaved(contour: npt.NDArray[np.int32]) -> Iterator[npt.NDArray[np.int32]]:
    """Yield a large patch without the floor's own marks.

    In a patch that looks so large those are broad, too, such as the joint between two tiles.
    """
    broad = int(math.sqrt(cv2.contourArea(contour)) * WHISKER_SHARE)
    if broad * broad < (SHRINK * FLOOR_SQUARES * WHISKER_SHARE) ** 2:
        yield contour
        return
    left, top, width, height = cv2.boundingRect(contour)
    inside = np.zeros((height + 2 * broad, width + 2 * broad), np.uint8)
    corner = left - broad, top - broad
    cv2.drawContours(inside, [contour], -1, 1, cv2.FILLED, offset=(-corner[0], -corner[1]))
    kernel = np.ones((broad, broad), np.uint8)
    parts, _ = cv2.findContours(
        _cleaned(inside, kernel), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE, offset=corner
    )
    yield from parts


def _split(contour: npt.NDArray[np.int32], planes: Planes, palette: Palette) -> Iterator[Blob]:
    """Yield the parts of one patch, each of one color."""
    left, top, width, height = box = cv2.boundingRect(contour)
    inside = np.zeros((height, width), np.uint8)
    cv2.drawContours(inside, [contour], -1, 1, cv2.FILLED, offset=(-left, -top))
    area = cv2.countNonZero(inside)
    if area < LEAST_PX:
        return
    names = planes.indices(box, palette) * inside
    counts = np.bincount(names.ravel(), minlength=len(NAMES))
    counts[0] = 0
    part = slice(top, top + height), slice(left, left + width)
    if counts[WHITE] and np.count_nonzero(planes.brightest[part][names == WHITE]) < max(
        LEAST_PX / 2, SEED_SHARE * counts[WHITE]
    ):
        counts[WHITE] = 0
    _mend(names, counts, planes.value[part])
    many = np.flatnonzero(counts >= max(LEAST_PX, PART_SHARE * counts.sum()))
    for index in many:
        patch = inside if len(many) == 1 else _cleaned((names == index).astype(np.uint8))
        name = _name(patch, int(index), planes.saturation[part], palette)
        yield from _blobs(patch, name, planes, (left, top))


def _mend(names: Image, counts: npt.NDArray[np.intp], value: Image) -> None:
    """Give parts that are overexposed the color of the part beside them.

    Where light is too strong for the camera, orange turns yellow: such a part is of the neighboring
    color that another part has.
    """
    if np.count_nonzero(counts[_RING] >= LEAST_PX) < 2:
        return
    # with their rims, which are mixed with what is beside
    cut = cv2.dilate((value >= CLIPPED_VALUE).astype(np.uint8), _RIM)
    true = np.bincount(names[cut == 0], minlength=len(NAMES))
    for place, index in enumerate(_RING):
        for other in (_RING[place - 1], _RING[(place + 1) % len(_RING)]):
            cut_off = counts[index] >= LEAST_PX and true[index] < CLIPPED_SHARE * counts[index]
            if cut_off and true[other] >= LEAST_PX and true[index] < FEW_SHARE * true[other]:
                names[names == index] = other
                counts[other] += counts[index]
                counts[index] = 0


def _name(patch: Image, index: int, saturation: Image, palette: Palette) -> int:
    """Return the color ``index`` of a patch, unless it is hardly colored."""
    if (
        index in (WHITE, BLACK)
        or cv2.mean(saturation, mask=patch)[0] >= 255 * VIVID * palette.model.min_saturation
    ):
        return index
    return OTHER


def _cleaned(mask: Image, kernel: Image = _KERNEL) -> Image:
    """Return a mask without specks and whiskers, but with its corners.

    An opening alone would round these, and they tell a cube from a ball.
    """
    cleaned: Image = cv2.bitwise_and(
        mask, cv2.dilate(cv2.morphologyEx(mask, cv2.MORPH_OPEN, kernel), kernel)
    )
    return cleaned


def _blobs(patch: Image, index: int, planes: Planes, corner: tuple[int, int]) -> Iterator[Blob]:
    contours, _ = cv2.findContours(patch, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE, offset=corner)
    for contour in contours:
        pale = index == WHITE and _is_pale(contour, planes)
        blob = blob_of(NAMES[index], contour.reshape(-1, 2), pale=pale)
        if blob.area >= LEAST_PX:
            yield blob


def _is_pale(contour: npt.NDArray[np.int32], planes: Planes) -> bool:
    """Whether it is no brighter than the floor in the best light of the image."""
    left, top, width, height = cv2.boundingRect(contour)
    inside = np.zeros((height, width), np.uint8)
    cv2.drawContours(inside, [contour], -1, 1, cv2.FILLED, offset=(-left, -top))
    value = cv2.mean(planes.value[top : top + height, left : left + width], mask=inside)[0]
    return value <= LIT_FLOOR * planes.lit
