"""Planar geometry, stated once: poses, places, angles.

Pure and in plain floats: for a handful of places, one by one, arrays would cost ten times as much.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

Place = tuple[float, float]  # x, y [m]
Vector = tuple[float, float, float]  # x, y, z
Quaternion = tuple[float, float, float, float]  # x, y, z, w, as in ROS


@dataclass(frozen=True)
class Pose2D:
    """A planar pose in the odom frame: x, y [m], yaw [rad], counter-clockwise.

    Its own frame is called local (base_link), the one that it is told in world (odom).
    """

    x: float = 0.0
    y: float = 0.0
    yaw: float = 0.0

    def to_world(self, place: Place) -> Place:
        """Transform a place of this pose's frame into the frame it is in."""
        x, y = place
        cosine, sine = math.cos(self.yaw), math.sin(self.yaw)
        return self.x + x * cosine - y * sine, self.y + x * sine + y * cosine

    def to_local(self, place: Place) -> Place:
        """A place in the frame that the pose is told in, in this pose's own."""
        x, y = place[0] - self.x, place[1] - self.y
        cosine, sine = math.cos(self.yaw), math.sin(self.yaw)
        return x * cosine + y * sine, y * cosine - x * sine

    def compose(self, local: Pose2D) -> Pose2D:
        """A pose of this one's frame, in the frame that this one is told in."""
        return Pose2D(*self.to_world((local.x, local.y)), self.yaw + local.yaw)

    def between(self, other: Pose2D, share: float) -> Pose2D:
        """The pose at ``share`` (0 to 1) of the way to another.

        By the shorter turn.
        """
        return Pose2D(
            self.x + share * (other.x - self.x),
            self.y + share * (other.y - self.y),
            self.yaw + share * wrap(other.yaw - self.yaw),
        )

    def relative_to(self, base: Pose2D) -> Pose2D:
        """This pose in the frame of another one; its yaw is in [-pi, pi]."""
        return Pose2D(*base.to_local((self.x, self.y)), wrap(self.yaw - base.yaw))

    def distance(self, other: Pose2D) -> float:
        """The distance [m] between two poses, whatever their headings."""
        return math.dist((self.x, self.y), (other.x, other.y))

    def turned(self, other: Pose2D) -> float:
        """The shorter turn [rad] to another pose's heading, without a sign."""
        return abs(wrap(other.yaw - self.yaw))


def segment_distance(place: Place, start: Place, end: Place) -> float:
    """The distance [m] of a place from a line with two ends."""
    line = Pose2D(*start, math.atan2(end[1] - start[1], end[0] - start[0]))
    x, y = line.to_local(place)
    return math.hypot(x - clamp(x, 0.0, math.dist(start, end)), y)


def wrap(angle: float) -> float:
    """The same direction in [-pi, pi]."""
    return math.remainder(angle, 2.0 * math.pi)


def clamp(value: float, lower: float, upper: float) -> float:
    """The nearest value in [lower, upper]."""
    return max(lower, min(upper, value))


def yaw_of(rotation: Quaternion) -> float:
    """The yaw [rad] in [-pi, pi] of any rotation."""
    x, y, z, w = rotation
    return math.atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z))


def from_yaw(yaw: float) -> Quaternion:
    """The rotation about z by ``yaw`` [rad]."""
    return 0.0, 0.0, math.sin(yaw / 2), math.cos(yaw / 2)


def wxyz_from_yaw(yaw: float) -> Quaternion:
    """The rotation about z by ``yaw`` [rad] as w, x, y, z: MuJoCo's order."""
    x, y, z, w = from_yaw(yaw)
    return w, x, y, z
