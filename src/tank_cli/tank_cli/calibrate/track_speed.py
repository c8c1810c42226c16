"""Fits the tracks' speeds to measured drives.

Pure; SI units; forward and left are positive.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Lap:
    """A drive with both tracks at the same share of full speed.

    Its time [s], and where it ended, ``ahead`` and to the ``left`` [m].
    """

    seconds: float
    ahead: float
    left: float

    @property
    def turned(self) -> float:
        """The heading [rad] at its end.

        A circle's tangent turns by twice the angle to the chord.
        """
        return 2.0 * math.atan2(self.left, self.ahead)

    @property
    def path(self) -> float:
        """Its length [m] along that circle."""
        half = self.turned / 2.0
        return math.hypot(self.ahead, self.left) * (half / math.sin(half) if half else 1.0)


@dataclass(frozen=True)
class SpeedFit:
    """A fit: ``speed`` [m/s] of the middle, ``lag`` [s] until it runs.

    ``curvature`` [1/m] to the left, and the largest ``residual`` [m].
    """

    speed: float
    lag: float
    curvature: float
    residual: float


def fit_speed(laps: Sequence[Lap]) -> SpeedFit | None:
    """path = speed * (seconds - lag) by least squares.

    None where that is no motion forward.
    """
    count = len(laps)
    mean_time, mean_path = (
        sum(lap.seconds for lap in laps) / count,
        sum(lap.path for lap in laps) / count,
    )
    spread = sum((lap.seconds - mean_time) ** 2 for lap in laps)
    speed = (
        sum((lap.seconds - mean_time) * (lap.path - mean_path) for lap in laps) / spread
        if spread
        else 0.0
    )
    if speed <= 0.0:
        return None
    lag = mean_time - mean_path / speed
    residual = max(abs(lap.path - speed * (lap.seconds - lag)) for lap in laps)
    return SpeedFit(
        speed, lag, sum(lap.turned for lap in laps) / sum(lap.path for lap in laps), residual
    )


def track_speeds(fit: SpeedFit, separation: float) -> tuple[float, float]:
    """The speeds [m/s] of the left and the right track.

    ``separation`` [m]: how far apart they are as they turn it (with the multiplier).
    """
    return fit.speed * (1.0 - fit.curvature * separation / 2.0), fit.speed * (
        1.0 + fit.curvature * separation / 2.0
    )


def spin_seconds(speed: float, separation: float, lag: float) -> float:
    """The time [s] of one turn in place.

    The tracks run at ``speed`` [m/s] against each other.
    """
    return math.pi * separation / speed + lag


def spin_multiplier(
    speed: float, seconds: float, lag: float, separation: float, degrees: float
) -> float:
    """The factor by which the tracks seem farther apart than ``separation``.

    It turned by ``degrees`` in that time; ``separation`` in [m].
    """
    return 2.0 * speed * max(0.0, seconds - lag) / (separation * math.radians(degrees))
