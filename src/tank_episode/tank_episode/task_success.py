"""Whether a prediction takes the robot where the right answer does.

Both are carried out in simulation, from the same beginning.

The criterion is that of docs/language.md ("Equality"): the robot within 0.10 m and 10 degrees,
every object within 0.10 m, the same pictures and answers; and the same places remembered and poses
of the arm, of which the robot's place tells nothing.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tank_core.commands import Arm, Command, Remember, Report, Stop, TakePhoto, Wait, equivalent
from tank_core.geometry import Pose2D
from tank_core.robot import load_robot
from tank_episode.episode import Episode, Truth, shared_episode
from tank_episode.initial_conditions import InitialConditions, Request, needs_perception
from tank_executor.plan import PlanState, PlanStatus, StepOutcome, StepStatus
from tank_sim.worlds import World

NEAR_M, NEAR_DEG = 0.10, 10.0
MOVES_NOTHING = (Stop, Wait, TakePhoto, Report, Remember)


def has_motion(commands: Sequence[Command]) -> bool:
    """Whether anything moves: all but stop, wait, photo, report, remember."""
    return not all(isinstance(command, MOVES_NOTHING) for command in commands)


@dataclass(frozen=True)
class End:
    """The place where a command list ended, and what was shown on the way.

    ``failed`` is the action of the step that failed; empty: the list was carried out to its last.
    ``found``: where pictures were taken, what was answered and remembered, and how the arm posed.
    """

    failed: str
    truth: Truth
    found: tuple[Pose2D | Command, ...] = ()


class TaskRunner:
    """Runs command lists, each once.

    The same list in the same world ends the same way, to the last digit. ``early`` counts the right
    answers that could not be carried out to their end, by the action at which they ended.
    """

    def __init__(self) -> None:
        self._robot = load_robot()
        self._ends: dict[tuple[World, tuple[Request, ...]], End] = {}
        self.early: Counter[str] = Counter()

    @property
    def incomplete(self) -> int:
        """The number of right answers that could not be carried out."""
        return self.early.total()

    def same_end(
        self, wanted: Sequence[Command], got: Sequence[Command], previous: Sequence[Command] = ()
    ) -> bool:
        """Whether both command lists end at the same place.

        Both are carried out, after the request ``previous``, in a world that holds what the right
        answer names.

        Where the right answer itself ends early (it goes to a thing twice, or puts down what it
        does not hold), what comes after it would go unmeasured: such a pair is a success only when
        both lists are equal.
        """
        stage = InitialConditions(self._robot, wanted, previous)
        reference = self._end(stage, tuple(wanted))
        if reference.failed:
            self.early[reference.failed] += 1
            return equivalent(wanted, got)
        prediction = self._end(stage, tuple(got))
        return (
            not prediction.failed
            and near(reference.truth, prediction.truth)
            and _same_findings(reference.found, prediction.found)
        )

    def _end(self, stage: InitialConditions, commands: Request) -> End:
        key = (stage.world, (*stage.preludes, commands))
        if key not in self._ends:
            with _episode(*key) as episode:
                self._ends[key] = _end(episode, key[1])
        return self._ends[key]


def _end(episode: Episode, requests: Sequence[Request]) -> End:
    """Carry out requests to the end of the last, or until one fails."""
    status = PlanStatus(PlanState.SUCCEEDED)
    for request in requests:
        status = episode.run(request) if request else PlanStatus(PlanState.SUCCEEDED)
        if status.state is not PlanState.SUCCEEDED:
            break
    episode.settle()
    failed = [one.command for one in status.outcomes if one.status is not StepStatus.SUCCEEDED]
    return End(failed[0].action if failed else "", episode.truth(), tuple(_found(status.outcomes)))


@contextmanager
def _episode(world: World, requests: Sequence[Request]) -> Iterator[Episode]:
    """An episode in which nothing stops for obstacles.

    What counts is what the words say, not whether the way is free.
    """
    camera = any(map(needs_perception, requests))
    if not camera and not world.objects and not world.scene.fixtures:
        episode = shared_episode()
        episode.reset()
        yield episode
        return
    with TemporaryDirectory() as scratch:  # pictures are no news for the user's own folder
        photos = Path(scratch)
        with Episode(
            world=world, camera=camera, stop_for_obstacles=False, photos=photos
        ) as episode:
            yield episode


def _found(outcomes: Sequence[StepOutcome]) -> Iterator[Pose2D | Command]:
    """Return where pictures were taken, and what else a person is shown."""
    for outcome in outcomes:
        if outcome.photo is not None and outcome.photo.pose is not None:
            yield outcome.photo.pose
        elif isinstance(outcome.command, (Arm, Remember, Report)):
            yield outcome.command


def _same_findings(wanted: Sequence[Pose2D | Command], got: Sequence[Pose2D | Command]) -> bool:
    """Whether the same was found out: pictures from there, the same answers."""
    return len(wanted) == len(got) and all(
        one.distance(other) <= NEAR_M and math.degrees(one.turned(other)) <= NEAR_DEG
        if isinstance(one, Pose2D) and isinstance(other, Pose2D)
        else one == other
        for one, other in zip(wanted, got, strict=True)
    )


def near(one: Truth, other: Truth) -> bool:
    """The criterion."""
    turned = (one.robot["yaw_deg"] - other.robot["yaw_deg"] + 180) % 360 - 180
    robot = math.dist(_place(one.robot), _place(other.robot)) <= NEAR_M and abs(turned) <= NEAR_DEG
    held = one.robot["held"] == other.robot["held"]
    return (
        robot
        and held
        and all(
            math.dist(_place(thing), _place(other.objects[name])) <= NEAR_M
            for name, thing in one.objects.items()
        )
    )


def _place(thing: dict[str, float]) -> tuple[float, float]:
    return thing["x"], thing["y"]
