"""The loop of an autonomous learner.

It does what the states say, until the budget is spent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from tank_learning.skills.auto.learner import Learner, Report, Settings, State


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
class Event:
    """A thing that the learner did, for reports."""

    state: State
    spent: float  # of the budget, at its end
    settings: Settings
    training: float | None = None
    validation: float | None = None


def carry_out(
    learner: Learner,
    work: Work,
    spent: Callable[[], float],
    told: Callable[[Event], None] = lambda _: None,
) -> list[Event]:
    """Work until the learner is done; returns what it did.

    ``spent`` says how much of the budget is. A state that has begun is carried out to its end.
    """
    events: list[Event] = []
    report, waited = Report(spent()), 0.0
    while True:
        state, settings = learner.next(report)
        if state is State.DONE:
            return events
        training = validation = None
        parts: tuple[float, ...] = ()
        changed = False
        match state:
            case State.COLLECT:
                work.collect(settings)
            case State.TRAIN:
                training = work.train(settings)
            case State.VALIDATE:
                validation, parts = work.validate()
            case State.PAUSE:
                passed, changed = work.pause()
                waited += passed
        if state is not State.PAUSE:
            waited = 0.0
        report = Report(spent(), training, validation, parts, waited, changed)
        events.append(Event(state, report.spent, settings, training, validation))
        told(events[-1])
