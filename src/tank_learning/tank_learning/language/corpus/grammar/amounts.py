"""Words for distances, angles and durations, with the amount in shorthand."""

from __future__ import annotations

import random

from tank_learning.language.corpus.grammar import phrases as p
from tank_learning.language.corpus.grammar.numbers import (
    AND_FRACTIONS,
    FRACTIONS,
    pick_number,
    say,
    spell,
)
from tank_learning.language.corpus.grammar.phrases import Pair, fill

_DISTANCE_SHARES = {"m": 12, "cm": 6, "ft": 5, "in": 4, "yd": 3, "mm": 2, "step": 3, "km": 1,
                    "mi": 1}  # fmt: skip
DISTANCE_UNITS = tuple(unit for unit, share in _DISTANCE_SHARES.items() for _ in range(share))
# kinds of numbers (pick_number) that go with a unit; with the others those of an angle
KINDS = {"m": "small", "ft": "small", "yd": "small", "step": "few", "cm": "hundreds",
         "in": "hundreds", "mm": "thousands", "km": "few", "mi": "few", "rad": "few",
         "s": "seconds", "min": "few", "h": "few"}  # fmt: skip
_SHORT = (("m", "0.5 1 1.5 2 2.5 3 0.75 0.3"), ("cm", "30 40 50 60 80 100 120 150 200 250"),
          ("ft", "1 2 3 4 5 6 8 10 2.5"), ("in", "12 18 20 24 30 36 40"))  # fmt: skip
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
    elif rng.random() < 0.03 and words[-1].isalpha():
        words = f"{words} {rng.choice(p.AMOUNTS['behind_number'])}"
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
    if roll < 0.58:
        return quantity(rng, rng.choice(DISTANCE_UNITS))
    if roll < 0.62:
        return compound_length(rng)
    if roll < 0.64:
        number = pick_number(rng, "small").removeprefix("0.0") or "1"
        return say(number, rng), f"{number} m"
    if roll < 0.70:
        return rng.choice(_DISTANCES)
    return vague(rng, (("bit", 0.11), ("touch", 0.06), ("far", 0.04)), roll - 0.70)


def compound_length(rng: random.Random) -> Pair:
    """Two units of one amount: "five foot six" is 66 in, "1 m 20" is 1.2 m."""
    ways = rng.choice(("feet_and_inches", "meters_and_centimeters"))
    many, few = rng.randint(1, 12), rng.randint(1, 11)
    if ways == "feet_and_inches":
        said = _said(rng, feet=many, inches=few)
        return fill(rng, p.AMOUNTS[ways], **said), f"{12 * many + few} in"
    few = rng.choice((10, 20, 25, 30, 40, 50, 60, 75, 80, 15, 5 * few + 10))
    said = _said(rng, meters=many, centimeters=few)
    return fill(rng, p.AMOUNTS[ways], **said), f"{many + few / 100:g} m"


def compound_time(rng: random.Random) -> Pair:
    """ "two minutes and thirty seconds" is 150 s."""
    many, few = rng.randint(1, 5), 5 * rng.randint(1, 11)
    said = _said(rng, minutes=many, seconds=few)
    return fill(rng, p.AMOUNTS["minutes_and_seconds"], **said), f"{60 * many + few} s"


def _said(rng: random.Random, **numbers: int) -> dict[str, str]:
    digits = rng.random() < 0.5  # both in digits, or both in words
    return {name: str(number) if digits else spell(number, rng) for name, number in numbers.items()}


def plainly(rng: random.Random, unit: str) -> Pair:
    """A quantity without a word before it ("another", "about")."""
    while True:
        words, amount = quantity(rng, unit)
        if not words.startswith(tuple(p.AMOUNTS["before_number"])):
            return words, amount


def short(rng: random.Random) -> Pair:
    """A length of 0.2 to 3 m: a radius, a way along a curve."""
    unit, numbers = rng.choice(_SHORT)
    number = rng.choice(numbers.split())
    return f"{say(number, rng)} {rng.choice(p.UNITS[unit])}", f"{number} {unit}"


def moment(rng: random.Random) -> Pair:
    """Between one and six seconds."""
    number = rng.choice(("1", "2", "2", "3", "3", "4", "5", "6", "1.5", "2.5"))
    return f"{say(number, rng)} {rng.choice(p.UNITS['s'])}", f"{number} s"


def vague(rng: random.Random, shares: tuple[tuple[str, float], ...], roll: float) -> Pair:
    """A vague amount with the given shares, otherwise nothing at all."""
    for word, share in shares:
        if roll < share:
            return rng.choice(p.AMOUNTS[word]), word
        roll -= share
    return "", ""
