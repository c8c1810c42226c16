"""Shares of the full learning rate over the progress of a run in [0, 1].

Progress is counted in tokens, so a schedule is the same on every machine.
"""

from __future__ import annotations

import math


def trapezoid(progress: float, warmup: float, cooldown: float) -> float:
    """Warm-up, plateau, linear cool-down to 0; both are shares of the run."""
    return max(0.0, min(1.0, progress / warmup, (1.0 - progress) / cooldown))


def half_cosine(progress: float, warmup: float) -> float:
    """Return the rate's share: a warm-up, then half a cosine down to 0.

    The warm-up is a share of the run and may be 0.
    """
    return min(
        1.0,
        progress / warmup if warmup else 1.0,
        0.5 + 0.5 * math.cos(math.pi * min(progress, 1.0)),
    )
