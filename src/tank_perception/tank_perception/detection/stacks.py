"""Tells a thing that stands on another one from one that is behind it.

In the image both touch, the upper one's foot over the other's. What is behind ends at the back of
the nearer one's top, which hides the rest of it; what stands on it ends before its middle.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tank_core.state import Array
from tank_perception.detection.ground import Eye
from tank_perception.detection.segmentation import Blob

TOUCH_PX = 4  # two blobs are at most so far apart where one stands on the other
OVERLAP = 0.4  # share of the narrower one's width that is over the other
OFF_MIDDLE = 0.45  # of the lower's width: what stands farther off its middle would fall


def candidates(blobs: Sequence[Blob]) -> dict[int, int]:
    """Return what may stand on what: the upper's number to the lower's."""
    found: dict[int, int] = {}
    for upper, one in enumerate(blobs):
        below = [
            (_foot(other), lower) for lower, other in enumerate(blobs) if _may_carry(other, one)
        ]
        if below:
            found[upper] = min(below)[1]  # the nearest in the image: that which touches it
    return found


def _foot(blob: Blob) -> int:
    return blob.box[1] + blob.box[3]


def _may_carry(lower: Blob, upper: Blob) -> bool:
    left, top, width, _ = lower.box
    over = min(left + width, upper.box[0] + upper.box[2]) - max(left, upper.box[0])
    touches = top - TOUCH_PX <= _foot(upper) < _foot(lower)
    starts_higher = upper.box[1] < top
    return touches and starts_higher and over >= OVERLAP * min(width, upper.box[2])


def stands(upper: Blob, middle: Array, lower: Array, width: float, eye: Eye) -> bool:
    """Whether a blob stands on the thing whose middle is at ``lower`` [m] (3,).

    ``middle`` [m] (3,) is its own, if it stands there; ``width`` [m] is the lower's.
    """
    contour = upper.contour
    inner = np.abs(contour[:, 0] - (upper.box[0] + upper.box[2] / 2)) <= upper.box[2] / 4
    inside = contour[inner] if inner.any() else contour
    foot = inside[inside[:, 1].argmax()].astype(np.float64)
    end = eye.on_plane(foot[None], float(lower[2] + width / 2))[0, :2]
    away = lower[:2] - eye.origin[:2]
    away /= max(float(np.linalg.norm(away)), 1e-6)
    beyond = float((end - lower[:2]) @ away)
    off = float(np.linalg.norm(middle[:2] - lower[:2]))
    return beyond <= 0.0 and off <= OFF_MIDDLE * width
