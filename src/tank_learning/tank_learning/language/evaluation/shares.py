"""Shares, and how sure they are. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

Z_95 = 1.96  # standard deviations on either side that hold 95 %


def share(flags: Sequence[bool]) -> float:
    """The share of true ones; 0 of none."""
    return sum(flags) / len(flags) if flags else 0.0


def wilson(part: int, whole: int) -> tuple[float, float]:
    """The 95 % interval of a share by Wilson's score: ``part`` of ``whole``."""
    found, extra = part / whole, Z_95**2 / whole
    middle = (found + extra / 2) / (1 + extra)
    half = Z_95 * math.sqrt((found * (1 - found) + extra / 4) / whole) / (1 + extra)
    return max(0.0, middle - half), min(1.0, middle + half)
