"""Wheel odometry: a pose from the angles of the two wheels alone.

Pure; floats only, so that it costs next to nothing.
"""

from __future__ import annotations

import math

from tank_core.robot import Drive
from tank_core.state import Odometry, Pose2D, Twist2D

# How the belief loses certainty, as variance for each meter or radian gone (the model of Thrun,
# Burgard and Fox, Probabilistic
# Robotics, section 5.4). A few times what this simulation shows against its truth, because a real
# floor is worse.
METERS_PER_METRE = 1e-5  # [m^2/m] along the way
TURN_PER_TURN = 2e-5  # [rad^2/rad] of heading, by turning
TURN_PER_METRE = 1e-5  # [rad^2/m] of heading, by driving
SLIP_REACH = 4.0  # [m], [rad]
SLIP_DIFFERENCE = 0.5  # of the slip, by which one wheel may stray from the other


class WheelOdometry:
    """Integrates wheel angles to a pose in odom, with its covariance.

    The covariance is that of (x, y, yaw).
    """

    def __init__(self, drive: Drive, slip: float = 0.0) -> None:
        """``slip``: share by which the wheels are known to stray.

        It makes the belief the less certain.
        """
        self._radius = drive.wheel_radius
        self._track = drive.wheel_separation * drive.wheel_separation_multiplier
        # A share that stays the same errs by slip * way. As a variance that grows evenly this is
        # right after SLIP_REACH.
        self._along = METERS_PER_METRE + SLIP_REACH * slip**2
        self._turning = TURN_PER_TURN + SLIP_REACH * slip**2
        self._veering = TURN_PER_METRE + SLIP_REACH * (slip * SLIP_DIFFERENCE / self._track) ** 2
        self.reset(0.0, 0.0)

    def reset(self, left: float, right: float) -> None:
        """Begin at the origin with the wheels at these angles [rad]."""
        self._left, self._right = left, right
        self._x = self._y = self._yaw = 0.0
        self._xx = self._yy = self._tt = self._xy = self._xt = self._yt = 0.0

    def update(
        self, left: float, right: float, left_factor: float = 1.0, right_factor: float = 1.0
    ) -> None:
        """Go on to new wheel angles [rad], along the arc that they describe.

        The factors are how much the encoders over-read.
        """
        gone_left, gone_right = (
            (left - self._left) * self._radius * left_factor,
            (right - self._right) * self._radius * right_factor,
        )
        self._left, self._right = left, right
        way, turn = (gone_left + gone_right) / 2, (gone_right - gone_left) / self._track
        heading = self._yaw + turn / 2  # the chord of a short arc points along its middle
        cosine, sine = math.cos(heading), math.sin(heading)
        self._spread(way, turn, cosine, sine)
        self._x += way * cosine
        self._y += way * sine
        self._yaw += turn

    def _spread(self, way: float, turn: float, cosine: float, sine: float) -> None:
        """Carry the symmetric 3x3 covariance along: P <- F P F^T + Q.

        With F = d(new pose)/d(old pose), written out.
        """
        a, b = -way * sine, way * cosine  # dx/dyaw, dy/dyaw
        along = self._along * abs(way)
        self._xx += 2 * a * self._xt + a * a * self._tt + along * cosine * cosine
        self._yy += 2 * b * self._yt + b * b * self._tt + along * sine * sine
        self._xy += b * self._xt + a * self._yt + a * b * self._tt + along * cosine * sine
        self._xt += a * self._tt
        self._yt += b * self._tt
        self._tt += self._turning * abs(turn) + self._veering * abs(way)

    def odometry(self, left_speed: float, right_speed: float) -> Odometry:
        """The belief now; its yaw is in (-pi, pi].

        ``left_speed`` and ``right_speed`` are the wheels' [rad/s].
        """
        linear = self._radius * (left_speed + right_speed) / 2
        angular = self._radius * (right_speed - left_speed) / self._track
        yaw = math.atan2(math.sin(self._yaw), math.cos(self._yaw))
        return Odometry(
            Pose2D(self._x, self._y, yaw), Twist2D(linear, angular), (self._xx, self._yy, self._tt)
        )

    def wheel_speeds(self, twist: Twist2D) -> tuple[float, float]:
        """(left, right) [rad/s] that give a velocity, if nothing slips."""
        across = twist.angular * self._track / 2
        return (twist.linear - across) / self._radius, (twist.linear + across) / self._radius

    def twist(self, left_speed: float, right_speed: float) -> Twist2D:
        """The velocity that wheel speeds [rad/s] give, if nothing slips."""
        return Twist2D(
            self._radius * (left_speed + right_speed) / 2,
            self._radius * (right_speed - left_speed) / self._track,
        )
