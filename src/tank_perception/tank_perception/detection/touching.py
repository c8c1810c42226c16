"""Parts two things of one color that touch, and so are one blob.

A blob is cut where its border is dented on two sides, as no cube, ball or cylinder is.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

import cv2
import numpy as np

from tank_core.state import Image
from tank_perception.detection.segmentation import Blob, Pixels, blob_of

DENTED = 0.95  # solidity of blobs without dents worth looking at
DEEP_PX = 1.5  # shallower dents are steps of pixels ...
DEEP_SHARE = 0.05  # ... or less than this share of the root of the blob's area
NECK = 1.2  # a cut is at most so long, in roots of the area of the smaller part
LEAST_SHARE = 0.15  # of the area that each part has
BETTER = 0.02  # each part's solidity is at least by this more than that of the whole
BESIDE_PX = 4  # a dent this near to another blob or to the robot is where that hides something
MOST_CUTS = 3  # of one blob


class _Cut(NamedTuple):
    """The two parts, and the length of the cut.

    The length is in roots of the area of the smaller part.
    """

    neck: float
    parts: tuple[Blob, Blob]


def parted(blobs: Sequence[Blob], hidden: Image) -> tuple[Blob, ...]:
    """Return the blobs, those that are surely several things in parts.

    ``hidden`` is 255 where the robot is.
    """
    parts: list[Blob] = []
    for blob in blobs:
        others = [other for other in blobs if other is not blob]
        parts += _parts(blob, others, hidden, MOST_CUTS)
    return tuple(parts)


def _parts(blob: Blob, others: Sequence[Blob], hidden: Image, cuts: int) -> list[Blob]:
    if cuts == 0 or blob.solidity >= DENTED:
        return [blob]
    dents = [dent for dent in _dents(blob) if not _is_hidden(blob.contour[dent], others, hidden)]
    best = min(_cuts(blob, dents), key=lambda cut: cut.neck, default=None)
    return (
        [blob]
        if best is None
        else [piece for part in best.parts for piece in _parts(part, others, hidden, cuts - 1)]
    )


def _dents(blob: Blob) -> list[int]:
    """Return the contour's indices of the inward corners of its outline.

    They are in the contour's order.
    """
    deep = max(DEEP_PX, DEEP_SHARE * math.sqrt(blob.area))
    corners = cv2.approxPolyDP(blob.contour, deep, True).reshape(-1, 2)
    before, after = corners - np.roll(corners, 1, axis=0), np.roll(corners, -1, axis=0) - corners
    turns = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
    inward = corners[turns * cv2.contourArea(corners, oriented=True) < 0]
    return sorted(int((blob.contour == corner).all(axis=1).argmax()) for corner in inward)


def _spot(pixel: Pixels) -> tuple[int, int]:
    x, y = pixel.tolist()
    return x, y


def _is_hidden(pixel: Pixels, others: Sequence[Blob], hidden: Image) -> bool:
    """Whether something else beside a pixel may be what makes the dent."""
    x, y = _spot(pixel)
    if hidden[
        max(0, y - BESIDE_PX) : y + BESIDE_PX + 1, max(0, x - BESIDE_PX) : x + BESIDE_PX + 1
    ].any():
        return True
    return any(
        cv2.pointPolygonTest(other.contour, (float(x), float(y)), True) >= -BESIDE_PX
        for other in others
    )


def _cuts(blob: Blob, dents: Sequence[int]) -> Iterator[_Cut]:
    """Yield all ways to cut a blob from one dent to another.

    The two parts that a cut leaves are large and less dented.
    """
    contour = blob.contour
    for start, end in combinations(dents, 2):
        ends = (*blob.cuts, _spot(contour[start]), _spot(contour[end]))
        rest = np.concatenate((contour[end:], contour[: start + 1]))
        first = blob_of(blob.color, contour[start : end + 1], ends, blob.pale)
        second = blob_of(blob.color, rest, ends, blob.pale)
        small = min(first.area, second.area)
        neck = math.dist(*ends[-2:]) / math.sqrt(small)
        better = min(first.solidity, second.solidity) >= blob.solidity + BETTER
        if neck <= NECK and small >= LEAST_SHARE * blob.area and better:
            yield _Cut(neck, (first, second))
