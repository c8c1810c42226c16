"""Repetition in a list of commands, where the sentence says so.

"twice", "three times", "a square".
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from tank_core.commands import MAX_COMMANDS, Command, shorthand
from tank_language.amounts.spoken import BARE, ONES, TIMES, quantities

_COUNTS = {"twice": 2, "double": 2, "both": 2, "thrice": 3} | {
    word: count for count, word in enumerate(ONES) if 2 <= count <= 12
}
_FIGURES = {  # and how often one of their sides is driven the same way
    "triangle": 3, "square": 4, "box": 4, "diamond": 4, "rhombus": 4, "rectangle": 2, "pentagon": 5,
    "hexagon": 6, "heptagon": 7, "octagon": 8, "nonagon": 9, "decagon": 10, "dodecagon": 12,
}  # fmt: skip
_ONCE_MORE = re.compile(
    r"\b(repeat\w*|once more|same|(that|this|it|all|everything|over|and)( \w+)? again)\b"
)


@dataclass(frozen=True)
class Loop:
    """Steps that are done ``count`` times."""

    count: int
    body: tuple[Item, ...]


Item = Command | Loop


def counts(words: list[str]) -> tuple[int, ...]:
    """List how often the sentence may say that something is done.

    The corners of figures, which are inside, come last.
    """
    said = [
        int(q.number)
        for q in quantities(words)
        if q.unit in (TIMES, BARE, "turn") and 2 <= q.number <= MAX_COMMANDS
    ]
    said += [_COUNTS[word] for word in words if word in _COUNTS]
    if _ONCE_MORE.search(" ".join(words)):
        said.append(2)
    return tuple(dict.fromkeys((*sorted({*said, *_glued(words)}, reverse=True), *_figures(words))))


def _figures(words: list[str]) -> Iterator[int]:
    for word in words:
        if len(word) > 2:
            near = difflib.get_close_matches(word.removesuffix("s"), _FIGURES, 1, 0.8)
            yield from (_FIGURES[name] for name in near)


def _glued(words: list[str]) -> Iterator[int]:
    """The numbers of "x4", "4x"."""
    for one, other in pairwise(words):
        if "x" in (one, other) and (number := one + other).strip("x").isdigit():
            yield int(number.strip("x"))


def fold(items: tuple[Command, ...], counts: tuple[int, ...], depth: int = 0) -> tuple[Item, ...]:
    """The steps with what is repeated written as loops.

    First the repetition that covers most steps (of several the one with the shortest body), then
    the rest likewise. ``counts`` are the numbers of times that the sentence may speak of.
    """
    found = _longest(items, counts) if depth < shorthand.MAX_DEPTH else []
    if not found:
        return items
    loops = []
    for start, length, count in found:
        body = fold(items[start : start + length], _without(counts, count), depth + 1)
        loops.append((start, start + length * count, Loop(count, body)))
    start, end, loop = min(loops, key=lambda entry: sum(1 for _ in leaves(entry[2].body)))
    return (*fold(items[:start], counts, depth), loop, *fold(items[end:], counts, depth))


def _without(counts: tuple[int, ...], used: int) -> tuple[int, ...]:
    return tuple(count for count in counts if count != used)


def _longest(items: tuple[Command, ...], counts: tuple[int, ...]) -> list[tuple[int, int, int]]:
    """Return the repetitions that cover most steps.

    Each is (start, length of a round, count). For each count it is the first one.
    """
    best: dict[int, tuple[int, int, int]] = {}
    for count in counts:
        for length in range(1, len(items) // count + 1):
            for start in range(len(items) - length * count + 1):
                body, whole = items[start : start + length], items[start : start + length * count]
                longer = count not in best or length > best[count][1]
                if longer and body * count == whole:
                    best[count] = (start, length, count)
    most = max((length * count for _, length, count in best.values()), default=0)
    return [found for found in best.values() if found[1] * found[2] == most]


def leaves(items: Iterable[Item]) -> Iterator[Command]:
    """The steps as they are written, each body of a loop once."""
    for item in items:
        if isinstance(item, Loop):
            yield from leaves(item.body)
        else:
            yield item
