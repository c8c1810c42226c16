"""The tasks of ``./tank bench manipulation`` and their judge. Pure.

Tasks, targets, and the simulator's truth. Everything here is about one trial: a world, a seed and a
task. The seed draws the object that is meant, so that each comes up.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from tank_core.commands import Approach, Cell, Color, Command, Face, Grasp, Release, Shape, Speed
from tank_core.robot import Robot
from tank_core.skill import FACED_RAD
from tank_core.state import Pose2D
from tank_sim.worlds.putting_down import is_near, is_put_down, lies

BUMPED_M = 0.02  # an object that nobody asked for has been pushed by more than this
PLACE_CELL = Cell.LEFT  # "... and put it on the left"


class ManipulationTask(StrEnum):
    """The task that the robot is asked to do."""

    FACE = "face"
    APPROACH = "approach"
    GRASP_COLOR = "grasp-by-color"
    GRASP = "grasp"
    GRASP_SHAPE = "grasp-by-shape"
    PLACE = "pick-and-place"
    # grasp and put back what begins in a cell: the time that the arm itself needs
    REACH = "in-reach"


TASKS = tuple(task for task in ManipulationTask if task is not ManipulationTask.REACH)


@dataclass(frozen=True)
class ManipulationTrial:
    """A trial: ``task`` in ``world`` with everything that ``seed`` draws."""

    world: str
    seed: int
    task: ManipulationTask
    robot: str = "tank"
    realism: str = "real"

    def __str__(self) -> str:
        return f"{self.world}, seed {self.seed}, {self.task}"


@dataclass(frozen=True)
class TrueObject:
    """An object as it really is: center [m] in the world, size [m]."""

    x: float
    y: float
    z: float
    color: str
    shape: str
    size: float

    @property
    def kind(self) -> str:
        return f"{self.color} {self.shape}"

    @property
    def lies(self) -> bool:
        """Whether it stands or lies on the floor."""
        return lies(self.z, self.size)


@dataclass(frozen=True)
class TrueScene:
    """The truth at one moment.

    The robot's pose in the world, the objects by name, and which of them is held.
    """

    robot: Pose2D
    objects: Mapping[str, TrueObject]
    held: str | None = None

    def from_robot(self, body: TrueObject) -> tuple[float, float]:
        """Place of an object in base_link [m]."""
        return self.robot.to_local((body.x, body.y))


def draw_target(scene: TrueScene, trial: ManipulationTrial) -> TrueObject:
    """The object that is meant. Another task means another one, too."""
    dice = random.Random(f"{trial.task} {trial.seed}")  # of text: the same in every process
    return dice.choice(sorted(scene.objects.values(), key=lambda body: (body.kind, body.x, body.y)))


def commands_for(
    task: ManipulationTask, target: TrueObject, before: TrueScene, robot: Robot
) -> tuple[Command, ...]:
    """The command list that the task is."""
    color, shape = Color(target.color), Shape(target.shape)
    if task is ManipulationTask.FACE:
        return (Face(color, shape),)
    if task is ManipulationTask.APPROACH:
        return (Approach(color, shape),)
    if task is ManipulationTask.GRASP_COLOR:
        return (Grasp(color=color),)
    if task is ManipulationTask.GRASP_SHAPE:
        return (Grasp(shape=shape),)
    grasp = Grasp(color=color, shape=shape)
    if task is ManipulationTask.PLACE:
        return grasp, Release(PLACE_CELL)
    return (
        (grasp, Release(_cell_of(target, before, robot)))
        if task is ManipulationTask.REACH
        else (grasp,)
    )


def _cell_of(target: TrueObject, before: TrueScene, robot: Robot) -> Cell:
    place = before.from_robot(target)
    return min(robot.cells, key=lambda cell: math.dist(robot.cells[cell], place))


def meant(scene: TrueScene, commands: tuple[Command, ...]) -> dict[str, TrueObject]:
    """The objects, by name, that the first command may mean.

    Where several are of the kind that was said, each counts.
    """
    said = commands[0]
    assert isinstance(said, (Face, Approach, Grasp))  # every task begins with one
    return {
        name: body for name,
        body in scene.objects.items() if said.color in (None, body.color) and said.shape in (None,
        body.shape)
    }  # fmt: skip


def succeeded(
    task: ManipulationTask, commands: tuple[Command, ...], after: TrueScene, robot: Robot
) -> bool:
    """Whether what was asked for is true at the end.

    Whatever the robot says.
    """
    candidates = meant(after, commands)
    if task in (ManipulationTask.GRASP_COLOR, ManipulationTask.GRASP, ManipulationTask.GRASP_SHAPE):
        return after.held in candidates
    if task is ManipulationTask.FACE:
        return any(abs(_bearing(after, body)) <= FACED_RAD for body in candidates.values())
    last = commands[-1]
    place = robot.cell(last.cell if isinstance(last, Release) else None)
    if task is ManipulationTask.APPROACH:
        return any(is_near(after.from_robot(body), place) for body in candidates.values())
    return any(
        is_put_down(after.from_robot(body), body.z, body.size, place, name == after.held)
        for name, body in candidates.items()
    )


def _bearing(scene: TrueScene, body: TrueObject) -> float:
    x, y = scene.from_robot(body)
    return math.atan2(y, x)


def bumped(commands: tuple[Command, ...], before: TrueScene, after: TrueScene) -> tuple[str, ...]:
    """Names of the objects that were pushed though nobody asked for them.

    Of those that were meant, the one that was moved most was the robot's choice.
    """
    moved = {
        name: math.dist(_floor(body), _floor(after.objects[name]))
        for name, body in before.objects.items()
    }
    chosen = max(meant(before, commands), key=lambda name: moved[name], default=None)
    return tuple(name for name, way in moved.items() if way > BUMPED_M and name != chosen)


def _floor(body: TrueObject) -> tuple[float, float]:
    return body.x, body.y


def straight_time(
    task: ManipulationTask, commands: tuple[Command, ...], before: TrueScene, robot: Robot
) -> float:
    """Time [s] that the way alone needs at normal speed.

    |bearing| / angular + (distance - front cell) / linear.

    A straight path to the nearest object that is meant, without acceleration, looking, or going
    round anything; a face turns only.
    """
    speed = robot.speeds[Speed.NORMAL]
    ahead = robot.cell(Cell.FRONT)[0]
    times = []
    for body in meant(before, commands).values():
        way = (
            0.0
            if task is ManipulationTask.FACE
            else max(0.0, math.hypot(*before.from_robot(body)) - ahead)
        )
        times.append(abs(_bearing(before, body)) / speed.angular + way / speed.linear)
    return min(times)
