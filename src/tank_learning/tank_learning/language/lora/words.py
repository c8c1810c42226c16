"""The tokens of a published model that stay, and those of shorthand's words.

Of Gemma's 262,144 tokens an English sentence in lower case needs some 31,000; without the others
the file is half as large, and the last product an eighth.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import gguf

from tank_core.exceptions import ModelError
from tank_learning.language.model.tokenizer import OUT, answer_words

FREQUENT = 60_000  # tokens of a lower number are common enough to stay
_CONTROL = ("<pad>", "<eos>", "<bos>", "<unk>")
_SPACE = "▁"  # SentencePiece's space
_WANTED = re.compile(r"▁?[a-z]+|▁?[!\"#$%&'()*+,\-./:;=?@\[\]0-9]{1,3}|▁")
# a word of English that a word of shorthand begins from, where it is not the same one
LIKE = {
    "out": "=>", ";": "then", "x(": "times", ")": ")", "[": "[", "]": "]",
    "grasp": "grab", "m": "meters", "cm": "centimeters", "mm": "millimeters", "km": "kilometers",
    "ft": "feet", "in": "inches", "yd": "yards", "mi": "miles", "step": "steps", "deg": "degrees",
    "rad": "radians", "s": "seconds", "min": "minutes", "h": "hours", "touch": "slightly",
    "arc": "curve", "before": "previous",
}  # fmt: skip


@dataclass(frozen=True)
class Vocabulary:
    """The tokens of the new model, by their new numbers.

    First those of the base that stay, whose numbers there are ``kept``; then ``<out>`` and the
    words of shorthand.
    """

    kept: list[int]
    texts: list[str]
    scores: list[float]
    kinds: list[int]


def choose(path: Path) -> tuple[Vocabulary, list[list[int]]]:
    """The tokens of a Gemma's GGUF file that stay, and ours.

    With them, for each of ours, the tokens of the base that it is like. Raises ModelError for a
    file with another tokenizer.
    """
    fields = gguf.GGUFReader(str(path)).fields
    texts, scores, kinds = (
        fields[f"tokenizer.ggml.{name}"].contents() for name in ("tokens", "scores", "token_type")
    )
    kept = _kept(texts, scores, kinds)
    ours = [OUT, *answer_words()]
    chosen = Vocabulary(
        kept,
        [texts[number] for number in kept] + ours,
        [float(scores[number]) for number in kept] + [-1000.0] * len(ours),
        [int(kinds[number]) for number in kept]
        + [int(gguf.TokenType.CONTROL)]
        + [int(gguf.TokenType.USER_DEFINED)] * (len(ours) - 1),
    )
    numbers = {text: number for number, text in enumerate(texts)}
    try:
        return chosen, [_like(word[1:-1], numbers) for word in ours]
    except KeyError as missing:
        raise ModelError(f"{path} has no token {missing}, so it is not Gemma 3's") from None


def _like(word: str, numbers: dict[str, int]) -> list[int]:
    parts = [LIKE[word]] if word in LIKE else word.split("_")
    return [numbers.get(_SPACE + part) or numbers[part] for part in parts]


def _kept(texts: Sequence[str], scores: Sequence[float], kinds: Sequence[int]) -> list[int]:
    numbers = {text: number for number, text in enumerate(texts)}
    kept = {number for number, kind in enumerate(kinds) if kind == gguf.TokenType.BYTE}
    kept |= {numbers[text] for text in _CONTROL}
    for number, text in enumerate(texts):
        wanted = kinds[number] == gguf.TokenType.NORMAL and _WANTED.fullmatch(text)
        if wanted and (number < FREQUENT or len(text) == 1):
            kept |= {number, *_made(text, numbers, scores)}
    return sorted(kept)


def _made(text: str, numbers: dict[str, int], scores: Sequence[float]) -> set[int]:
    """Every token that comes and goes while a text is joined to one token.

    As llama.cpp joins: the pair with the best score first, the leftmost of equals.
    """
    parts, made = list(text), set[int]()
    while True:
        pairs = [
            (scores[number], -place, number)
            for place in range(len(parts) - 1)
            if (number := numbers.get(parts[place] + parts[place + 1])) is not None
        ]
        if not pairs:
            return made | {numbers[part] for part in parts if part in numbers}
        _, place, number = max(pairs)
        parts[-place : 2 - place] = ["".join(parts[-place : 2 - place])]
        made.add(number)
