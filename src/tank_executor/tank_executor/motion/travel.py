"""The robot's way since its start, and the compass, by odometry. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tank_core.geometry import Pose2D
from tank_core.robot import Drive
from tank_core.state import Odometry, RobotState
from tank_executor.motion import odometry

BACK_S = 0.5  # a stamp this much older than the last is from another time; less: it was overtaken
STILL_M = 0.0005  # [m] between two readings that is the sensors' noise, and no way


class Travel:
    """The way driven since the start, in odom.

    Feed it every state that can be believed with ``note``. It starts anew when the robot was
    carried or the clock went back: nothing that was known by odometry holds then.
    """

    def __init__(self) -> None:
        self.start: Odometry | None = None  # where the robot was first seen
        self.way = 0.0  # [m] driven since
        self._last: RobotState | None = None  # the newest
        self._counted: RobotState | None = None  # up to which the way is counted

    def note(self, state: RobotState, drive: Drive) -> str | None:
        """Take over a state; returns why the way starts anew, or None."""
        last = self._last
        if last is not None and 0.0 < last.time - state.time <= BACK_S:
            return None
        reason = None
        if last is not None and state.time < last.time:
            reason = f"the clock went back by {last.time - state.time:.1f} s"
        elif last is not None and (jump := odometry.jump(last, state, drive)):
            reason = f"odometry {jump}"
        self._last, counted = state, self._counted
        if reason or counted is None:
            self.start, self.way, self._counted = state.odometry, 0.0, state
            return reason
        step = counted.odometry.pose.distance(state.odometry.pose)
        if step >= STILL_M:  # less adds up with the next
            self.way += step
            self._counted = state
        return None


@dataclass(frozen=True)
class Compass:
    """The direction of north in odom, as far as it is known.

    ``north``: the yaw [rad] of north in odom. ``variance`` [rad^2]: the odometry's own when it was
    told; what it has grown by since is the error.
    """

    north: float
    variance: float = 0.0

    @classmethod
    def told(cls, heading_deg: float, now: Odometry) -> Compass:
        """The compass of a robot that now faces a heading [deg]."""
        return cls(now.pose.yaw + math.radians(heading_deg), now.variance[2])

    def heading_deg(self, pose: Pose2D) -> float:
        """The heading [deg] in [0, 360) of a pose in odom."""
        heading = math.degrees(self.north - pose.yaw) % 360.0
        return 0.0 if heading >= 360.0 else heading

    def yaw(self, heading_deg: float) -> float:
        """The yaw [rad] in odom of a heading [deg]."""
        return self.north - math.radians(heading_deg)

    def error_deg(self, now: Odometry) -> float:
        """The standard deviation [deg] that has grown since it was told."""
        return math.degrees(math.sqrt(max(0.0, now.variance[2] - self.variance)))
