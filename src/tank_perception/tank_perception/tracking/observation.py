"""Says what an image must show.

That is an object at a place well inside it, not behind the robot nor behind another object.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tank_core.commands import Color
from tank_core.state import Image
from tank_perception.detection.findings import Finding
from tank_perception.detection.ground import Eye

MARGIN_PX = 12.0  # to the image's edge
CLEAR_PX = 10.0  # objects that are narrower in the image may be overlooked


class ImageObservation:
    """An image that is asked what it must show; places are in base_link [m]."""

    def __init__(self, eye: Eye, hidden: Image, findings: Sequence[Finding]) -> None:
        self._eye = eye
        self._hidden = hidden
        self._findings = findings

    def shows(self, center: tuple[float, float, float], width: float, color: Color | None) -> bool:
        """Whether an object of a width [m] at a place would be plainly seen."""
        point = np.array([center])
        depth = float(self._eye.depths(point)[0])
        if depth <= width:
            return False
        across = self._eye.focal * width / depth
        spot = self._eye.pixels(point)[0]
        return (
            across >= CLEAR_PX
            and self._inside(spot, across / 2 + MARGIN_PX)
            and not self._covered(spot, across / 2, color)
        )

    def _inside(self, spot: np.ndarray[tuple[int], np.dtype[np.float64]], margin: float) -> bool:
        height, width = self._hidden.shape
        return bool(margin <= spot[0] < width - margin and margin <= spot[1] < height - margin)

    def _covered(
        self, spot: np.ndarray[tuple[int], np.dtype[np.float64]], radius: float, color: Color | None
    ) -> bool:
        """Whether the robot or a nearer thing is before it.

        The foot of a nearer thing is lower in the image.
        """
        left, right = (int(spot[0] + side * radius) for side in (-1, 1))
        top, bottom = (int(spot[1] + side * radius) for side in (-1, 1))
        if self._hidden[top : bottom + 1, left : right + 1].any():
            return True
        for finding in self._findings:
            x, y, width, height = finding.box
            over = x <= right and x + width >= left and y <= bottom and y + height >= top
            if over and not finding.held and y + height > bottom and finding.color != color:
                return True
        return False
