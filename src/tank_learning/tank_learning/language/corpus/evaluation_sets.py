"""Keeps training sentences apart from the evaluation sentences.

Not only the same, but nearly the same ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from tank_core.io.checkout import checkout
from tank_language.amounts.spoken import ONES, TENS
from tank_language.prompt import normalize
from tank_learning.language.evaluation.scoring import read_questions

# words; what is shorter ("turn left", "turn to your two o'clock") can hardly be said in another way
SHORTEST = 6
NEAR = 0.75  # Jaccard's index of two sets of words
_NUMBERS = frozenset(("a", "an", "half", "hundred", *ONES[1:13], *TENS[2:]))


def words(sentence: str) -> list[str]:
    """The words of a sentence without punctuation; every number is "#"."""
    found = re.findall(r"[a-z']+|#", re.sub(r"\d+(\.\d+)?", " # ", normalize(sentence)))
    return ["#" if word in _NUMBERS else word for word in found]


class EvaluationSets:
    """Sentences that nothing may be trained on, nor on what is nearly the same."""

    def __init__(self, sentences: Iterable[str]) -> None:
        self._secret = [
            frozenset(found) for sentence in sentences if len(found := words(sentence)) >= SHORTEST
        ]

    @classmethod
    def read(cls) -> EvaluationSets:
        """Of every set of the checkout.

        Raises TankError for a set that cannot be read.
        """
        return cls(
            question.instruction
            for path in sorted((checkout() / "eval").glob("*.jsonl"))
            for question in read_questions(path)
        )

    def holds(self, sentence: str) -> bool:
        """Whether a sentence is nearly one of these.

        It is when the two share three quarters of their words. Punctuation, order
        and numbers do not count.
        """
        given = frozenset(words(sentence))
        return any(_near(given, secret) for secret in self._secret)


def _near(one: frozenset[str], other: frozenset[str]) -> bool:
    if not NEAR * len(other) <= len(one) <= len(other) / NEAR:  # then they cannot share enough
        return False
    return len(one & other) >= NEAR * len(one | other)
