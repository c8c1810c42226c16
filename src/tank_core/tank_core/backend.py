"""The contract between the stack and a robot, simulated, real, or a mock."""

from __future__ import annotations

from abc import ABC, abstractmethod
from types import TracebackType

from tank_core.robot import Robot
from tank_core.state import CameraFrame, RobotCommand, RobotState


class Backend(ABC):
    """The robot as the stack sees it: commands in, states and images out.

    SI units; frames as in ``tank_core.robot.description``. Not thread-safe: one owner calls it.
    Commands are clamped before they get here (RobotController), and the owner repeats ``apply`` and
    ``read`` once a control period.

    A backend of one's own implements ``apply``, ``read``, ``stop`` and ``close``, and ``camera``
    where there is one. ``tank_core.mock_backend`` is the smallest example. Use it as a context
    manager, which closes it::

        from tank_core.mock_backend import MockBackend
        from tank_core.robot import load_robot
        from tank_core.state import RobotCommand, Twist2D

        with MockBackend(load_robot("tank")) as backend:
            backend.apply(RobotCommand(Twist2D(0.2, 0.0)))
            state = backend.read()
    """

    robot: Robot

    @abstractmethod
    def apply(self, command: RobotCommand) -> RobotCommand:
        """Take a command over; it holds until the next one.

        ``command``: a velocity [m/s, rad/s] and position targets [rad or m] of joints. Returns what
        is really being done, which may be less than ``command`` asks for. Raises BackendError when
        the robot is gone.
        """

    @abstractmethod
    def read(self) -> RobotState:
        """The newest state, stamped [s] by the robot's own clock.

        Raises BackendError when the robot is gone.
        """

    @abstractmethod
    def stop(self) -> None:
        """Zero every motion at once, and hold the joints where they are.

        Idempotent; never raises.
        """

    @abstractmethod
    def close(self) -> None:
        """Stop, then let go of every resource. Idempotent; never raises."""

    def camera(self) -> CameraFrame | None:
        """The newest image: RGB (height, width, 3), and when it was taken [s].

        By the clock of ``read``. None where there is no camera, while no image has come yet, and
        where the camera is lost: a robot without sight drives on, so this raises nothing. The same
        image may come again; its time tells. A backend without a camera need not have this.
        """
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
        """Let ``duration`` [s] of the robot's time pass.

        Raises BackendError when the robot is gone, or when its simulation cannot go on.
        """
