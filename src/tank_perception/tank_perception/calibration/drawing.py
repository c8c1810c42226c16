"""Draws the picture of a color calibration.

The image with its things numbered, and beside it every pixel by the name that it gets.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from tank_core.commands import Color
from tank_core.state import Box, Image
from tank_perception.annotate import BRIGHT, DARK, FONT, PAINT
from tank_perception.calibration.floor_blobs import FloorBlob
from tank_perception.calibration.samples import name_pixels
from tank_perception.color_model import ColorModel
from tank_perception.detection.planes import NAMES

NO_NAME = (0.35, 120)  # what has no name: this much of its gray, over this


def side_by_side(
    rgb: Image, blobs: Sequence[FloorBlob], labels: Sequence[str], model: ColorModel
) -> Image:
    """Return the numbered image, the painted one to its right: (h, 2 w, 3)."""
    return np.hstack([numbered(rgb, blobs, labels), painted(rgb, model)])


def numbered(rgb: Image, blobs: Sequence[FloorBlob], labels: Sequence[str]) -> Image:
    """Return a copy of the image with a box and a label for each thing."""
    picture = np.array(rgb)
    scale = max(0.4, rgb.shape[1] / 1400)
    taken = [blob.box for blob in blobs]
    for blob, label in zip(blobs, labels, strict=True):
        left, top, width, height = blob.box
        cv2.rectangle(picture, (left - 3, top - 3), (left + width + 2, top + height + 2), BRIGHT, 1)
        (wide, high), _ = cv2.getTextSize(label, FONT, scale, 1)
        beside = max(2, min(left - 3, rgb.shape[1] - wide - 2))
        taken.append(_free_box((beside, top - 9 - high, wide, high + 2), taken))
        corner = taken[-1][0], taken[-1][1] + high
        cv2.line(picture, (left - 3, top - 3), (left - 3, corner[1] + 3), BRIGHT, 1)
        cv2.putText(picture, label, corner, FONT, scale, DARK, 3, cv2.LINE_AA)
        cv2.putText(picture, label, corner, FONT, scale, BRIGHT, 1, cv2.LINE_AA)
    return picture


def _free_box(box: Box, taken: Sequence[Box]) -> Box:
    """Move a box up until it covers none that is taken, if the image allows."""
    left, top, width, height = box
    while top > 0 and any(_meet((left, top, width, height), other) for other in taken):
        top -= 4
    return left, max(0, top), width, height


def _meet(box: Box, other: Box) -> bool:
    return all(
        box[side] < other[side] + other[side + 2] + 4
        and other[side] < box[side] + box[side + 2] + 4
        for side in (0, 1)
    )


def painted(rgb: Image, model: ColorModel) -> Image:
    """Paint every pixel in the plain color of its name, others in gray."""
    gray = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    picture: Image = np.repeat(
        (gray * NO_NAME[0] + NO_NAME[1]).astype(np.uint8)[..., None], 3, axis=2
    )
    names = name_pixels(rgb, model)
    for color in Color:
        picture[names == NAMES.index(color)] = PAINT[color]
    return picture
