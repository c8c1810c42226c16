"""Places on the floor, between the odom frame and the robot's own. Pure."""

from __future__ import annotations

import math

from tank_core.state import Pose2D

Place = tuple[float, float]  # (x, y) [m]


def from_base(base: Pose2D, place: Place) -> Place:
    """A place in base_link, in odom."""
    cosine, sine = math.cos(base.yaw), math.sin(base.yaw)
    return base.x + place[0] * cosine - place[1] * sine, base.y + place[0] * sine + place[
        1
    ] * cosine


def to_base(base: Pose2D, place: Place) -> Place:
    """A place in odom, in base_link."""
    x, y = place[0] - base.x, place[1] - base.y
    cosine, sine = math.cos(base.yaw), math.sin(base.yaw)
    return x * cosine + y * sine, y * cosine - x * sine
