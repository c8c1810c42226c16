"""Dead reckoning: a pose from what the tracks were told.

There are no encoders, and the variance says so. Pure.
"""

from __future__ import annotations

from tank_core.diff_drive import DiffDrive, advance
from tank_core.geometry import Pose2D, wrap
from tank_core.state import Odometry, Twist2D

KIND = "dead reckoning: commanded track speeds, no encoders"  # for diagnostics

# Standard deviations, as shares that stay the same for a whole run and so add up linearly. Nobody
# measured them: they follow from
# Way: speed follows the voltage, and two cells fall from 8.4 to 6.8 V, which is 10 % about their
# middle.
WAY = 0.10  # [m/m]
# Turn: how far tracks skid depends on the floor; the separation multiplier lies anywhere between
# about 1.2 and 1.8.
TURN = 0.20  # [rad/rad]
# Heading on a straight way: two calibrated motors still differ by some percent of speed.
TRACKS_DIFFER = 0.03  # of the way; divided by the separation it is rad/m


class DeadReckoning:
    """Integrates track speeds to a pose in odom, along exact arcs."""

    def __init__(self, across: float, wheel_radius: float) -> None:
        """``across`` [m]: how far apart the tracks stand in a turn.

        ``wheel_radius`` [m]: of the sprockets, for their angles.
        """
        self._tracks, self._radius = DiffDrive(across), wheel_radius
        self._pose = Pose2D()
        self._deviation = self._yaw_deviation = 0.0  # [m] in x and in y, [rad]
        self.angles = (0.0, 0.0)  # of the left and the right sprocket [rad]

    def advance(self, left: float, right: float, duration: float) -> None:
        """The tracks ran at these speeds [m/s] for ``duration`` [s]."""
        if left == right == 0.0:
            return
        twist = self._tracks.twist(left, right)
        self._spread(abs(twist.linear * duration), abs(twist.angular * duration))
        pose = advance(self._pose, twist, duration)
        self._pose = Pose2D(pose.x, pose.y, wrap(pose.yaw))
        self.angles = (
            self.angles[0] + left * duration / self._radius,
            self.angles[1] + right * duration / self._radius,
        )

    def _spread(self, way: float, turn: float) -> None:
        """Deviations grow with way and turn and never shrink.

        A wrong heading leads aside, in any direction of odom.
        """
        self._yaw_deviation += TURN * turn + TRACKS_DIFFER / self._tracks.separation * way
        self._deviation += (WAY + min(1.0, self._yaw_deviation)) * way

    def odometry(self, twist: Twist2D) -> Odometry:
        """The belief now, with the velocity in force; yaw is in (-pi, pi]."""
        place = self._deviation**2
        return Odometry(self._pose, twist, (place, place, self._yaw_deviation**2))
