"""The plain color rule: where in a small picture the thing of a color is.

Colors are named as everywhere in the stack, by perception's own color model.
"""

from __future__ import annotations

import math
from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from tank_core.commands import Color
from tank_core.robot import Robot
from tank_core.state import Image
from tank_perception.color_model import ColorModel, in_span, load_colors
from tank_perception.detection.ground import Eye
from tank_perception.view import Lens, View
from tank_skills.turning import SIZE, TURNS_DEG, UNSEEN

HALF_HEIGHT = 0.02  # [m] of a thing on the floor
LEAST = 0.6  # [px] of full color that make a thing
# of a thing's pixels, of the most vivid of them: what is less is its rim, mixed with the floor
RIM = 0.35
# Costs of a turn [deg off the middle]: of two that do as well the smaller one is better, and none
# at all is better still, lest it turns to and fro between two that are as far off.
ANY_TURN, EACH_DEGREE = 0.3, 0.02


class ColorSight:
    """Finds the thing of a color in small pictures of a robot's camera."""

    def __init__(self, robot: Robot, colors: ColorModel | None = None) -> None:
        width, height = SIZE
        self._eye = Eye(View.of(robot), Lens.of(replace(robot.camera, width=width, height=height)))
        self._model = colors or load_colors()
        hues = np.arange(180) * 2.0  # OpenCV counts in two degrees
        self._hues = {
            color: np.array([in_span(hue, span) for hue in hues])
            for color, span in self._model.hues.items()
        }

    def bearing_deg(self, picture: Image, color: Color) -> float | None:
        """The turn [deg] that would bring the thing to the middle.

        None where there is no such thing.
        As seen from the robot's middle, about which it turns, not from the camera.
        """
        weights = self._weights(picture, color)
        total = float(weights.sum())
        if total < LEAST:
            return None
        rows, columns = np.arange(weights.shape[0]), np.arange(weights.shape[1])
        pixel = np.array(
            [[weights.sum(0) @ columns / total, weights.sum(1) @ rows / total]], np.float64
        )
        x, y, _ = self._eye.on_plane(pixel, HALF_HEIGHT)[0]
        if not math.isfinite(x):  # over the horizon: no thing on the floor
            return None
        return math.degrees(math.atan2(y, x))

    def choice(self, picture: Image, color: Color) -> int:
        """The index of the best turn for what is seen; UNSEEN without a thing."""
        bearing = self.bearing_deg(picture, color)
        if bearing is None:
            return UNSEEN
        return int(np.argmin([turn_cost(turn, bearing - turn) for turn in TURNS_DEG]))

    def _weights(self, picture: Image, color: Color) -> npt.NDArray[np.float64]:
        """Weigh the pixels of the largest patch of the color.

        (height, width), 0 to 1.
        """
        hue, saturation, value = cv2.split(cv2.cvtColor(picture, cv2.COLOR_RGB2HSV))
        least = 255 * self._model.min_saturation
        mask = (
            self._hues[color][hue] & (saturation >= least) & (value >= 255 * self._model.min_value)
        )
        weights = mask * np.clip((saturation - 0.7 * least) / (255 - 0.7 * least), 0, 1)
        _, patches = cv2.connectedComponents(mask.astype(np.uint8))
        sums = np.bincount(patches.ravel(), weights.ravel())
        sums[0] = 0.0  # what is of no patch
        patch = weights * (patches == sums.argmax())
        kept: npt.NDArray[np.float64] = np.where(patch >= RIM * patch.max(), patch, 0.0)
        return kept


def turn_cost(turn: float, off: float) -> float:
    """The cost of a turn [deg].

    After it the thing is ``off`` [deg] the middle.
    """
    return abs(off) + ANY_TURN * (turn != 0.0) + EACH_DEGREE * abs(turn)
