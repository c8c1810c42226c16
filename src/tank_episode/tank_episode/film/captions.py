"""Text in pictures.

OpenCV's own sans letters where it is version 5, its old strokes where it is older.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import cv2

from tank_core.state import Image, Rgb

STROKES = cv2.FONT_HERSHEY_SIMPLEX
STROKES_PX = 30.0  # height of a line of these at scale 1
WEIGHT = 400  # of the sans letters, as in CSS


@cache
def _sans() -> Any:
    return cv2.FontFace("sans") if hasattr(cv2, "FontFace") else None


def letter(image: Image, text: str, place: tuple[int, int], size: int, rgb: Rgb) -> None:
    """Write a line of letters of ``size`` [px].

    Its baseline's left end is at ``place`` [px].
    """
    if _sans() is not None:
        cv2.putText(image, text, place, rgb, _sans(), size, WEIGHT)
    else:
        cv2.putText(
            image,
            text.encode("ascii", "replace").decode(),
            place,
            STROKES,
            size / STROKES_PX,
            rgb,
            1,
            cv2.LINE_AA,
        )


def width_of(text: str, size: int) -> int:
    """The width [px] of a line."""
    if _sans() is not None:
        left, _, width, _ = cv2.getTextSize((10_000, 100), text, (0, 50), _sans(), size, WEIGHT)
        return int(left + width)
    return int(cv2.getTextSize(text, STROKES, size / STROKES_PX, 1)[0][0])


def wrapped(text: str, size: int, width: int) -> list[str]:
    """Break a text between words into lines no wider than ``width`` [px]."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and width_of(longer, size) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
