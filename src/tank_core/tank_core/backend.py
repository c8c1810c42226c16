"""The contract between the stack and a robot, simulated, real, or a mock."""

from __future__ import annotations

from abc import ABC, abstractmethod
from types import TracebackType

from tank_core.robot import Robot
from tank_core.state import CameraFrame, RobotCommand, RobotState


class Backend(ABC):
    """A robot.

    Not thread-safe: one owner calls it. Commands are clamped before they get here
    (RobotController).
    """

    robot: Robot

    @abstractmethod
    def apply(self, command: RobotCommand) -> RobotCommand:
        """Take a command over; returns what is really being done.

        Raises BackendError when the robot is gone.
        """

    @abstractmethod
    def read(self) -> RobotState:
        """The newest state. Raises BackendError when the robot is gone."""

    @abstractmethod
    def stop(self) -> None:
        """Zero every motion at once and hold the joints where they are.

        Idempotent; never raises.
        """

    @abstractmethod
    def close(self) -> None:
        """Stop, then let go of every resource. Idempotent; never raises."""

    def camera(self) -> CameraFrame | None:
        """The newest image, or None when this robot has no camera or it gives none."""
        return None

    def __enter__(self) -> Backend:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class SimulatedBackend(Backend):
    """A robot whose clock stands still until it is told to go on."""

    @abstractmethod
    def advance(self, duration: float) -> None:
        """Let ``duration`` [s] of the robot's time pass."""
