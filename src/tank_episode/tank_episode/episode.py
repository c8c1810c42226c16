"""A robot in a simulated room, with the front door ``Episode``.

It carries out sentences and commands as fast as the machine can. The same plan runner, controller
and backend as over ROS, in one process and without ROS.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tank_core.commands import Command
from tank_core.exceptions import TankError
from tank_core.geometry import Pose2D
from tank_core.pacing import TICK_S
from tank_core.robot import load_robot
from tank_core.state import Detection, RobotState
from tank_episode.control_loop import ControlLoop
from tank_episode.initial_conditions import needs_perception
from tank_episode.perception_loop import PerceptionLoop
from tank_executor.learned import Learned
from tank_executor.photo_keeper import PhotoKeeper
from tank_executor.plan import Plan, PlanState, PlanStatus, StepOutcome, StepStatus
from tank_sim.mujoco_backend import MujocoBackend
from tank_sim.realism.levels import Realism
from tank_sim.worlds import World, build_world
from tank_skills.choosing import Chosen, load_skills

if TYPE_CHECKING:
    from tank_language.conversation import Conversation
    from tank_language.translator import Translation, Translator

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

        from tank_episode import Episode

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
        photos: the folder of the pictures that the robot takes; None: the user's own.
        skills: learned skills by the action that they carry out, such as {"face": "learned"}: that
            word, the name or path of a skill's file, or a ``Skill`` of your own. Also as text,
            such as "face=learned".
        fallback: where a learned skill fails, the stack's own way is tried once.

    Raises:
        RobotFileError, WorldError, RealismError: for an unknown name or a faulty file, with the
            choices.
        ModelError: for a skill that is missing, or made for another robot.
        BackendError: where MuJoCo finds that no such robot can be.
    """

    def __init__(
        self,
        robot: str = "tank",
        world: str | World = "empty",
        seed: int = 0,
        realism: str | Realism = "ideal",
        camera: bool = True,
        stop_for_obstacles: bool = True,
        photos: Path | None = None,
        skills: str | Mapping[str, Chosen] = "",
        fallback: bool = False,
    ) -> None:
        self.robot = load_robot(robot)
        self._learned = Learned(load_skills(skills, self.robot), fallback)
        # One seed for all: where things stand at compiling ends up in the model's last digits.
        self.backend = MujocoBackend(self.robot, world, camera=camera, realism=realism)
        self.perception_loop = PerceptionLoop(self.backend) if camera else None
        # told after each control period, for whoever measures; outlives ``reset``
        self.watcher: Callable[[], object] | None = None
        self._stop_for_obstacles = stop_for_obstacles
        self._keeper = PhotoKeeper(photos)
        self._translator: Translator | None = None
        self._conversation: Conversation | None = None
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

    def reset(self, seed: int = 0, start: Pose2D | None = None) -> None:
        """Go back to time 0, with the objects where ``seed`` places them.

        The same as a new Episode, to the last digit. ``start``: where the robot is in the world
        then, the origin when None; its odometry begins there. Raises BackendError for a start that
        is not finite.
        """
        self.backend.reset(seed, start=start)
        if self.perception_loop is not None:
            self.perception_loop.reset()
        self._loop = ControlLoop(
            self.backend,
            self.perception_loop,
            self._keeper,
            self._stop_for_obstacles,
            self._learned,
        )
        self._conversation = None

    # -- Doing

    def translate(self, sentence: str) -> Translation:
        """Translate a sentence with Tank's own model.

        It may lean on the last sentence that was carried out. The model is loaded at the first
        one. Raises ModelError where it cannot be loaded.
        """
        if self._translator is None:
            from tank_language.translator import Translator

            self._translator = Translator.load()
        return self._translator.translate(sentence, previous=self._said.previous(self.time))

    def steps(self, what: str | Sequence[Command]) -> Iterator[StepOutcome]:
        """Carry out a sentence or a command list, step by step.

        ``what``: a sentence, which Tank's own model translates, or commands. Each step's outcome
        comes as soon as it has ended; one that failed is an outcome, too. Leaving the loop early
        stops the robot. Raises NotUnderstoodError for a sentence that means nothing to do,
        ModelError where the model cannot be loaded, and BackendError where the simulation becomes
        unstable or was closed.
        """
        plan = self._plan(what)
        self._loop.submit(plan)
        told = 0
        try:
            while True:
                status = self._loop.runner.status
                outcomes = status.outcomes if status.plan is plan else ()
                while told < len(outcomes) and outcomes[told].status in _ENDED:
                    yield outcomes[told]
                    told += 1
                if not self._loop.runner.running:
                    return
                self._tick()
        finally:
            if self._loop.runner.running:
                self._loop.stop("the episode was left")

    def run(self, what: str | Sequence[Command], instruction: str = "") -> PlanStatus:
        """Carry out a sentence or a command list to its end; says how it ended.

        ``what`` is as in ``steps``. ``instruction``: the sentence that a command list is told by,
        in the status and in answers; a sentence is its own. Questions alone are answered beside
        a list that runs, such as one of ``steps``, which goes on after. Raises what ``steps``
        raises.
        """
        plan = self._plan(what, instruction)
        self._loop.submit(plan)
        while (end := self._end_of(plan)) is None:
            self._tick()
        return end

    def _end_of(self, plan: Plan) -> PlanStatus | None:
        ends = (change for change in self._loop.runner.take_changes() if change.plan is plan)
        return next((end for end in ends if end.state is not PlanState.RUNNING), None)

    def settle(self, duration: float = SETTLE_S) -> None:
        """Let ``duration`` [s] pass with nothing to do."""
        for _ in range(round(duration / TICK_S)):
            self._tick()

    # -- Looking

    @property
    def loop(self) -> ControlLoop:
        """The control loop, for whoever hands plans over while others run."""
        return self._loop

    @property
    def time(self) -> float:
        """Simulated time [s] since the reset."""
        return self._loop.state.time

    @property
    def state(self) -> RobotState:
        """Return the robot's own state: odometry, joints, range, battery."""
        return self._loop.state

    @property
    def status(self) -> PlanStatus:
        """Return what the robot is doing, or how its last plan ended."""
        return self._loop.runner.status

    @property
    def refusals(self) -> list[str]:
        """Return what the controller refused; none, if the executor is right."""
        return self._loop.refusals

    def truth(self) -> Truth:
        """Return the true places, by the simulator: for results only."""
        pose = self.backend.truth()
        robot = {
            "x": pose.x,
            "y": pose.y,
            "yaw_deg": math.degrees(pose.yaw),
            "held": self.backend.held(),
        }
        objects = {name: vars(thing).copy() for name, thing in self.backend.objects().items()}
        return Truth(robot, objects)

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
        self._said.accept(translation.commands, self.time)
        return Plan(translation.commands, what)

    @property
    def _said(self) -> Conversation:
        """Made late: who gives no sentence needs no language."""
        if self._conversation is None:
            from tank_language.conversation import Conversation

            self._conversation = Conversation()
        return self._conversation

    def _tick(self) -> None:
        self._loop.tick()
        if self.watcher is not None:
            self.watcher()


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
