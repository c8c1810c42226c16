"""Differential drive: a velocity and the speeds of two tracks or wheels.

Pure, in plain floats. Siegwart and Nourbakhsh, Autonomous Mobile Robots, section 3.2.3.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from tank_core.geometry import Pose2D
from tank_core.state import Twist2D


@dataclass(frozen=True)
class DiffDrive:
    """Two tracks or wheels that do not slip.

    ``separation`` [m]: how far apart they act, which in a turn is more than they stand apart.
    ``radius`` [m]: the wheels'; with it speeds are [rad/s], without it they are the ground's [m/s].
    """

    separation: float
    radius: float = 1.0

    def speeds(self, twist: Twist2D) -> tuple[float, float]:
        """(left, right) that give a velocity."""
        half = twist.angular * self.separation / 2
        return (twist.linear - half) / self.radius, (twist.linear + half) / self.radius

    def twist(self, left: float, right: float) -> Twist2D:
        """The velocity that two speeds give.

        Of two ways, the way [m] and the turn [rad].
        """
        return Twist2D(
            self.radius * (left + right) / 2, self.radius * (right - left) / self.separation
        )


def arc_end(radius: float, angle: float) -> Pose2D:
    """The pose at an arc's end, in the frame of its start.

    ``radius`` [m] and ``angle`` [rad]: both positive to the left, both negative to the right.
    """
    return Pose2D(radius * math.sin(angle), radius * (1 - math.cos(angle)), angle)


def advance(pose: Pose2D, twist: Twist2D, duration: float) -> Pose2D:
    """The pose of a robot after ``duration`` [s] of a constant velocity.

    An arc, exactly (straight when it does not turn); the yaw counts on through whole turns.
    """
    angle, way = twist.angular * duration, twist.linear * duration
    # Chord of the arc, in the direction of half the turn.
    half = angle / 2
    chord, heading = way * (math.sin(half) / half if half else 1.0), pose.yaw + half
    return Pose2D(
        pose.x + chord * math.cos(heading), pose.y + chord * math.sin(heading), pose.yaw + angle
    )
