"""A robot with perfect kinematics and no world, for tests and trials.

It is chosen by name only; nothing falls back to it.
"""

from __future__ import annotations

import numpy as np

from tank_core.backend import SimulatedBackend
from tank_core.diff_drive import advance
from tank_core.exceptions import BackendError
from tank_core.robot import Robot
from tank_core.state import (
    CameraFrame,
    JointState,
    Odometry,
    Pose2D,
    RobotCommand,
    RobotState,
    Twist2D,
)


class MockBackend(SimulatedBackend):
    """A Backend that takes each velocity at once.

    Each joint moves at its greatest speed. ``applied`` lists every command as it came, ``calls``
    every stop and close. ``fail(reason)`` makes it answer with BackendError until ``recover()``.
    ``range_m`` and ``battery_v`` are what ``read`` reports.
    """

    def __init__(self, robot: Robot, camera: bool = False) -> None:
        self.robot = robot
        self.applied: list[RobotCommand] = []
        self.calls: list[str] = []
        self.range_m: float | None = None
        self.battery_v: float | None = None
        self.closed = False
        self._camera = camera
        self._failure: str | None = None
        self._time = 0.0
        self._pose = Pose2D()
        self._twist = Twist2D()
        self._joints = robot.rest_positions
        self._velocities = dict.fromkeys(self._joints, 0.0)
        self._targets = dict(self._joints)

    def fail(self, reason: str) -> None:
        """From now on the robot does not answer."""
        self._failure = reason

    def recover(self) -> None:
        """The robot answers again."""
        self._failure = None

    def apply(self, command: RobotCommand) -> RobotCommand:
        self._answer()
        self.applied.append(command)
        self._twist = self.robot.clamp_twist(command.twist)
        for name, target in command.joints.items():
            self._targets[name] = float(np.clip(target, *self.robot.joint_limits(name)))
        return RobotCommand(self._twist, dict(self._targets))

    def read(self) -> RobotState:
        self._answer()
        joints = {
            name: JointState(position, self._velocities[name])
            for name, position in self._joints.items()
        }
        return RobotState(
            self._time, Odometry(self._pose, self._twist), joints, self.range_m, self.battery_v
        )

    def advance(self, duration: float) -> None:
        self._answer()
        self._pose = advance(self._pose, self._twist, duration)
        for name, position in self._joints.items():
            reach = self.robot.joint_velocity(name) * duration
            way = float(np.clip(self._targets[name] - position, -reach, reach))
            self._joints[name] = position + way
            self._velocities[name] = way / duration if duration > 0 else 0.0
        self._time += duration

    def stop(self) -> None:
        self.calls.append("stop")
        self._twist = Twist2D()
        self._targets = dict(self._joints)
        self._velocities = dict.fromkeys(self._joints, 0.0)

    def close(self) -> None:
        self.stop()
        self.calls.append("close")
        self.closed = True

    def camera(self) -> CameraFrame | None:
        """A ramp of grays from left to right, or None."""
        if not self._camera:
            return None
        row = np.linspace(0, 255, self.robot.camera.width).astype(np.uint8)
        rgb = np.broadcast_to(
            row[None, :, None], (self.robot.camera.height, self.robot.camera.width, 3)
        )
        return CameraFrame(self._time, np.ascontiguousarray(rgb))

    def _answer(self) -> None:
        if self.closed:
            raise BackendError("the mock robot is closed; make a new one")
        if self._failure is not None:
            raise BackendError(self._failure)
