"""The states of a learner that decides by itself what to do next.

Pure: no clock, no work.
Whoever works for it does what a state says, and hands in a report. It works in rounds: COLLECT,
TRAIN, VALIDATE on data that are never trained on, THINK, and so on; PAUSE waits for somebody who
changes the scene, for a time that is limited.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Protocol

PAUSE_S = 600.0  # the longest pause: without people it goes on by itself


class LearnerState(StrEnum):
    """A state of the learner."""

    COLLECT = "collect"
    TRAIN = "train"
    VALIDATE = "validate"
    THINK = "think"
    PAUSE = "pause"
    DONE = "done"


@dataclass(frozen=True)
class Settings:
    """The course of a round: all that a thinker may decide."""

    collect: int = 200  # transitions
    updates: int = 100  # of training
    rate: float = 2e-3  # the learning rate at its highest
    # where the wanted thing stands at the start of scenes: "all", "left", "middle" or "right"
    focus: str = "all"
    pause: bool = False  # first let somebody change the scene
    why: str = ""  # for people


FOCUSES = ("all", "left", "middle", "right")
LEAST = Settings(collect=0, updates=0, rate=1e-5)
MOST = Settings(collect=3000, updates=2000, rate=5e-3)


@dataclass(frozen=True)
class StateReport:
    """The result of a state, from whoever did its work.

    What it does not concern is None.
    """

    spent: float  # of the budget so far, in its own unit
    training: float | None = None  # loss on data that were trained on
    validation: float | None = None  # loss on data that never are
    parts: tuple[float, ...] = ()  # the same by where things stand: left, middle, right
    waited: float = 0.0  # [s] in this pause so far
    changed: bool = False  # the scene was changed in this pause


@dataclass(frozen=True)
class Round:
    """A round that has ended, as it is thought about."""

    settings: Settings
    spent: float  # of the budget, at its end
    training: float
    validation: float
    parts: tuple[float, ...] = ()
    data: int = 0  # transitions collected so far
    updates: int = 0  # done so far


class Thinker(Protocol):
    """Decides the next round from those before it."""

    def think(self, rounds: tuple[Round, ...]) -> Settings:
        """The settings of the next round; ``rounds`` holds at least one."""


@dataclass
class Learner:
    """Says what to do next: ``next(report)``, until it says DONE.

    Ends when ``budget`` is spent, in whatever unit the reports count.
    """

    thinker: Thinker
    budget: float
    settings: Settings = field(default_factory=Settings)
    rounds: tuple[Round, ...] = ()
    state: LearnerState | None = None
    _training: float = 0.0

    def next(self, report: StateReport) -> tuple[LearnerState, Settings]:
        """The next state, and the settings for it.

        ``report`` is what came of the state before. A pause that is not over is PAUSE again.
        """
        if report.spent >= self.budget and self.state is not None:
            self.state = LearnerState.DONE
        else:
            self.state = self._after(report)
        return self.state, self.settings

    def _after(self, report: StateReport) -> LearnerState:
        match self.state:
            case None:
                return LearnerState.COLLECT
            case LearnerState.COLLECT:
                return LearnerState.TRAIN
            case LearnerState.TRAIN:
                self._training = report.training or 0.0
                return LearnerState.VALIDATE
            case LearnerState.VALIDATE:
                self.rounds = (*self.rounds, self._round(report))
                return LearnerState.THINK
            case LearnerState.THINK:
                self.settings = bounded(self.thinker.think(self.rounds))
                return LearnerState.PAUSE if self.settings.pause else LearnerState.COLLECT
            case LearnerState.PAUSE:
                over = report.changed or report.waited >= PAUSE_S
                return LearnerState.COLLECT if over else LearnerState.PAUSE
            case _:
                return LearnerState.DONE

    def _round(self, report: StateReport) -> Round:
        last = self.rounds[-1] if self.rounds else None
        return Round(
            self.settings,
            report.spent,
            self._training,
            report.validation or 0.0,
            report.parts,
            (last.data if last else 0) + self.settings.collect,
            (last.updates if last else 0) + self.settings.updates,
        )


def bounded(settings: Settings) -> Settings:
    """Return the settings within what a round may cost.

    A focus that is not known becomes "all".
    """
    return replace(
        settings,
        collect=min(max(settings.collect, LEAST.collect), MOST.collect),
        updates=min(max(settings.updates, LEAST.updates), MOST.updates),
        rate=min(max(settings.rate, LEAST.rate), MOST.rate),
        focus=settings.focus if settings.focus in FOCUSES else "all",
    )
