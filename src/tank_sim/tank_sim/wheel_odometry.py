"""Wheel odometry: a pose from the angles of the two wheels alone.

Pure; floats only, so that it costs next to nothing.
"""

from __future__ import annotations

import math

from tank_core.diff_drive import DiffDrive
from tank_core.geometry import Pose2D, wrap
from tank_core.robot import Drive
from tank_core.state import Odometry

# How the belief loses certainty, as variance for each meter or radian gone (the model of Thrun,
# Burgard and Fox, Probabilistic
# Robotics, section 5.4). A few times what this simulation shows against its truth, because a real
# floor is worse.
METERS_PER_METER = 1e-5  # [m^2/m] along the way
TURN_PER_TURN = 2e-5  # [rad^2/rad] of heading, by turning
TURN_PER_METER = 1e-5  # [rad^2/m] of heading, by driving
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
        track = drive.wheel_separation * drive.wheel_separation_multiplier
        self.wheels = DiffDrive(track, drive.wheel_radius)  # speeds in [rad/s]
        self._ground = DiffDrive(track)
        # A share that stays the same errs by slip * way. As a variance that grows evenly this is
        # right after SLIP_REACH.
        self._along = METERS_PER_METER + SLIP_REACH * slip**2
        self._turning = TURN_PER_TURN + SLIP_REACH * slip**2
        self._veering = TURN_PER_METER + SLIP_REACH * (slip * SLIP_DIFFERENCE / track) ** 2
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
            (left - self._left) * self.wheels.radius * left_factor,
            (right - self._right) * self.wheels.radius * right_factor,
        )
        self._left, self._right = left, right
        gone = self._ground.twist(gone_left, gone_right)
        way, turn = gone.linear, gone.angular
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
        """The belief now; its yaw is in [-pi, pi].

        ``left_speed`` and ``right_speed`` are the wheels' [rad/s].
        """
        return Odometry(
            Pose2D(self._x, self._y, wrap(self._yaw)),
            self.wheels.twist(left_speed, right_speed),
            (self._xx, self._yy, self._tt),
        )
