"""The small image that a skill looks at: the same in training and on the robot."""

from __future__ import annotations

import cv2
import numpy as np

from tank_core.state import Floats, Image

SMALL = (64, 48)  # width, height [px] of the images that skills look at


def small_view(rgb: Image, size: tuple[int, int]) -> Image:
    """The image at ``size`` (width, height) [px], each pixel a mean by area.

    What has that size is returned as it is.
    """
    if (rgb.shape[1], rgb.shape[0]) == size:
        return rgb
    small: Image = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    return small


def network_input(rgb: Image, size: tuple[int, int]) -> Floats:
    """The small view as networks take it: (1, 3, height, width), 0 to 1."""
    channels = small_view(rgb, size).transpose(2, 0, 1)[None]
    scaled: Floats = channels.astype(np.float32) / np.float32(255)
    return scaled
