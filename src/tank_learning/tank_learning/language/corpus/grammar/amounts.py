"""Words for distances, angles and durations, with the amount in shorthand."""

from __future__ import annotations

import random

from tank_learning.language.corpus.grammar import phrases as p
from tank_learning.language.corpus.grammar.numbers import (
    AND_FRACTIONS,
    FRACTIONS,
    pick_number,
    say,
)
from tank_learning.language.corpus.grammar.phrases import Pair

_DISTANCE_SHARES = {"m": 12, "cm": 6, "ft": 5, "in": 4, "yd": 3, "mm": 2, "step": 3, "km": 1,
                    "mi": 1}  # fmt: skip
DISTANCE_UNITS = tuple(unit for unit, share in _DISTANCE_SHARES.items() for _ in range(share))
# kinds of numbers (pick_number) that go with a unit; with the others those of an angle
KINDS = {"m": "small", "ft": "small", "yd": "small", "step": "few", "cm": "hundreds",
         "in": "hundreds", "mm": "thousands", "km": "few", "mi": "few", "rad": "few",
         "s": "seconds", "min": "few", "h": "few"}  # fmt: skip
_AND = tuple((words, part) for words, part in AND_FRACTIONS if words.startswith("and"))
_DISTANCES = p.pairs(p.AMOUNTS["distances"])


def quantity(rng: random.Random, unit: str, kind: str | None = None) -> Pair:
    """A number with its unit: ("two and a half feet", "2.5 ft")."""
    name = rng.choice(p.UNITS[unit])
    if unit != "deg" and rng.random() < 0.16:
        return _fraction(rng, unit, name)
    number = pick_number(rng, kind or KINDS.get(unit, "angle"))
    if number in ("0", "0.0"):
        number = "1"
    if number == "1" and rng.random() < 0.6:
        article = rng.choice(("a", "one", "an" if name[0] in "aeiou" else "a"))
        words = f"{article} {name if name == 's' else name.removesuffix('s')}"
    else:
        words = say(number, rng)
        glued = rng.random() < 0.5 and words[-1].isdigit() and len(name) < 4
        words += name if glued else f" {name}"
    if rng.random() < 0.12:
        words = f"{rng.choice(p.AMOUNTS['before_number'])} {words}"
    return words, f"{number} {unit}"


def _fraction(rng: random.Random, unit: str, name: str) -> Pair:
    single = name.removesuffix("s") if len(name) > 2 else name
    if rng.random() < 0.6:
        words, number = rng.choice(FRACTIONS)
        return f"{words} {single}", f"{number} {unit}"
    extra, part = rng.choice(_AND)
    one = rng.choice(("a", "one"))
    words = rng.choice((f"{one} {single} {extra}", f"one {extra} {name}"))
    return words, f"1{part} {unit}"


def distance(rng: random.Random) -> Pair:
    """Say how far: a quantity, a vague amount, a bare number, or nothing."""
    roll = rng.random()
    if roll < 0.60:
        return quantity(rng, rng.choice(DISTANCE_UNITS))
    if roll < 0.64:
        number = pick_number(rng, "small").removeprefix("0.0") or "1"
        return say(number, rng), f"{number} m"
    if roll < 0.70:
        return rng.choice(_DISTANCES)
    return vague(rng, (("bit", 0.11), ("touch", 0.06), ("far", 0.04)), roll - 0.70)


def vague(rng: random.Random, shares: tuple[tuple[str, float], ...], roll: float) -> Pair:
    """A vague amount with the given shares, otherwise nothing at all."""
    for word, share in shares:
        if roll < share:
            return rng.choice(p.AMOUNTS[word]), word
        roll -= share
    return "", ""
