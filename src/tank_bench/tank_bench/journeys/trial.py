"""Carries out a trial of a journey in an episode, watched from outside."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tank_bench.common.pool import kept_episode
from tank_bench.manipulation.trial import EndlessError
from tank_core.commands import Command
from tank_core.state import Pose2D, Twist2D
from tank_episode.episode import Episode
from tank_episode.perception_loop import Observer
from tank_executor.plan import PlanState, PlanStatus
from tank_sim.worlds import World

PATIENCE_S = 600.0  # simulated; a trial that takes longer has failed


@dataclass(frozen=True)
class Assessment:
    """A thing that the robot did or said, and whether it is true.

    ``row``: where it counts. ``claimed``: the robot says that it is done; ``done``: it is.
    ``truth`` says what was measured, in a few words. ``allowed``: what the robot said leaves room
    for what is true though it is not as wanted. ``belied``: it said something else that is not
    true. ``begun`` False: an earlier step failed, so it does not count.
    """

    row: str
    claimed: bool
    done: bool
    message: str = ""
    truth: str = ""
    allowed: bool = False
    begun: bool = True
    belied: bool = False

    @property
    def good(self) -> bool:
        """Done, and said so."""
        return self.claimed and self.done

    @property
    def false(self) -> bool:
        """The robot says so, and it is not true."""
        wrong = not self.done and not self.allowed
        return self.begun and self.claimed and (wrong or self.belied)


@dataclass(frozen=True)
class Moment:
    """The truth at the end of a control period, and what the robot believes."""

    time: float
    pose: Pose2D
    twist: Twist2D
    odometry: Pose2D


class Run:
    """An episode from its beginning, for one trial."""

    def __init__(self, episode: Episode, world: str, seed: int, task: str) -> None:
        """``world`` and ``task`` name the rows and the dice."""
        self.episode, self.world, self.seed = episode, world, seed
        self.dice = random.Random(f"{task} {seed}")  # of text: the same in every process
        self.moments: list[Moment] = []
        self.messages: list[str] = []
        episode.reset(seed)

    def watch(self) -> None:
        """Keep this moment. Raises EndlessError when a trial takes too long."""
        time, backend = self.episode.time, self.episode.backend
        if time > PATIENCE_S:
            raise EndlessError(f"not at an end after {PATIENCE_S:.0f} s")
        odometry = self.episode.state.odometry.pose
        self.moments.append(Moment(time, backend.truth(), backend.truth_twist(), odometry))

    def do(self, *commands: Command) -> PlanStatus:
        """Carry commands out."""
        status = self.episode.run(commands)
        self.messages += [one.message for one in status.outcomes if one.message]
        return status

    def did(self, *commands: Command) -> bool:
        """Carry commands out; whether the robot says that all is done."""
        return self.do(*commands).state is PlanState.SUCCEEDED

    @property
    def message(self) -> str:
        """The robot's last words; empty when it said nothing."""
        return self.messages[-1] if self.messages else ""

    @property
    def pose(self) -> Pose2D:
        """The robot's true pose."""
        return self.episode.backend.truth()

    def at(self, time: float) -> Moment:
        """The moment that is nearest to a time [s]."""
        return min(self.moments, key=lambda moment: abs(moment.time - time))


Attempt = Callable[[Run], Iterator[Assessment]]
Room = Callable[[str, int], World]  # of a robot's name and a seed


@dataclass(frozen=True)
class JourneyTask:
    """Something that is asked of the robot, many times.

    ``attempt`` does it and judges. ``worlds``: by name, each with rows of its own; a name in
    ``rooms`` is a world that is drawn for this task.
    """

    attempt: Attempt
    worlds: tuple[str, ...]
    rooms: dict[str, Room] = field(default_factory=dict)


@dataclass(frozen=True)
class JourneyTrial:
    """A trial: a task in a world with everything that ``seed`` draws."""

    task: str
    world: str
    seed: int
    robot: str = "tank"
    realism: str = "real"

    def __str__(self) -> str:
        return f"{self.task}, {self.world}, seed {self.seed}"


@dataclass(frozen=True)
class JourneyResult:
    """All verdicts of a trial. ``fault``: why there are no more; times in [s]."""

    trial: JourneyTrial
    verdicts: tuple[Assessment, ...]
    fault: str = ""
    time_s: float = 0.0
    wall_s: float = 0.0

    @property
    def good(self) -> bool:
        """Whether all that was asked for is done and true."""
        return not self.fault and all(one.good and one.begun for one in self.verdicts)


def carry_out(trial: JourneyTrial, task: JourneyTask) -> JourneyResult:
    """Do a trial in this process's episode.

    A fault of the stack is a failure with its reason.
    """
    began = time.perf_counter()
    room = task.rooms.get(trial.world)
    place = room(trial.robot, trial.seed) if room else trial.world
    episode = kept_episode(trial.robot, place, trial.realism)
    run = Run(episode, trial.world, trial.seed, trial.task)
    verdicts: list[Assessment] = []
    fault, episode.watcher = "", run.watch
    try:
        verdicts.extend(task.attempt(run))
    except Exception as error:
        # the border of a trial: a crash is a result like any other
        said = str(error) if isinstance(error, EndlessError) else f"{type(error).__name__}: {error}"
        fault = f"{'' if isinstance(error, EndlessError) else 'crashed: '}{said}"
    finally:
        episode.watcher = None
        _look(episode, None)
    return JourneyResult(trial, tuple(verdicts), fault, episode.time, time.perf_counter() - began)


def _look(episode: Episode, observer: Observer | None) -> None:
    if episode.perception_loop is not None:
        episode.perception_loop.observer = observer
