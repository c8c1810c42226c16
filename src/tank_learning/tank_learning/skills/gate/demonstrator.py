"""Drives through a gate by the truth: pure pursuit of its middle line.

Pure. Poses are in the gate's frame: x leads through it, the middle of the opening is the origin.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from tank_core.diff_drive import advance
from tank_core.geometry import Pose2D, clamp, wrap
from tank_core.state import Twist2D
from tank_executor.behaviors.gates.going_through import BEYOND_M

OFF_M, TURNED_RAD = 0.1, math.radians(10)  # from where it ends, at most, for success
SPEED, LEAST_SPEED = 0.4, 0.1  # [m/s] at most, and when it turns sharply or is nearly there
TURN_RATE, TURN_GAIN = 1.2, 2.5  # [rad/s] at most; [1/s] of the angle to what is pursued
BRAKING = 1.5  # [1/s] of the way that is left
AHEAD_M = 0.35  # what is pursued lies so far ahead on the middle line,
# but is no farther than this before the gate until the robot is nearly there: it gets in line first
LINED_UP_M, NEARLY_M = -0.45, -0.5


def is_through(pose: Pose2D) -> bool:
    """Whether the drive is over."""
    return pose.x >= BEYOND_M


def stands_beyond(pose: Pose2D, width: float) -> bool:
    """Whether a robot that ends at a pose has gone through as it should.

    ``width`` [m] is that of the gate. Half a meter beyond it, as the classical go_through ends.
    """
    there = abs(pose.x - BEYOND_M) <= OFF_M and abs(pose.y) < width / 2
    return there and abs(pose.yaw) <= TURNED_RAD


def pursue(pose: Pose2D) -> Twist2D:
    """The demonstrator's velocity at a pose; zero once it is through."""
    if is_through(pose):
        return Twist2D()
    ahead = pose.x + AHEAD_M
    if pose.x < NEARLY_M:
        ahead = min(ahead, LINED_UP_M)
    off = wrap(math.atan2(-pose.y, ahead - pose.x) - pose.yaw)
    speed = min(SPEED * max(0.25, math.cos(min(abs(off), 1.2))), BRAKING * (BEYOND_M - pose.x))
    return Twist2D(max(LEAST_SPEED, speed), clamp(TURN_GAIN * off, -TURN_RATE, TURN_RATE))


def drive_on(pose: Pose2D, steps: int, period: float) -> Iterator[Twist2D]:
    """The velocities that would follow from a pose, one each ``period`` [s].

    So a whole chunk of labels is made for any pose, also for one that nobody demonstrated.
    """
    for _ in range(steps):
        twist = pursue(pose)
        yield twist
        pose = advance(pose, twist, period)
