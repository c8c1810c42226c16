"""Joint trajectories: what is refused, and how the rest is played."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tank_core.robot import Robot
from tank_core.state import Array, JointTrajectory

MAX_DURATION_S = 600.0
MAX_POINTS = 2000  # checking takes microseconds for each, and a stop waits for it
LIMIT_TOLERANCE = 1e-6  # [rad or m] rounding of a solver that ended on a limit; more is refused


def check_trajectory(robot: Robot, trajectory: JointTrajectory) -> str | None:
    """The reason why a robot cannot play a trajectory, in a line, or None."""
    return (
        size_fault(len(trajectory.points))
        or _check_names(robot, trajectory.joint_names)
        or _check_times(trajectory)
        or _check_positions(robot, trajectory)
    )


def size_fault(points: int) -> str | None:
    """The reason why a trajectory of so many points is not even looked at.

    None when it is.
    """
    return (
        f"the trajectory has {points} points; at most {MAX_POINTS} are taken"
        if points > MAX_POINTS
        else None
    )


def _check_names(robot: Robot, names: Sequence[str]) -> str | None:
    if not names:
        return f"the trajectory names no joints; name some of {', '.join(robot.joint_names)}"
    for name in names:
        if name not in robot.joint_names:
            return f"joint {name!r} is not known; the joints are {', '.join(robot.joint_names)}"
    if len(set(names)) != len(names):
        return f"the trajectory names a joint twice: {', '.join(names)}"
    return None


def _check_times(trajectory: JointTrajectory) -> str | None:
    if not trajectory.points:
        return "the trajectory has no points; give one or more"
    before = -math.inf
    for number, point in enumerate(trajectory.points, start=1):
        time = point.time_from_start
        if not 0.0 <= time <= MAX_DURATION_S:
            return (
                f"point {number}: time_from_start is {time:g} s; it must be between 0 and "
                f"{MAX_DURATION_S:g} s"
            )
        if time <= before:
            return (
                f"point {number}: time_from_start {time:g} s is not after {before:g} s; times "
                "must increase"
            )
        before = time
    return None


def _check_positions(robot: Robot, trajectory: JointTrajectory) -> str | None:
    names = trajectory.joint_names
    for number, point in enumerate(trajectory.points, start=1):
        if len(point.positions) != len(names):
            return (
                f"point {number} has {len(point.positions)} positions for {len(names)} joints; "
                "give one for each joint"
            )
        for name, position in zip(names, point.positions, strict=True):
            lower, upper = robot.joint_limits(name)
            # not-a-number ends here too
            if not lower - LIMIT_TOLERANCE <= position <= upper + LIMIT_TOLERANCE:
                return (
                    f"point {number}: {name} is {position:g}; it must be between {lower:g} and "
                    f"{upper:g}"
                )
    return None


@dataclass(frozen=True)
class _Path:
    """A joint's way through its knots.

    ``positions`` [rad or m] at ``times`` [s, the player's clock]; constant before and after.
    """

    times: Array  # (n,)
    positions: Array  # (n,)

    def at(self, now: float) -> float:
        return float(np.interp(now, self.times, self.positions))


class TrajectoryPlayer:
    """Plays checked trajectories, joint by joint.

    A new one replaces the old one's way for the joints that it names.

    Between points the joints move linearly. A stretch that is too fast for one of its joints takes
    as long as that joint needs, for all of them, so the path through joint space stays the one that
    was asked for.
    """

    def __init__(self, robot: Robot) -> None:
        self._robot = robot
        self._paths: dict[str, _Path] = {}

    def start(
        self, trajectory: JointTrajectory, positions: Mapping[str, float], now: float
    ) -> None:
        """Begin at ``now`` [s] from ``positions`` [rad or m].

        Raises ValueError with check_trajectory's reason.
        """
        reason = check_trajectory(self._robot, trajectory)
        if reason:
            raise ValueError(reason)
        names = trajectory.joint_names
        lower, upper = np.array([self._robot.joint_limits(name) for name in names]).T
        asked = np.clip([point.positions for point in trajectory.points], lower, upper)
        knots = np.vstack([[positions[name] for name in names], asked])  # (points + 1, joints)
        times = now + self._times(trajectory, knots)
        self._paths.update({name: _Path(times, knots[:, i]) for i, name in enumerate(names)})

    def _times(self, trajectory: JointTrajectory, knots: Array) -> Array:
        """Times (points + 1,) [s] of the knots from the beginning.

        Slowed down to the joints' velocity limits.
        """
        speeds = np.array([self._robot.joint_velocity(name) for name in trajectory.joint_names])
        asked = np.diff([0.0, *(point.time_from_start for point in trajectory.points)])
        needed = (np.abs(np.diff(knots, axis=0)) / speeds).max(axis=1)
        return np.concatenate([[0.0], np.cumsum(np.maximum(asked, needed))])

    def hold(self, positions: Mapping[str, float]) -> None:
        """Drop every path; keep these joints [rad or m] where they are told."""
        self._paths = {
            name: _Path(np.zeros(1), np.array([position])) for name, position in positions.items()
        }

    def targets(self, now: float) -> dict[str, float]:
        """Position targets [rad or m] of every joint that was ever told one."""
        return {name: path.at(now) for name, path in self._paths.items()}

    def done(self, now: float) -> bool:
        """True when every path has come to its end."""
        return all(now >= path.times[-1] for path in self._paths.values())
