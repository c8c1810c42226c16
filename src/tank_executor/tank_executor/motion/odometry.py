"""Whether odometry can be believed. Pure."""

from __future__ import annotations

import math

from tank_core.robot import Drive
from tank_core.state import Odometry, RobotState

# Odometry that goes farther in one tick than the robot can drive, by this much, is not its own
# motion.
JUMP_M, JUMP_RAD = 0.15, 0.3
FASTER = 1.5  # times its greatest speed
# What a robot knows of its heading by its wheels only gets worse. Odometry whose variance is less
# than this share of what it was began anew.
ANEW_SHARE = 0.5


def fault(odometry: Odometry) -> str | None:
    """Say why odometry cannot be acted on; None when it can."""
    pose, twist = odometry.pose, odometry.twist
    finite = all(
        math.isfinite(value) for value in (pose.x, pose.y, pose.yaw, twist.linear, twist.angular)
    )
    return None if finite else "the odometry on 'odom' is not a number"


def jump(before: RobotState, after: RobotState, drive: Drive) -> str | None:
    """Say how odometry changed between two states, as "jumped by 2.00 m".

    None if the robot may have come there by itself.
    """
    one, two = before.odometry.pose, after.odometry.pose
    span = FASTER * max(0.0, after.time - before.time)
    way, turned = one.distance(two), one.turned(two)
    if way > drive.max_linear * span + JUMP_M:
        return f"jumped by {way:.2f} m"
    if turned > drive.max_angular * span + JUMP_RAD:
        return f"jumped by {math.degrees(turned):.0f} degrees"
    anew = after.odometry.variance[2] < ANEW_SHARE * before.odometry.variance[2]
    return "began anew" if anew else None
