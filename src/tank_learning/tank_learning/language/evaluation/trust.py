"""The confidence from which on a model's answers are trusted.

It is chosen by cost, on sentences that the model has not seen, and kept in its file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from tank_core.commands import Move, MoveDirection, Side, Turn, equivalent, moves
from tank_core.commands.shorthand import NO_PREVIOUS, Refusal, read, resolve
from tank_core.exceptions import ModelError
from tank_language.gguf_model import TRUSTED_KEY, load_model
from tank_language.model import LanguageModel
from tank_language.translator import Translator
from tank_learning.language.corpus.dataset import Example
from tank_learning.language.evaluation.scoring import Question
from tank_llama.answer import RawAnswer, never
from tank_llama.gguf_header import read_header

WRONG_MOTION = 10.0  # refusals that a motion which nobody asked for costs
# Of the right answers, at most this share is refused. Hand-written sentences are meant to be hard;
# by cost alone they would have a quarter of what people say in earnest refused. Of that about half
# as many are refused as of these, and one in a hundred is what an ood_f1 of 0.93 allows.
MOST_REFUSED = 0.025
LEAST, HIGHEST = 0.05, 0.95  # a threshold of 0 would have the runtime measure no confidence at all
# what held-out sentences may lean on
_BEFORE = NO_PREVIOUS.then((Turn(Side.LEFT, 45.0), Move(MoveDirection.FORWARD, 2.0)))


@dataclass(frozen=True)
class TrustOutcome:
    """An answer, had it been trusted.

    ``confidence`` in [0, 1]; ``right``: what was asked for; ``wrong_motion``: it would have moved
    the robot, and not as asked.
    """

    confidence: float
    right: bool
    wrong_motion: bool


@dataclass(frozen=True)
class Trust:
    """A threshold in [0, 1], and what it does: of so many, so many are refused."""

    threshold: float
    right: int
    right_refused: int
    wrong_motions: int
    wrong_motions_refused: int

    def __str__(self) -> str:
        return (
            f"trusted from {self.threshold:.2f} on: {self.wrong_motions_refused} of "
            f"{self.wrong_motions} wrong motions refused, and {self.right_refused} of {self.right} "
            "right answers"
        )


def choose(
    outcomes: Sequence[TrustOutcome], wrong_motion: float = WRONG_MOTION, most: float = MOST_REFUSED
) -> Trust:
    """The threshold of the least cost.

    A wrong motion that is trusted costs ``wrong_motion``, a right answer that is refused costs 1.
    No threshold is taken that refuses more than the share ``most`` of right answers. Of several the
    lowest; it is in the middle between two answers' confidences.
    """
    inner = sorted({one.confidence for one in outcomes if LEAST < one.confidence < HIGHEST})
    between = ((low + high) / 2 for low, high in pairwise((LEAST, *inner, HIGHEST)))
    tried = [_at(round(threshold, 3), outcomes) for threshold in (LEAST, *between)]
    fit = [one for one in tried if one.right_refused <= most * one.right] or tried[:1]
    return min(
        fit,
        key=lambda one: (
            wrong_motion * (one.wrong_motions - one.wrong_motions_refused) + one.right_refused
        ),
    )


def _at(threshold: float, outcomes: Sequence[TrustOutcome]) -> Trust:
    refused = [one for one in outcomes if one.confidence < threshold]
    return Trust(
        threshold,
        sum(one.right for one in outcomes),
        sum(one.right for one in refused),
        sum(one.wrong_motion for one in outcomes),
        sum(one.wrong_motion for one in refused),
    )


def questions(examples: Iterable[Example]) -> list[Question]:
    """Examples as questions; those that lean have two steps to lean on."""
    found = []
    for example in examples:
        steps = read(example.answer)
        meant = steps if isinstance(steps, Refusal) else resolve(steps, _BEFORE)
        commands = () if isinstance(meant, Refusal) else meant
        voice, _, _ = example.source.partition("/")
        found.append(Question(example.source, example.instruction, commands, voice, _BEFORE))
    return found


class _Unquestioned:
    """A model all of whose answers are taken; it keeps the last confidence."""

    def __init__(self, model: LanguageModel) -> None:
        self._model, self.form, self.name = model, model.form, model.name
        self.confidence = 1.0

    def answer(self, instruction: str, cancelled: Callable[[], bool] = never) -> RawAnswer:
        raw = self._model.answer(instruction, cancelled)
        self.confidence = raw.confidence
        return replace(raw, trusted=0.0)

    def close(self) -> None:
        self._model.close()


def outcomes(
    model: LanguageModel,
    asked: Iterable[Question],
    progress: Callable[[int], None] = lambda done: None,
) -> list[TrustOutcome]:
    """The outcomes of a model's answers, were all of them trusted.

    The robot's own checks are behind them. What is refused by these has none, and costs the same at
    every threshold.
    """
    unquestioned = _Unquestioned(model)
    translator, found = Translator(unquestioned), []
    for done, question in enumerate(asked, start=1):
        unquestioned.confidence = 1.0  # a stop word is asked of no model
        got = translator.translate(question.instruction, previous=question.previous).commands
        right = equivalent(question.commands, got)
        if got:
            found.append(TrustOutcome(unquestioned.confidence, right, moves(got) and not right))
        progress(done)
    return found


def calibrate(
    path: Path,
    examples: Sequence[Example],
    threads: int = 1,
    progress: Callable[[int], None] = lambda done: None,
) -> Trust:
    """Choose a model file's threshold, and keep it there.

    ``examples`` are such that it was not trained on. Raises ModelError for a file that keeps no
    threshold.
    """
    if not read_header(path).metadata.get(TRUSTED_KEY):
        raise ModelError(
            f"{path} has no {TRUSTED_KEY} above 0, whose place the threshold takes; write one when "
            "the file is made"
        )
    model = load_model(path, threads)
    trust = choose(outcomes(model, questions(examples), progress))
    model.close()
    store(path, trust.threshold)
    return trust


def store(path: Path, threshold: float) -> None:
    """Write a threshold into a model file, in the place of the one there."""
    import gguf  # of the training tools

    field = gguf.GGUFReader(str(path), "r+").fields[TRUSTED_KEY]
    field.parts[field.data[0]][0] = threshold
