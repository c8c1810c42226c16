"""Keeps training sentences apart from the evaluation sentences.

Not only the same, but nearly the same ones. A set that is not in the project is known by the
fingerprints of its sentences: a number of 16 bits for each word, which nobody can read.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from functools import cache

from tank_core.english.plain import normalize
from tank_core.io.checkout import checkout
from tank_core.io.inputs import read_bytes
from tank_language.amounts.spoken import ONES, TENS
from tank_learning.language.evaluation.scoring import read_questions

# words; what is shorter ("turn left", "turn to your two o'clock") can hardly be said in another way
SHORTEST = 6
NEAR = 0.75  # Jaccard's index of two sets of words
ELSEWHERE = "scout.fingerprints"  # of a set that stays where it is; eval/README.md says how made
_LONG_NUMBER = re.compile(r"#(?: (?:and )?#)+")
DIGITS = 4  # hexadecimal, of a word's number: of several rare words each
_NUMBERS = frozenset(("a", "an", "half", "hundred", *ONES[1:13], *TENS[2:]))


def words(sentence: str) -> list[str]:
    """The words of a sentence without punctuation.

    A number is "#", of however many words.
    """
    found = re.findall(r"[a-z']+|#", re.sub(r"\d+(\.\d+)?", " # ", normalize(sentence)))
    plain = " ".join("#" if word in _NUMBERS else word for word in found)
    return _LONG_NUMBER.sub("#", plain).split()


@cache
def _number(word: str) -> int:
    """A word's number in [0, 65536)."""
    return int(hashlib.sha256(word.encode()).hexdigest()[:DIGITS], 16)


def fingerprint(sentence: str) -> frozenset[int]:
    """The numbers of a sentence's words, in [0, 65536)."""
    return frozenset(map(_number, words(sentence)))


def fingerprints(sentences: Iterable[str]) -> str:
    """The text of a file of fingerprints: a line for each long enough sentence."""
    lines = {
        "".join(f"{number:0{DIGITS}x}" for number in sorted(fingerprint(sentence)))
        for sentence in sentences
        if len(words(sentence)) >= SHORTEST
    }
    return "".join(f"{line}\n" for line in sorted(lines))


class EvaluationSets:
    """Sentences that nothing may be trained on, nor on what is nearly the same."""

    def __init__(self, sentences: Iterable[str], elsewhere: Iterable[str] = ()) -> None:
        """Of sentences, and of lines of fingerprints."""
        self._secret = [
            fingerprint(sentence) for sentence in sentences if len(words(sentence)) >= SHORTEST
        ] + [
            frozenset(int(line[at : at + DIGITS], 16) for at in range(0, len(line), DIGITS))
            for line in elsewhere
        ]
        self._words = {*self._secret}

    @classmethod
    def read(cls) -> EvaluationSets:
        """Of every set of the checkout.

        Fingerprints stand for the one that stays elsewhere. Raises TankError for a set that cannot
        be read.
        """
        folder = checkout() / "eval"
        return cls(
            (
                question.instruction
                for path in sorted(folder.glob("*.jsonl"))
                for question in read_questions(path)
            ),
            read_bytes(folder / ELSEWHERE).decode("ascii").split(),
        )

    def has(self, sentence: str) -> bool:
        """Whether a sentence has the very words of one of these, in any order."""
        return fingerprint(sentence) in self._words

    def holds(self, sentence: str) -> bool:
        """Whether a sentence is nearly one of these; takes half a millisecond.

        It is when the two share three quarters of their words. Punctuation, order
        and numbers do not count.
        """
        given = fingerprint(sentence)
        return any(_near(given, secret) for secret in self._secret)


def _near(one: frozenset[int], other: frozenset[int]) -> bool:
    if not NEAR * len(other) <= len(one) <= len(other) / NEAR:  # then they cannot share enough
        return False
    return len(one & other) >= NEAR * len(one | other)
