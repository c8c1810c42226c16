"""One trial of ``./tank bench manipulation``: an episode from its beginning, watched from
outside, and judged by the truth.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from tank_bench.manipulation.sight import SightScore
from tank_bench.manipulation.tasks import (
    Trial,
    TrueScene,
    bumped,
    commands_for,
    draw_target,
    straight_time,
    succeeded,
)
from tank_bench.manipulation.truth import Witness, scene_of
from tank_core.commands import Command
from tank_core.exceptions import TankError
from tank_core.robot import Robot
from tank_episode.episode import Episode
from tank_episode.film.glimpses import Glimpse, watching
from tank_executor.plan import PlanState, PlanStatus

PATIENCE_S = 300.0  # simulated; a task that takes longer has failed


class EndlessError(TankError):
    """A trial that does not come to its end."""


@dataclass(frozen=True)
class Result:
    """How a trial went.

    ``claimed``: the robot says that it is done; ``done``: it is true. Times in simulated [s] but
    for ``wall_s``.
    """

    trial: Trial
    target: str
    claimed: bool
    done: bool
    message: str
    duration: float
    straight: float  # what the way alone needs
    steps: tuple[float, ...] = ()  # of each command
    bumped: tuple[str, ...] = ()
    sight: SightScore = field(default_factory=SightScore)
    wall_s: float = 0.0
    crashed: bool = False

    @property
    def good(self) -> bool:
        """Done, and said so."""
        return self.claimed and self.done


class Observer:
    """Counts what the robot's eyes see, and keeps what they saw last."""

    def __init__(self, episode: Episode, keep: Callable[[Glimpse], None] | None = None) -> None:
        self.score = SightScore()
        self.last: Glimpse | None = None
        self._witness, self._keep = Witness(episode.backend), keep

    def told(self, glimpse: Glimpse) -> None:
        """Of one image. Raises EndlessError when the trial takes too long."""
        if glimpse.frame.time > PATIENCE_S:
            raise EndlessError(f"not at an end after {PATIENCE_S:.0f} s")
        self.last = glimpse
        objects = self._witness.look(glimpse.frame.time)
        if objects is not None:
            self.score.add(glimpse.detections.objects, objects)
        if self._keep is not None:
            self._keep(glimpse)


def attempt(
    episode: Episode, trial: Trial, keep: Callable[[Glimpse], None] | None = None
) -> tuple[Result, Glimpse | None]:
    """Carry it out in an episode of the trial's world.

    Also gives what was seen last. A fault of the stack is a failure with its reason.
    """
    began = time.perf_counter()
    episode.reset(trial.seed)
    before = scene_of(episode.backend)
    target = draw_target(before, trial)
    commands = commands_for(trial.task, target, before, episode.robot)
    observer = Observer(episode, keep)
    status, fault = None, ""
    try:
        with watching(episode.perception_loop, observer.told):
            status = episode.run(commands)
            episode.settle()
    except Exception as error:
        # the border of a trial: a crash is a result like any other, and must not end the hundreds
        # that follow
        fault = (
            str(error)
            if isinstance(error, EndlessError)
            else f"crashed: {type(error).__name__}: {error}"
        )
    result = judge(episode.robot, trial, commands, before, scene_of(episode.backend), status, fault)
    return replace(
        result, target=target.kind, sight=observer.score, wall_s=time.perf_counter() - began
    ), observer.last


def judge(
    robot: Robot,
    trial: Trial,
    commands: tuple[Command, ...],
    before: TrueScene,
    after: TrueScene,
    status: PlanStatus | None,
    fault: str = "",
) -> Result:
    """What the robot said against the truth before and after.

    ``status`` None: it said nothing, because of ``fault``.
    """
    outcomes = status.outcomes if status is not None else ()
    claimed = status is not None and status.state is PlanState.SUCCEEDED
    steps = tuple(outcome.duration for outcome in outcomes)
    messages = [outcome.message for outcome in outcomes if outcome.message]
    return Result(
        trial, "", claimed, succeeded(trial.task, commands, after, robot),
        fault or "; ".join(messages),
        sum(steps), straight_time(trial.task, commands, before, robot), steps,
        bumped(commands, before, after), crashed=bool(fault),
    )  # fmt: skip
