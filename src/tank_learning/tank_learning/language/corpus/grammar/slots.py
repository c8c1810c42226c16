"""Phrases with slots, such as "take {object} to {place}".

A slot is filled alike in the words and in the shorthand. It is a list of the same file, whose
phrases may have slots, too, or one of ``SLOTS``; digits behind its name tell two of a kind apart.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping

from tank_learning.language.corpus.grammar import names, objects
from tank_learning.language.corpus.grammar import phrases as p
from tank_learning.language.corpus.grammar.amounts import (
    DISTANCE_UNITS,
    distance,
    moment,
    plainly,
    quantity,
    short,
)
from tank_learning.language.corpus.grammar.motions import pace
from tank_learning.language.corpus.grammar.numbers import DIGITS, say
from tank_learning.language.corpus.grammar.phrases import Pair, Phrases, join, tidy

Clause = Callable[[random.Random], Pair]
_SLOT = re.compile(r"{([a-z_]+)(\d*)}")


def compose(
    rng: random.Random, lists: Phrases, name: str, more: Mapping[str, Clause] | None = None
) -> Pair:
    """A phrase of the list ``name`` with its slots filled.

    Its shorthand is "" where none stands behind an arrow. ``more``: slots beside ``SLOTS``.
    """
    slots = {**SLOTS, **(more or {})}
    words, _, answer = rng.choice(lists[name]).partition(" => ")
    drawn: dict[str, Pair] = {}
    for match in _SLOT.finditer(f"{words} {answer}"):
        slot, kind = match[1] + match[2], match[1]
        if slot not in drawn:
            known = compose(rng, lists, kind, more) if kind in lists else slots[kind](rng)
            drawn[slot] = known
    text = words.format(**{slot: said for slot, (said, _) in drawn.items()})
    meant = answer.format(**{slot: short for slot, (_, short) in drawn.items()})
    return tidy(join(*text.split())), join(*meant.split())


def theme(lists: Phrases, name: str) -> Clause:
    """The clauses of one list; "none" is what has no shorthand."""

    def composed(rng: random.Random) -> Pair:
        words, answer = compose(rng, lists, name)
        return words, answer or "none"

    composed.__name__ = name
    return composed


def _object(rng: random.Random) -> Pair:
    words, color, shape = objects.thing(rng, 0.04)
    return objects.the(rng, words), join(color, shape)


def _named(rng: random.Random) -> Pair:
    words, color, shape = objects.thing(rng, 0)
    while not color and not shape:
        words, color, shape = objects.thing(rng, 0)
    return words, join(color, shape)


def _the_named(rng: random.Random) -> Pair:
    words, meant = _named(rng)
    return f"{rng.choice(('the', 'the', 'the', 'that', 'a'))} {words}", meant


def _many(rng: random.Random) -> Pair:
    """Several of a kind: ("green cubes", "green cube")."""
    color = rng.choice((*p.COLORS, "", "", "", ""))
    shape = rng.choice((*p.SHAPES, *p.SHAPES, "") if color else tuple(p.SHAPES))
    noun = rng.choice(p.SHAPES[shape] if shape else ("thing", "object", "item"))
    plural = f"{noun}es" if noun.endswith("x") else f"{noun}s"
    return join(rng.choice(p.COLORS[color]) if color else "", plural), join(color, shape)


def _color(rng: random.Random) -> Pair:
    color = rng.choice(tuple(p.COLORS))
    return rng.choice(p.COLORS[color]), color


def _shape(rng: random.Random) -> Pair:
    shape = rng.choice(tuple(p.SHAPES))
    return rng.choice(p.SHAPES[shape]), shape


def _side(rng: random.Random) -> Pair:
    side = rng.choice(("left", "right"))
    return side, side


def _compass(rng: random.Random) -> Pair:
    heading, words = rng.choice(_COMPASS)
    return words, heading


def _pace(rng: random.Random) -> Pair:
    return pace(rng, 1)


def _cell(rng: random.Random) -> Pair:
    cell = rng.choice(tuple(p.CELLS))
    return rng.choice(p.CELLS[cell]), cell


def _times(rng: random.Random) -> Pair:
    count = rng.choice(("2", "2", "2", "3", "3", "4", "5"))
    return rng.choice(p.TIMES[count]), count


def _unknown(rng: random.Random) -> Pair:
    return f"{rng.choice(('the', 'the', 'the', 'that', 'a', 'my'))} {names.unknown(rng)}", ""


def _heading(rng: random.Random) -> Pair:
    number = rng.choice((rng.randrange(0, 361), rng.randrange(0, 37) * 10))
    spoken = rng.choice((str(number), str(number), f"{number:03}", say(str(number), rng)))
    if rng.random() < 0.1:
        spoken = " ".join(DIGITS[digit] for digit in f"{number:03}")
    return spoken, f"heading {number}"


def _phrase(rng: random.Random, lists: Phrases, *names_of_lists: str) -> Pair:
    return rng.choice([phrase for name in names_of_lists for phrase in lists[name]]), ""


_COMPASS = tuple((heading, said) for heading, words in p.COMPASS.items() for said in words)
SLOTS: dict[str, Clause] = {
    "object": _object,  # with an article
    "named": _named,  # with a color or a shape, and no article
    "the_named": _the_named,
    "many": _many,
    "color": _color,
    "shape": _shape,
    "side": _side,
    "compass": _compass,
    "heading": _heading,
    "cell": _cell,
    "times": _times,
    "pace": _pace,
    "length": lambda rng: quantity(rng, rng.choice(DISTANCE_UNITS)),
    "far": distance,
    "angle": lambda rng: quantity(rng, "deg", "angle"),
    "bare_length": lambda rng: plainly(rng, rng.choice(DISTANCE_UNITS)),
    "bare_angle": lambda rng: plainly(rng, "deg"),
    "short": short,
    "moment": moment,
    "seconds": lambda rng: quantity(rng, "s"),
    "place": names.place,
    "room": names.room,
    "unknown": _unknown,
    "noun": lambda rng: (names.unknown(rng), ""),
    "rare": lambda rng: (objects.rare(rng), ""),
    "other_color": lambda rng: _phrase(rng, p.NAMES, "other_colors"),
    "go": lambda rng: _phrase(rng, p.MOVING, "go"),
    "forward": lambda rng: _phrase(rng, p.MOVING, "forward"),
    "approach": lambda rng: _phrase(rng, p.OBJECTS, "approach"),
    "face": lambda rng: _phrase(rng, p.OBJECTS, "face"),
    "grasp": lambda rng: _phrase(rng, p.GRIPPING, "grasp"),
    "then": lambda rng: _phrase(rng, p.JOINING, "then"),
}
