"""A sentence as the check of amounts reads it: words and amounts. Pure."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cached_property

from tank_core.english import patterns
from tank_core.english.plain import normalize
from tank_language.amounts.choices import CHANGED
from tank_language.amounts.spoken import PARTS, UNITS, Quantity, quantities, tokens

_RE = patterns("amounts")


@dataclass(frozen=True)
class Sentence:
    """A sentence, its words, and the amounts that it says, in order."""

    text: str
    words: list[str]
    said: list[Quantity]

    @classmethod
    def of(cls, text: str) -> Sentence:
        """Read a text that ``plain`` gave."""
        words = tokens(_with_pi(text))
        return cls(text, words, list(quantities(words)))

    @cached_property
    def changed(self) -> bool:
        """Whether somebody changes his mind or forbids."""
        return CHANGED.search(self.text) is not None

    @cached_property
    def later(self) -> str:
        """A beginning such as "in 5 seconds"; "" where there is none."""
        match = _RE["later"].match(self.text)
        return match[0] if match else ""

    def quoted(self, one: Quantity, more: int = 0) -> str:
        """The words of an amount, and ``more`` after it, in quotation marks."""
        return repr(" ".join(self.words[one.at : one.end + more]))

    def before(self, one: Quantity, count: int = 1) -> list[str]:
        """The last words before an amount."""
        return self.words[max(0, one.at - count) : one.at]

    def after(self, one: Quantity) -> list[str]:
        """The word after an amount; empty at the end."""
        return self.words[one.end : one.end + 1]

    def between(self, one: Quantity, other: Quantity) -> list[str]:
        """The words between two amounts, whichever comes first."""
        first, second = sorted((one, other), key=lambda quantity: quantity.at)
        return self.words[first.end : second.at]


def plain(sentence: str) -> str:
    """A normalized sentence without fillers, its halves spelled right."""
    text = _RE["fillers"].sub(" ", normalize(sentence)).replace(" comma ", " point ")
    return " ".join(_RE["half"].sub("half", _RE["with_digits"].sub(r"\1", text)).split())


def _with_pi(text: str) -> str:
    """Multiples of pi as plain numbers: "two pi radians" is 6.283 radians."""

    def multiple(match: re.Match[str]) -> str:
        times, over = ([*quantities(tokens(match[group] or "1"))] for group in (1, 2))
        word = "" if times or match[1] in PARTS else f"{match[1] or ''} "
        many = float(times[0].number) if times else float(PARTS.get(match[1], 1))
        if not over or not over[0].number:
            return match[0]
        follows = tokens(text[match.end() :])[:1]
        unit = "" if follows and follows[0] in UNITS else " radians"
        return f"{word}{many / float(over[0].number) * math.pi:.4f}{unit}"

    text = re.sub(r"(?<=\d)(?=pi\b)", " ", text)
    return _RE["pi"].sub(multiple, text) if "pi" in text else text
