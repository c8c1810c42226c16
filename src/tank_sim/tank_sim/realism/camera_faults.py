"""Faults of the camera's images: blur, color cast, brightness, noise.

Pure; all of it comes from seed and time.
"""

from __future__ import annotations

import cv2
import numpy as np

from tank_core.state import Image
from tank_sim.realism.levels import Realism

# [px] by which the table of noise is wider and higher than an image, so that each image gets
# another part of it
EXTRA = 97


class CameraFaults:
    """The faults of one camera: some for good, some anew in each frame.

    ``seed`` draws what stays, and the time of a frame what changes.
    """

    def __init__(self, realism: Realism, width: int, height: int, seed: int) -> None:
        self._realism, self._seed = realism, seed
        self._width, self._height = width, height
        dice = np.random.default_rng([seed, 2])
        # [rad] about the camera's x, y, z
        self.tilt = realism.camera_tilt * dice.standard_normal(3)
        red, blue = 1 + realism.white_balance * dice.uniform(-1, 1, 2)
        self._balance = np.array([red, 1.0, blue])
        self._lighter, self._darker = self._noise_table(dice)

    def _noise_table(self, dice: np.random.Generator) -> tuple[Image, Image]:
        """Two tables to add and to take away, each 0 where the other is not.

        8-bit sums are ten times as fast as those of floats.
        """
        shape = (
            (self._height + EXTRA, self._width + EXTRA, 3)
            if self._realism.camera_noise
            else (1, 1, 3)
        )
        noise = np.rint(self._realism.camera_noise * dice.standard_normal(shape, dtype=np.float32))
        return np.clip(noise, 0, 255).astype(np.uint8), np.clip(-noise, 0, 255).astype(np.uint8)

    def spoil(self, rgb: Image, time: float) -> Image:
        """The image as this camera gives it at ``time`` [s].

        Both images are (height, width, 3).
        """
        dice = np.random.default_rng([self._seed, 3, round(time * 1000)])
        if self._realism.camera_blur:
            rgb = cv2.GaussianBlur(rgb, (0, 0), self._realism.camera_blur)
        if self._realism.camera_gain or self._realism.white_balance:
            gain = (
                1 + self._realism.camera_gain * np.clip(dice.standard_normal(), -3, 3)
            ) * self._balance
            table = np.clip(np.rint(np.arange(256)[:, None] * gain), 0, 255).astype(np.uint8)
            rgb = cv2.LUT(rgb, table[None])
        if self._realism.camera_noise:
            rgb = self._add_noise(rgb, *dice.integers(0, EXTRA, 2).tolist())
        return rgb

    def _add_noise(self, rgb: Image, down: int, right: int) -> Image:
        part = np.s_[down : down + self._height, right : right + self._width]
        noisy: Image = cv2.subtract(cv2.add(rgb, self._lighter[part]), self._darker[part])
        return noisy
