"""The motion law of an arc. Pure; time is an argument."""

from __future__ import annotations

import math
from dataclasses import replace

from tank_core.commands import Side
from tank_core.geometry import Pose2D, clamp, wrap
from tank_core.robot import Drive, Pace
from tank_core.state import Odometry, Twist2D
from tank_executor.motion.laws import MotionStep, MoveLaw

# of what wheels and robot can do, for following the circle; the rest is for coming back to it
SHARE = 0.9
# [1/s], [rad/m] stiffer than a move's: a centimeter beside the line is 2 % of a radius of 0.5 m
ARC_HEADING_GAIN, ARC_CROSS_GAIN = 8.0, 6.0


def least_radius(drive: Drive) -> float:
    """Return the radius [m] of the tightest arc that can be driven.

    On it the inner track stands. On a tighter one it runs backwards: the robot then turns more than
    it drives, by tracks that scrub.
    """
    return drive.wheel_separation * drive.wheel_separation_multiplier / 2


def arc_speed(radius: float, pace: Pace, drive: Drive) -> float:
    """Return the speed [m/s] along an arc: the pace, where the tracks can.

    The outer one goes faster than the robot's middle, and the robot turns no faster than it may.
    """
    outer = 1 + least_radius(drive) / radius
    tracks = drive.max_wheel_speed * drive.wheel_radius / outer
    return min(pace.linear, drive.max_linear, SHARE * tracks, SHARE * drive.max_angular * radius)


class ArcLaw(MoveLaw):
    """A circle of ``radius`` [m] from ``start``, on by ``angle`` [rad] > 0.

    Its center is on that side. It is counted on through whole turns, and measured in meters along
    the line, as a move.
    """

    heading_gain, cross_gain = ARC_HEADING_GAIN, ARC_CROSS_GAIN

    def __init__(
        self, start: Pose2D, side: Side, radius: float, angle: float, pace: Pace, drive: Drive
    ) -> None:
        along = Pace(arc_speed(radius, pace, drive), pace.angular)
        acceleration = min(drive.linear_acceleration, drive.angular_acceleration * radius)
        super().__init__(
            start, radius * angle, along, replace(drive, linear_acceleration=acceleration)
        )
        self._sign = side.sign
        self._radius, self._max_angular = radius, drive.max_angular
        # at the center, and looking at the start
        self._center = Pose2D(
            *start.to_world((0.0, self._sign * radius)), start.yaw - self._sign * math.pi / 2
        )
        self._angle = 0.0  # how far round it has come
        self.curvature = self._sign / radius

    @property
    def end(self) -> Pose2D:
        """The pose at which it ends if all goes well."""
        angle = self.distance / self._radius
        x, y = self._radius * math.cos(angle), self._sign * self._radius * math.sin(angle)
        return Pose2D(*self._center.to_world((x, y)), wrap(self.start.yaw + self._sign * angle))

    def step(self, odometry: Odometry, now: float) -> MotionStep:
        """Return the velocity at ``now`` [s]."""
        step = super().step(odometry, now)
        angular = clamp(step.twist.angular, -self._max_angular, self._max_angular)
        return replace(step, twist=Twist2D(step.twist.linear, angular))

    def _locate(self, pose: Pose2D) -> tuple[float, float, float]:
        x, y = self._center.to_local((pose.x, pose.y))
        self._angle += wrap(self._sign * math.atan2(y, x) - self._angle)
        outside = math.hypot(x, y) - self._radius
        heading = wrap(pose.yaw - self.start.yaw - self._sign * self._angle)
        return self._radius * self._angle, -self._sign * outside, heading
