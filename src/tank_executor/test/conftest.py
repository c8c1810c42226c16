"""What the tests of tank_executor share.

A runner that drives a simulated robot, tick by tick, in no time.
"""

from collections.abc import Callable
from typing import Any

import pytest

# pytest imports test files by their paths, so helpers must be found by hand
from truth_eyes import truth_eyes

from tank_core.backend import SimulatedBackend
from tank_core.commands import Command
from tank_core.mock_backend import MockBackend
from tank_core.robot import Robot, load_robot
from tank_core.robot_controller import RobotController
from tank_core.state import Detections, RobotState, Twist2D
from tank_executor.plan import Plan, PlanStatus, StepOutcome
from tank_executor.plan_runner import Output, PlanRunner
from tank_sim import worlds
from tank_sim.mujoco_backend import MujocoBackend
from tank_sim.worlds import World

TICK = 0.02
# what is shown to a low camera is higher than this, and what stands on the floor is not
KIT_HELD_M = 0.045


class Rig:
    """PlanRunner over RobotController over a backend, as `./tank run` has it.

    ``outputs`` is everything that was sent.
    """

    def __init__(
        self,
        backend: SimulatedBackend,
        eyes: Callable[[RobotState], Detections | None] | None = None,
        stop_for_obstacles: bool = True,
    ) -> None:
        self.backend = backend
        self.controller = RobotController(backend)
        self.runner = PlanRunner(backend.robot, stop_for_obstacles)
        self.perception_loop = eyes
        self.outputs: list[Output] = []
        self.refused: list[str] = []
        self.state = self.controller.step(backend.read().time)

    @property
    def now(self) -> float:
        return self.state.time

    @property
    def outcomes(self) -> tuple[StepOutcome, ...]:
        return self.runner.status.outcomes

    def tick(self) -> Output:
        """20 ms of robot time."""
        detections = self.perception_loop(self.state) if self.perception_loop else None
        output = self.runner.step(self.state, detections, self.now)
        self.send(output)
        self.backend.advance(TICK)
        self.state = self.controller.step(self.backend.read().time)
        return output

    def send(self, output: Output) -> None:
        self.outputs.append(output)
        if output.twist is not None:
            self.controller.command_twist(output.twist, self.now)
        reason = (
            self.controller.command_trajectory(output.trajectory, self.now)
            if output.trajectory
            else None
        )
        if reason:
            self.refused.append(reason)

    def ticks(self, seconds: float) -> None:
        for _ in range(round(seconds / TICK)):
            self.tick()

    def run(self, *commands: Command, limit: float = 200.0) -> PlanStatus:
        """Execute a plan to its end, and let the robot come to rest."""
        assert self.runner.submit(Plan(commands)) is None
        end = self.now + limit
        while self.runner.running:
            self.tick()
            assert self.now < end, f"still running: {self.runner.status.message}"
        status = self.runner.status
        self.ticks(0.3)
        return status


@pytest.fixture
def rig(robot: Robot) -> Rig:
    return Rig(MockBackend(robot))


@pytest.fixture
def make_rig() -> type[Rig]:
    return Rig


@pytest.fixture
def seeing(robot: Robot) -> Callable[..., Rig]:
    """A rig in a world of (color, shape, (x, y)[, size]), with perfect eyes."""

    def build(things: list[Any], **options: Any) -> Rig:
        world = World(
            "test",
            tuple(
                worlds.on_floor(one[0], one[1], one[3] if len(one) > 3 else 0.04, one[2])
                for one in things
            ),
        )
        backend = MujocoBackend(robot, world)
        return Rig(backend, truth_eyes(backend), **options)

    return build


@pytest.fixture(scope="session")
def kit() -> Robot:
    """A robot whose arm has no yaw and whose servos tell nothing."""
    return load_robot("rasptank")


@pytest.fixture
def kit_rig(kit: Robot) -> Callable[..., Rig]:
    """The same for that robot, which shows what it holds to a low camera.

    Blind without ``eyes``.
    """

    def build(things: list[Any], eyes: bool = True, **options: Any) -> Rig:
        world = World(
            "test",
            tuple(
                worlds.on_floor(one[0], one[1], one[3] if len(one) > 3 else 0.04, one[2])
                for one in things
            ),
        )
        backend = MujocoBackend(kit, world)
        return Rig(backend, truth_eyes(backend, held_m=KIT_HELD_M) if eyes else None, **options)

    return build


@pytest.fixture
def still() -> Twist2D:
    return Twist2D()
