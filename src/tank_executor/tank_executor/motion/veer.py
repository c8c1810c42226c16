"""The veer of wheels that are not alike, learned from what is driven to. Pure.

Odometry says that it drove straight, but what was ahead is aside: a robot on wheels does not come
aside but by turning, so its heading is off by as much. It does so on the next meter, too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from tank_core.commands import Side
from tank_core.geometry import Place, Pose2D, clamp, wrap
from tank_core.robot import Drive, Pace
from tank_executor.motion.arc_law import ArcLaw
from tank_executor.motion.laws import MoveLaw

LEAST_WAY_M = 0.2  # on a shorter way it does not show
# [m] of way after which as much of it lasts as comes and goes: hobby motors wander within seconds
HALF_M = 0.17
MOST = 0.2  # [rad/m] what is more is no veer
LEAST = 0.003  # [rad/m] not worth an arc


@dataclass(frozen=True)
class Veer:
    """A turn to the left [rad/m] where odometry says that it drives straight."""

    rate: float = 0.0

    @classmethod
    def learned(cls, start: Pose2D, end: Pose2D, before: Place, after: Place) -> Veer:
        """Learn from a straight drive between two poses in odom to something.

        That was measured ``before`` and ``after`` the drive, in odom, too.
        """
        way, away = start.distance(end), math.dist((end.x, end.y), after)
        if way < LEAST_WAY_M:
            return cls()
        turned = wrap(_bearing(end, before) - _bearing(end, after))
        # the robot has come aside as well, by half of that on its way
        rate = turned / ((way + HALF_M) * (1 + way / (2 * away)))
        return cls(clamp(rate, -MOST, MOST))

    def in_odom(self, start: Pose2D, place: Place) -> Place:
        """Return where in odom a robot is that gets from ``start`` to a place."""
        x, y = start.to_local(place)
        return start.to_world((x + self.rate * x * y, y - self.rate * x * x / 2))

    def law(self, start: Pose2D, way: float, pace: Pace, drive: Drive) -> MoveLaw:
        """Return the law of a drive that is truly straight, ``way`` [m] > 0."""
        if abs(self.rate) < LEAST:
            return MoveLaw(start, way, pace, drive)
        side = Side.RIGHT if self.rate > 0 else Side.LEFT
        return ArcLaw(start, side, 1 / abs(self.rate), way * abs(self.rate), pace, drive)


def _bearing(base: Pose2D, place: Place) -> float:
    x, y = base.to_local(place)
    return math.atan2(y, x)
