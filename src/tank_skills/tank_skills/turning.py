"""The turns of a skill that faces a thing, and what it looks at.

One place for trainer, simulation and robot: the choices, the motion of each, the network's input.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from tank_core.state import Array, Image
from tank_skills.views import SMALL

SIZE = SMALL  # of the image that it looks at
TURNS_DEG = (-16.0, -8.0, -4.0, -2.0, 0.0, 2.0, 4.0, 8.0, 16.0)  # to the left is positive
HOLD = TURNS_DEG.index(0.0)  # the thing is in the middle
UNSEEN = len(TURNS_DEG)  # one more choice: the thing is not in view
CHOICES = len(TURNS_DEG) + 1
SEARCH_DEG = 40.0  # the turn while it is not in view; the image is 53 degrees wide

PERIOD = 0.02  # [s] between two velocities
CRUISE, RAMP_S = 0.8, 0.2  # [rad/s] at most, and the time to get there: 4 rad/s^2, as classical
SHORTEST_S = 0.3  # [s] of a turn, however small
BRIGHTNESS = 0.4  # the mean of every image that the network sees, of 1


def degrees(choice: int) -> float:
    """The turn [deg] of a choice; that of UNSEEN is the search's."""
    return SEARCH_DEG if choice == UNSEEN else TURNS_DEG[choice]


def turn_profile(angle: float) -> Array:
    """Angular velocities (n,) [rad/s] that turn by ``angle`` [rad].

    One each PERIOD.
    A trapezoid from rest to rest.
    """
    lasts = max(SHORTEST_S, abs(angle) / CRUISE + RAMP_S)
    count, ramp = round(lasts / PERIOD), RAMP_S / PERIOD
    ticks = np.arange(count) + 0.5
    shape = np.minimum(1.0, np.minimum(ticks, count - ticks) / ramp)
    profile: Array = shape * angle / (shape.sum() * PERIOD)
    return profile


# velocities of the longest turn, with the one that ends it
LONGEST = len(turn_profile(math.radians(SEARCH_DEG))) + 1


def network_input(image: Image, color: int, colors: int) -> npt.NDArray[np.float32]:
    """The input of the network for an image of SIZE.

    (3 + colors, height, width).
    The picture in equal brightness whatever the light, and a plane of ones for the wanted color,
    ``color`` of ``colors``; the other colors' planes are zero.
    """
    width, height = SIZE
    wanted = np.zeros((3 + colors, height, width), np.float32)
    picture = image.astype(np.float32)
    wanted[:3] = (picture * (BRIGHTNESS / max(float(picture.mean()), 1.0))).transpose(2, 0, 1) - 0.5
    wanted[3 + color] = 1.0
    return wanted
