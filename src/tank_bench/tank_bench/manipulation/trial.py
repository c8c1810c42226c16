"""Carries out and judges a trial of ``./tank bench manipulation``.

An episode from its beginning, watched from outside, and judged by the truth.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

from tank_bench.manipulation.sight import SightScore
from tank_bench.manipulation.tasks import (
    ManipulationTrial,
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
from tank_episode.perception_loop import Observer, PerceivedImage
from tank_executor.plan import PlanState, PlanStatus

PATIENCE_S = 300.0  # simulated; a task that takes longer has failed


class EndlessError(TankError):
    """A trial that does not come to its end."""


@dataclass(frozen=True)
class ManipulationResult:
    """The result of a trial.

    ``claimed``: the robot says that it is done; ``done``: it is true. Times in simulated [s] but
    for ``wall_s``.
    """

    trial: ManipulationTrial
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


class PerceptionScorer:
    """Scores images that the robot looks at by the truth; keeps the last."""

    def __init__(self, episode: Episode, keep: Observer | None = None) -> None:
        self.score = SightScore()
        self.last: PerceivedImage | None = None
        self._witness, self._keep = Witness(episode.backend), keep

    def observe(self, image: PerceivedImage) -> None:
        """Score an image. Raises EndlessError when a trial takes too long."""
        if image.frame.time > PATIENCE_S:
            raise EndlessError(f"not at an end after {PATIENCE_S:.0f} s")
        self.last = image
        objects = self._witness.look(image.frame.time)
        if objects is not None:
            self.score.add(image.detections.objects, objects)
        if self._keep is not None:
            self._keep(image)


def attempt(
    episode: Episode, trial: ManipulationTrial, keep: Observer | None = None
) -> tuple[ManipulationResult, PerceivedImage | None]:
    """Carry it out in an episode of the trial's world.

    Also gives what was seen last. A fault of the stack is a failure with its reason.
    """
    began = time.perf_counter()
    episode.reset(trial.seed)
    before = scene_of(episode.backend)
    target = draw_target(before, trial)
    commands = commands_for(trial.task, target, before, episode.robot)
    scorer = PerceptionScorer(episode, keep)
    if episode.perception_loop is not None:
        episode.perception_loop.observer = scorer.observe
    status, fault = None, ""
    try:
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
    finally:
        if episode.perception_loop is not None:
            episode.perception_loop.observer = None
    result = judge(episode.robot, trial, commands, before, scene_of(episode.backend), status, fault)
    return replace(
        result, target=target.kind, sight=scorer.score, wall_s=time.perf_counter() - began
    ), scorer.last


def judge(
    robot: Robot,
    trial: ManipulationTrial,
    commands: tuple[Command, ...],
    before: TrueScene,
    after: TrueScene,
    status: PlanStatus | None,
    fault: str = "",
) -> ManipulationResult:
    """Judge what the robot said by the truth before and after.

    ``status`` None: it said nothing, because of ``fault``.
    """
    outcomes = status.outcomes if status is not None else ()
    claimed = status is not None and status.state is PlanState.SUCCEEDED
    steps = tuple(outcome.duration for outcome in outcomes)
    messages = [outcome.message for outcome in outcomes if outcome.message]
    return ManipulationResult(
        trial, "", claimed, succeeded(trial.task, commands, after, robot),
        fault or "; ".join(messages),
        sum(steps), straight_time(trial.task, commands, before, robot), steps,
        bumped(commands, before, after), crashed=bool(fault),
    )  # fmt: skip
