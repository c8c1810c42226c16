"""The judge of pick and place, by the simulator's truth. Pure."""

from __future__ import annotations

import math

from tank_core.geometry import Place

NEAR_M = 0.05  # from the middle of the goal's cell
ON_FLOOR_M = 0.01  # a center this much over half its size still lies on the floor


def is_near(place: Place, goal: Place) -> bool:
    """Whether a thing is where it was to be brought; both in one frame [m]."""
    return math.dist(place, goal) <= NEAR_M


def lies(height: float, size: float) -> bool:
    """Whether a thing of ``size`` [m] lies, with its center at a height [m]."""
    return height - size / 2 <= ON_FLOOR_M


def is_put_down(place: Place, height: float, size: float, goal: Place, held: bool) -> bool:
    """Whether a thing lies where it was to be brought, and nothing holds it."""
    return is_near(place, goal) and lies(height, size) and not held
