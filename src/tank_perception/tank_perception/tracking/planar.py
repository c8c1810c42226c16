"""Covariances on the floor as plain numbers.

For a handful of objects, one by one, arrays would cost ten times as much.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from tank_core.geometry import Place
from tank_core.state import Array


class Spread(NamedTuple):
    """A covariance in the plane [m^2]: [[xx, xy], [xy, yy]]."""

    xx: float
    xy: float
    yy: float

    @classmethod
    def of(cls, covariance: Array) -> Spread:
        """Take the part in x and y of a covariance (2 or more, 2 or more)."""
        (xx, xy), (_, yy) = covariance[:2, :2].tolist()
        return cls(xx, xy, yy)

    @property
    def trace(self) -> float:
        return self.xx + self.yy

    def plus(self, other: Spread) -> Spread:
        """Return that of the sum of two independent errors."""
        return Spread(self.xx + other.xx, self.xy + other.xy, self.yy + other.yy)

    def scaled(self, factor: float) -> Spread:
        return Spread(factor * self.xx, factor * self.xy, factor * self.yy)

    def inverse(self) -> Spread:
        determinant = self.xx * self.yy - self.xy * self.xy
        return Spread(self.yy / determinant, -self.xy / determinant, self.xx / determinant)

    def deviations(self, dx: float, dy: float) -> float:
        """Return the Mahalanobis distance of an error [m].

        It says how many standard deviations the error is.
        """
        inverse = self.inverse()
        return math.sqrt(
            max(0.0, inverse.xx * dx * dx + 2 * inverse.xy * dx * dy + inverse.yy * dy * dy)
        )

    def turned(self, angle: float) -> Spread:
        """Return R C R^T, for a turn R by the angle of this cosine and sine."""
        cosine, sine = math.cos(angle), math.sin(angle)
        both = 2 * cosine * sine * self.xy
        across = cosine * sine * (self.xx - self.yy) + (cosine * cosine - sine * sine) * self.xy
        return Spread(
            cosine * cosine * self.xx - both + sine * sine * self.yy,
            across,
            sine * sine * self.xx + both + cosine * cosine * self.yy,
        )


def round_spread(variance: float) -> Spread:
    """Return the spread that is the same in all directions [m^2]."""
    return Spread(variance, 0.0, variance)


def fused(place: Place, spread: Spread, measured: Place, noise: Spread) -> tuple[Place, Spread]:
    """Update a place that does not move by a measurement of it (Kalman).

    Returns the new place and what is left of its spread.
    """
    total = spread.plus(noise).inverse()
    # Gain K = P (P + R)^-1; the new place is x + K (z - x), and the new spread P - K P.
    k_xx, k_xy = (
        spread.xx * total.xx + spread.xy * total.xy,
        spread.xx * total.xy + spread.xy * total.yy,
    )
    k_yx, k_yy = (
        spread.xy * total.xx + spread.yy * total.xy,
        spread.xy * total.xy + spread.yy * total.yy,
    )
    dx, dy = measured[0] - place[0], measured[1] - place[1]
    rest = Spread(
        spread.xx - k_xx * spread.xx - k_xy * spread.xy,
        spread.xy - k_xx * spread.xy - k_xy * spread.yy,
        spread.yy - k_yx * spread.xy - k_yy * spread.yy,
    )
    return (place[0] + k_xx * dx + k_xy * dy, place[1] + k_yx * dx + k_yy * dy), rest
