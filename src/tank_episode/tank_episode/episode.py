"""Plans carried out in simulation as fast as the machine can.

The same plan runner, controller and backend as over ROS.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tank_core.commands import Command, command_to_dict
from tank_core.robot import load_robot
from tank_core.robot_controller import RobotController
from tank_episode.perception_loop import PerceptionLoop
from tank_executor.plan import Plan, PlanStatus, StepOutcome
from tank_executor.plan_runner import Output, PlanRunner
from tank_sim.mujoco_backend import MujocoBackend
from tank_sim.realism.levels import Realism
from tank_sim.worlds import World

TICK_S = 0.02  # [s] of simulated time: the control rate of the nodes, 50 Hz
SETTLE_S = 0.5  # [s] simulated after the last plan, so that what was put down lies still


@dataclass(frozen=True)
class Truth:
    """Where everything really is.

    The robot's x, y [m] and yaw [deg], what it holds, and the objects by name.
    """

    robot: dict[str, Any]
    objects: dict[str, dict[str, Any]]


class Episode:
    """One robot in one world, and its simulated time.

    Compiling the model takes long, ``reset`` does not: keep it.
    """

    def __init__(
        self,
        robot: str = "tank",
        world: str | World = "empty",
        seed: int = 0,
        realism: str | Realism = "ideal",
        sight: bool = True,
        stop_for_obstacles: bool = True,
    ) -> None:
        """``sight``: with camera and perception, which take most of the time.

        Raises RobotFileError or WorldError for an unknown name.
        """
        self.robot = load_robot(robot)
        # Compiled with one seed for all: where things stand then ends up in the model's last
        # digits.
        self.backend = MujocoBackend(self.robot, world, camera=sight, realism=realism)
        self.perception_loop = PerceptionLoop(self.backend) if sight else None
        self._stop_for_obstacles = stop_for_obstacles
        self.reset(seed)

    def reset(self, seed: int = 0) -> None:
        """Back to time 0, with the objects where ``seed`` places them.

        The same as a new Episode, to the last digit.
        """
        self.backend.reset(seed)
        self._controller = RobotController(self.backend)
        self._runner = PlanRunner(self.robot, self._stop_for_obstacles)
        if self.perception_loop is not None:
            self.perception_loop.reset()
        self._state = self._controller.step(0.0)
        # what the controller did not do as it was told: none, if the executor is right
        self.refusals: list[str] = []

    @property
    def time(self) -> float:
        """Simulated time [s] since the reset."""
        return self._state.time

    def perform(self, commands: Sequence[Command], instruction: str = "") -> PlanStatus:
        """Carry out a command list to its end; says how it ended."""
        self._runner.submit(Plan(tuple(commands), instruction))
        self._send(self._runner.take_output())
        while self._runner.running:
            self._tick()
        return self._runner.take_changes()[-1]

    def settle(self, duration: float = SETTLE_S) -> None:
        """Let ``duration`` [s] pass with nothing to do."""
        for _ in range(round(duration / TICK_S)):
            self._tick()

    def _tick(self) -> None:
        detections = (
            self.perception_loop.see(self._state) if self.perception_loop is not None else None
        )
        self._send(self._runner.step(self._state, detections, self._state.time))
        self.backend.advance(TICK_S)
        self._state = self._controller.step(self._state.time + TICK_S)

    def _send(self, output: Output) -> None:
        now = self._state.time
        if output.twist is not None:
            self._note(self._controller.command_twist(output.twist, now).message)
        if output.trajectory is not None:
            self._note(self._controller.command_trajectory(output.trajectory, now))

    def _note(self, refusal: str | None) -> None:
        if refusal:
            self.refusals.append(f"at {self.time:.2f} s: {refusal}")

    def truth(self) -> Truth:
        """By the simulator, for results only."""
        pose = self.backend.truth()
        robot = {
            "x": pose.x,
            "y": pose.y,
            "yaw_deg": math.degrees(pose.yaw),
            "held": self.backend.held(),
        }
        return Truth(
            robot, {name: vars(thing).copy() for name, thing in self.backend.objects().items()}
        )

    def close(self) -> None:
        """Let go of the simulation. Idempotent."""
        self.backend.close()


@lru_cache(maxsize=8)
def shared_episode(robot: str = "tank", world: str = "empty") -> Episode:
    """The one Episode of this process for a robot and a world, blind, for who runs hundreds of
    them; reset it before use.
    """
    return Episode(robot, world, sight=False)


def run_episode(
    commands: Sequence[Command], robot: str = "tank", world: str = "empty", seed: int = 0
) -> tuple[PlanStatus, Truth]:
    """Carry out one command list from the beginning.

    How it ended, and where everything is then.
    """
    episode = shared_episode(robot, world)
    episode.reset(seed)
    status = episode.perform(commands)
    episode.settle()
    return status, episode.truth()


def step_to_dict(outcome: StepOutcome) -> dict[str, Any]:
    """One step's outcome as JSON.

    The command, how it ended in a word and in a sentence, how long it took [s].
    """
    return {
        "command": command_to_dict(outcome.command),
        "status": outcome.status.name.lower(),
        "message": outcome.message,
        "duration_s": outcome.duration,
    }
