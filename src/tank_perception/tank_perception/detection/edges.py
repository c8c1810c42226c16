"""Finds where a patch's border really is, between its pixels.

At 1.5 m a thing of 4 cm is ten pixels wide, and half a pixel is what tells a cube from a cylinder.
So the image is read along the line from the patch's middle through each pixel of its border: half
way between the patch's own color there and what is beyond it is the edge.
"""

from __future__ import annotations

import cv2
import numpy as np

from tank_core.state import Array, Image

REACH_PX = 1.75  # so far inward and outward a border pixel's line is read,
STEP_PX = 0.5  # at every so many pixels;
ENDS = 2  # the mean of so many readings at either end is the color there
LEAST_CONTRAST = 20.0  # [of 255] between both; less shows no edge
FARTHEST_PX = 1.2  # an edge farther from the border pixel's middle is another one
_ALONG: Array = np.arange(-REACH_PX, REACH_PX + STEP_PX / 2, STEP_PX)


def edge_offsets(rgb: Image, points: Array, outward: Array, usual: float) -> Array:
    """Return how far beyond border pixels' middles the edge is [px], (n,).

    ``rgb`` is (height, width, 3), ``points`` (n, 2) are right and down, ``outward`` (n, 2) unit
    vectors. Where no edge shows it is ``usual``.
    """
    lines = (points[:, None] + outward[:, None] * _ALONG[:, None]).astype(np.float32)
    colors = cv2.remap(
        rgb, lines[..., 0], lines[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    ).astype(np.float64)
    inner, outer = colors[:, :ENDS].mean(axis=1), colors[:, -ENDS:].mean(axis=1)
    step = inner - outer
    contrast = np.square(step).sum(axis=1)
    share = ((colors - outer[:, None]) * step[:, None]).sum(axis=2) / np.maximum(contrast, 1.0)[
        :, None
    ]
    falls = (share[:, :-1] >= 0.5) & (share[:, 1:] < 0.5)
    crossing = _ALONG[:-1] + STEP_PX * np.clip(
        (share[:, :-1] - 0.5) / np.maximum(share[:, :-1] - share[:, 1:], 1e-6), 0.0, 1.0
    )
    away = np.where(falls, np.abs(crossing - usual), np.inf)
    best = away.argmin(axis=1)
    rows = np.arange(len(points))
    good = (away[rows, best] <= FARTHEST_PX) & (contrast >= LEAST_CONTRAST**2)
    return np.where(good, crossing[rows, best], usual)
