"""The loop of an autonomous learner.

It does what the states say, until the budget is spent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from tank_learning.skills.auto.learner import Learner, LearnerState, Settings, StateReport


class Work(Protocol):
    """The work of the states, on some skill."""

    def collect(self, settings: Settings) -> None:
        """More data for training, as the settings say."""

    def train(self, settings: Settings) -> float:
        """The training loss."""

    def validate(self) -> tuple[float, tuple[float, ...]]:
        """Return the loss on data that are never trained on.

        The whole one, and by its parts.
        """

    def pause(self) -> tuple[float, bool]:
        """Wait a while for the scene to be changed.

        Returns how long [s], and whether it was.
        """


@dataclass(frozen=True)
class LearnerEvent:
    """A thing that the learner did, for reports."""

    state: LearnerState
    spent: float  # of the budget, at its end
    settings: Settings
    training: float | None = None
    validation: float | None = None


def carry_out(
    learner: Learner,
    work: Work,
    spent: Callable[[], float],
    told: Callable[[LearnerEvent], None] = lambda _: None,
) -> list[LearnerEvent]:
    """Work until the learner is done; returns what it did.

    ``spent`` says how much of the budget is. A state that has begun is carried out to its end.
    """
    events: list[LearnerEvent] = []
    report, waited = StateReport(spent()), 0.0
    while True:
        state, settings = learner.next(report)
        if state is LearnerState.DONE:
            return events
        training = validation = None
        parts: tuple[float, ...] = ()
        changed = False
        match state:
            case LearnerState.COLLECT:
                work.collect(settings)
            case LearnerState.TRAIN:
                training = work.train(settings)
            case LearnerState.VALIDATE:
                validation, parts = work.validate()
            case LearnerState.PAUSE:
                passed, changed = work.pause()
                waited += passed
        if state is not LearnerState.PAUSE:
            waited = 0.0
        report = StateReport(spent(), training, validation, parts, waited, changed)
        events.append(LearnerEvent(state, report.spent, settings, training, validation))
        told(events[-1])
