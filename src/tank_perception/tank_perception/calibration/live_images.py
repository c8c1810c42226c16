"""Chooses live images that are worth keeping for a camera's calibration."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tank_perception.calibration.camera import Corners
from tank_perception.frames.camera_info import Size


def coverage(views: Sequence[Corners], size: Size, columns: int = 12, rows: int = 6) -> str:
    """Draw a text grid of the image.

    "#" where corners were seen, "." where none were yet.
    """
    counts = np.zeros((rows, columns), bool)
    for corners in views:
        place = (corners / size * (columns, rows)).astype(int)
        counts[np.clip(place[:, 1], 0, rows - 1), np.clip(place[:, 0], 0, columns - 1)] = True
    return "\n".join(" ".join("#" if seen else "." for seen in row) for row in counts)


class StillBoard:
    """Says when a live image is worth keeping.

    The board stands still, at a place where it was not kept yet.
    """

    STILL = 0.004  # of the image's width that a corner may move from one image to the next
    # of the image's width that some corner must have moved since each image that was kept: tilting
    # is enough
    NEW = 0.05

    def __init__(self, size: Size) -> None:
        self._width = size[0]
        self._last: Corners | None = None
        self.kept: list[Corners] = []

    def step(self, corners: Corners | None) -> bool:
        """Take the corners of the next image; True when it is to be kept.

        None: the image shows no board.
        """
        last, self._last = self._last, corners
        if (
            corners is None
            or last is None
            or _moved(corners, last).max() > self.STILL * self._width
        ):
            return False
        if any(_moved(corners, kept).max() < self.NEW * self._width for kept in self.kept):
            return False
        self.kept.append(corners)
        return True


def _moved(corners: Corners, others: Corners) -> Corners:
    """Return how far each corner is from where it was [px].

    A board that is read from its other end has not moved.
    """
    ways = [np.linalg.norm(corners - other, axis=1) for other in (others, others[::-1])]
    nearer: Corners = min(ways, key=lambda way: float(way.mean())).astype(np.float32)
    return nearer
