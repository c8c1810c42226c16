"""A robot in a simulated room, with the front door ``Episode``.

It carries out sentences and commands as fast as the machine can. The same plan runner, controller
and backend as over ROS, in one process and without ROS.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tank_core.commands import Command, command_to_dict
from tank_core.exceptions import TankError
from tank_core.robot import load_robot
from tank_core.robot_controller import RobotController
from tank_core.state import Detection, RobotState
from tank_episode.initial_conditions import needs_perception
from tank_episode.perception_loop import PerceptionLoop
from tank_executor.plan import Plan, PlanStatus, StepOutcome, StepStatus
from tank_executor.plan_runner import Output, PlanRunner
from tank_sim.mujoco_backend import MujocoBackend
from tank_sim.realism.levels import Realism
from tank_sim.worlds import World, build_world

if TYPE_CHECKING:
    from tank_language.translator import Translation, Translator

TICK_S = 0.02  # [s] of simulated time: the control rate of the nodes, 50 Hz
SETTLE_S = 0.5  # [s] simulated after the last plan, so that what was put down lies still
PICTURE_PX = (640, 480)  # width, height of a picture from outside
_ENDED = (StepStatus.SUCCEEDED, StepStatus.FAILED, StepStatus.STOPPED, StepStatus.SKIPPED)


@dataclass(frozen=True)
class Truth:
    """The true places of everything, by the simulator.

    ``robot``: its ``x``, ``y`` [m] and ``yaw_deg`` [deg] in the world, and what is ``held`` or
    None. ``objects``: by name, each with color, shape, and x, y, z [m].
    """

    robot: dict[str, Any]
    objects: dict[str, dict[str, Any]]


class NotUnderstoodError(TankError):
    """A sentence that means nothing to do; the message says why."""


class Episode:
    """A robot in a world, and its simulated time.

    Use it as a context manager.

    ::

        with Episode(world="playground", seed=1) as episode:
            for step in episode.steps("go to the red cube and pick it up"):
                print(step.command, step.status.name, step.message)
            print(episode.truth().robot["held"])

    Everything is repeatable to the last digit: the same arguments and sentences give the same
    result. Compiling the model takes long and ``reset`` does not, so keep an episode for many runs.

    Args:
        robot: a name that comes with Tank, or the path of a robot file.
        world: a name of ``./tank worlds``, or a ``World`` of your own.
        seed: places the objects and draws what is random.
        realism: "ideal", "real" (slip, noise, latency), or a ``Realism`` of your own.
        camera: with camera and perception, which take most of the time. Without, the robot looks
            for nothing and grasps by touch alone.
        stop_for_obstacles: moves end before what the robot sees in its way.

    Raises:
        RobotFileError, WorldError: for an unknown name or a faulty file, with the choices.
    """

    def __init__(
        self,
        robot: str = "tank",
        world: str | World = "empty",
        seed: int = 0,
        realism: str | Realism = "ideal",
        camera: bool = True,
        stop_for_obstacles: bool = True,
    ) -> None:
        self.robot = load_robot(robot)
        # One seed for all: where things stand at compiling ends up in the model's last digits.
        self.backend = MujocoBackend(self.robot, world, camera=camera, realism=realism)
        self.perception_loop = PerceptionLoop(self.backend) if camera else None
        self._stop_for_obstacles = stop_for_obstacles
        self._translator: Translator | None = None
        self.reset(seed)

    def __enter__(self) -> Episode:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of simulation and language model. Idempotent."""
        self.backend.close()
        if self._translator is not None:
            self._translator.close()
            self._translator = None

    def reset(self, seed: int = 0) -> None:
        """Go back to time 0, with the objects where ``seed`` places them.

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

    # -- Doing

    def translate(self, sentence: str) -> Translation:
        """Translate a sentence with Tank's own model.

        The model is loaded at the first one. Raises ModelError where it cannot be loaded.
        """
        if self._translator is None:
            from tank_language.translator import Translator

            self._translator = Translator.load()
        return self._translator.translate(sentence)

    def steps(self, what: str | Sequence[Command]) -> Iterator[StepOutcome]:
        """Carry out a sentence or a command list, step by step.

        Each step's outcome comes as soon as it has ended. Leaving the loop early stops the robot.
        Raises NotUnderstoodError for a sentence that means nothing to do.
        """
        plan = self._plan(what)
        self._submit(plan)
        told = 0
        try:
            while True:
                status = self._runner.status
                outcomes = status.outcomes if status.plan is plan else ()
                while told < len(outcomes) and outcomes[told].status in _ENDED:
                    yield outcomes[told]
                    told += 1
                if not self._runner.running:
                    return
                self._tick()
        finally:
            if self._runner.running:
                self._send(self._runner.stop("the episode was left", latch=False))

    def run(self, what: str | Sequence[Command], instruction: str = "") -> PlanStatus:
        """Carry out a sentence or a command list to its end; says how it ended.

        Raises NotUnderstoodError for a sentence that means nothing to do.
        """
        self._submit(self._plan(what, instruction))
        while self._runner.running:
            self._tick()
        return self._runner.take_changes()[-1]

    def settle(self, duration: float = SETTLE_S) -> None:
        """Let ``duration`` [s] pass with nothing to do."""
        for _ in range(round(duration / TICK_S)):
            self._tick()

    # -- Looking

    @property
    def time(self) -> float:
        """Simulated time [s] since the reset."""
        return self._state.time

    @property
    def state(self) -> RobotState:
        """Return the robot's own state: odometry, joints, range, battery."""
        return self._state

    @property
    def status(self) -> PlanStatus:
        """Return what the robot is doing, or how its last plan ended."""
        return self._runner.status

    def truth(self) -> Truth:
        """Return the true places, by the simulator: for results only."""
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

    def image(self) -> npt.NDArray[np.uint8]:
        """Return what the camera sees now: RGB (height, width, 3).

        Raises TankError where there is no image, with the reason.
        """
        frame = self.backend.camera()
        if frame is None:
            raise TankError(self.backend.camera_problem or "the camera has taken no image yet")
        return frame.rgb

    def objects(self) -> tuple[Detection, ...]:
        """Return what perception knows now.

        Places [m] in base_link, colors, shapes, confidences.

        Empty without a camera. The robot must have stood or moved for a moment: see ``settle``.
        """
        found = self.perception_loop.detections if self.perception_loop is not None else None
        return found.objects if found is not None else ()

    def picture(self, size: tuple[int, int] = PICTURE_PX) -> npt.NDArray[np.uint8]:
        """Draw the room from above and behind: RGB (height, width, 3).

        Everything in it is shown. ``size``: width and height [px]. Raises NoPictureError without
        OpenGL.
        """
        from tank_episode.film.picture import from_above

        return from_above(self.backend, size)

    # -- Time goes on

    def _plan(self, what: str | Sequence[Command], instruction: str = "") -> Plan:
        if not isinstance(what, str):
            return Plan(tuple(what), instruction)
        translation = self.translate(what)
        if not translation.commands:
            raise NotUnderstoodError(f"“{what}”: {translation.reason}")
        return Plan(translation.commands, what)

    def _submit(self, plan: Plan) -> None:
        self._runner.submit(plan)
        self._send(self._runner.take_output())

    def _tick(self) -> None:
        loop = self.perception_loop
        detections = loop.see(self._state) if loop is not None else None
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


