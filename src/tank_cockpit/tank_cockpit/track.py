"""The robot's way: a path for the page, and its pose at a moment. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque

from tank_core.geometry import Pose2D

STEP_M = 0.02  # [m] between two points of the path
POINTS = 2000  # of the path, at most
MOMENTS = 200  # poses that are kept for what was seen a moment ago
JUMP_M = 0.5  # [m] between two readings: no drive, but a robot that was put elsewhere


class PoseHistory:
    """The path in odom, and the last poses with their stamps [s]."""

    def __init__(self) -> None:
        self.path: list[tuple[float, float]] = []
        self._moments: deque[tuple[float, Pose2D]] = deque(maxlen=MOMENTS)

    @property
    def pose(self) -> Pose2D | None:
        """The newest pose; None before there is one."""
        return self._moments[-1][1] if self._moments else None

    @property
    def stamp(self) -> float:
        """The stamp [s] of the newest reading; 0 before there is one."""
        return self._moments[-1][0] if self._moments else 0.0

    def moved(self, stamp: float, pose: Pose2D) -> bool:
        """Take a reading; True when the path begins anew with it.

        So it does where the clock goes back, or the robot is suddenly elsewhere.
        """
        before = self._moments[-1] if self._moments else (stamp, pose)
        anew = stamp < before[0] or before[1].distance(pose) > JUMP_M
        if anew:
            self.begin_anew()
        self._moments.append((stamp, pose))
        last = Pose2D(*self.path[-1]) if self.path else None
        if last is None or last.distance(pose) >= STEP_M:
            self.path.append((round(pose.x, 3), round(pose.y, 3)))
        if len(self.path) > POINTS:
            del self.path[1::2]  # coarser, and as long as before
        return anew

    def begin_anew(self) -> None:
        """Forget the path and the poses."""
        self.path.clear()
        self._moments.clear()

    def at(self, stamp: float) -> Pose2D | None:
        """The pose of the reading nearest to a moment; None before any."""
        if not self._moments:
            return None
        after = bisect_left(self._moments, stamp, key=lambda moment: moment[0])
        near = [self._moments[i] for i in (after - 1, after) if 0 <= i < len(self._moments)]
        return min(near, key=lambda moment: abs(moment[0] - stamp))[1]
