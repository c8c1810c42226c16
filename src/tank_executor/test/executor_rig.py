"""A plan runner that drives a simulated robot, tick by tick, in no time.

It is an episode without perception: what the camera tells is made up, or there is none.
"""

from __future__ import annotations

from collections.abc import Callable

from tank_core.backend import SimulatedBackend
from tank_core.commands import Command
from tank_core.robot_controller import RobotController
from tank_core.state import CameraFrame, Detections, RobotState
from tank_executor.learned import NOTHING, Learned
from tank_executor.motion.travel import Compass
from tank_executor.plan import Plan, PlanStatus, StepOutcome
from tank_executor.plan_runner import PlanRunner
from tank_executor.running.plan_run import Output

TICK = 0.02  # [s]


class Rig:
    """PlanRunner over RobotController over a backend, as `./tank run` has it.

    ``detect`` stands in for perception: the detections that are known at a state. ``look`` gives
    the newest image, where a step wants it. ``outputs`` is everything that was sent to the robot,
    ``refused`` what it refused of that.
    """

    def __init__(
        self,
        backend: SimulatedBackend,
        detect: Callable[[RobotState], Detections | None] | None = None,
        stop_for_obstacles: bool = True,
        compass: Compass | None = None,
        learned: Learned = NOTHING,
        look: Callable[[], CameraFrame | None] | None = None,
    ) -> None:
        self.backend = backend
        self.controller = RobotController(backend)
        self.runner = PlanRunner(backend.robot, stop_for_obstacles, compass, learned)
        self.detect, self.look = detect, look
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
        """Advance by 20 ms of robot time."""
        detections = self.detect(self.state) if self.detect else None
        frame = self.look() if self.look and self.runner.view_wanted else None
        if frame is not None:
            self.runner.saw(frame)
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
