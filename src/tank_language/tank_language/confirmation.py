"""A request that waits for a person's yes, because it may be misread. Pure."""

from __future__ import annotations

from dataclasses import replace

from tank_core.commands import Command, Stop
from tank_core.commands.wording import DECLINED, EARLY_ANSWER, LATE_ANSWER, did_you_mean
from tank_core.english.answers import answer_of
from tank_language.translator import Translation, Verdict

ASKED_S = 30.0  # [s] for which an answer counts


class Confirmation:
    """Asks "Did you mean ...?" of one person, and takes the answer.

    What a model is less sure of than ``below``, in [0, 1], is not done but asked; 0 asks nothing.
    A stop is done in any case. The question holds until the next sentence, whatever that is, and
    for ``ASKED_S``. Times [s] are the caller's, on a clock that does not go back::

        meant = confirmation.answer(sentence, now)
        if meant is None:
            meant = confirmation.judge(translator.translate(sentence), now)
    """

    def __init__(self, below: float = 0.0) -> None:
        self._below = below
        self._asked: tuple[Command, ...] = ()
        self._when = 0.0

    def judge(self, translation: Translation, now: float) -> Translation:
        """The translation, or in its place the question whether it is meant."""
        commands = translation.commands or translation.unsure
        if not commands or translation.confidence >= self._below or commands == (Stop(),):
            return translation
        self._asked, self._when = commands, now
        return replace(
            translation,
            commands=(),
            unsure=(),
            verdict=Verdict.EMPTY,
            reason=did_you_mean(commands),
        )

    def answer(self, instruction: str, arrived: float) -> Translation | None:
        """The meaning of a yes or no that ``arrived`` then; None for others.

        And for all sentences where nothing was asked. The question is over in any case. A yes that
        came before it, and waited, was said to something else.
        """
        asked, self._asked = self._asked, ()
        said = answer_of(instruction) if asked else None
        if said is None:
            return None
        if not said:
            return Translation((), Verdict.EMPTY, DECLINED)
        if not 0.0 <= arrived - self._when <= ASKED_S:
            early = arrived < self._when
            return Translation((), Verdict.EMPTY, EARLY_ANSWER if early else LATE_ANSWER)
        return Translation(asked, Verdict.OK)

    def clear(self) -> None:
        """Forget the question: a stop came."""
        self._asked = ()