def needs_camera(commands: Sequence[Command], world: str | World, robot: str = "tank") -> bool:
    """Whether a camera makes a difference.

    It does where there is something to be seen or looked for. Raises RobotFileError
    or WorldError for an unknown name.
    """
    room = build_world(world, load_robot(robot)) if isinstance(world, str) else world
    return bool(room.objects or room.scene.fixtures) or needs_perception(commands)


@lru_cache(maxsize=8)
def shared_episode(robot: str = "tank", world: str = "empty") -> Episode:
    """Return this process's only Episode for a robot and a world.

    It has no camera; reset it before use. For whoever runs hundreds of them.
    """
    return Episode(robot, world, camera=False)


def run_episode(
    commands: Sequence[Command], robot: str = "tank", world: str = "empty", seed: int = 0
) -> tuple[PlanStatus, Truth]:
    """Carry out one command list from the beginning, in the shared episode.

    Returns how it ended, and where everything is then.
    """
    episode = shared_episode(robot, world)
    episode.reset(seed)
    status = episode.run(commands)
    episode.settle()
    return status, episode.truth()


def step_to_dict(outcome: StepOutcome) -> dict[str, Any]:
    """Return the outcome of a step as a dict for JSON.

    The command, how it ended in a word and in a sentence, how long it took [s].
    """
    return {
        "command": command_to_dict(outcome.command),
        "status": outcome.status.name.lower(),
        "message": outcome.message,
        "duration_s": outcome.duration,
    }
