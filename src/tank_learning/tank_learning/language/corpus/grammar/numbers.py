"""Numbers as people say and write them.

Each comes with the decimal that the shorthand keeps.
"""

from __future__ import annotations

import random
import re

from tank_language.amounts.spoken import ONES, TENS
from tank_learning.language.corpus.grammar.phrases import AMOUNTS, pairs

DIGITS = dict(zip("0123456789", ONES, strict=False))
FRACTIONS = pairs(AMOUNTS["fractions"])  # said before a unit
AND_FRACTIONS = pairs(AMOUNTS["and_fractions"])  # said behind a whole number
_ANGLES = (90, 45, 180, 30, 60, 15, 20, 10, 120, 135, 270, 360, 5, 75)  # [deg] the likeliest
_TENTHS = "5525371846912"  # a digit behind the point, the likelier ones more than once


def spell(value: int, rng: random.Random) -> str:
    """An integer from 0 to 9999 in words: "a hundred and twenty"."""
    if value < 20:
        return ONES[value]
    if value < 100:
        tens, ones = divmod(value, 10)
        return TENS[tens] + (rng.choice((" ", "-", " ")) + ONES[ones] if ones else "")
    size, name = (1000, "thousand") if value >= 1000 else (100, "hundred")
    if name == "thousand" and value % 100 == 0 and value % 1000 and rng.random() < 0.5:
        size, name = 100, "hundred"
    head, rest = divmod(value, size)
    first = "a" if head == 1 and rng.random() < 0.5 else spell(head, rng)
    return f"{first} {name}" + (rng.choice((" and ", " ")) + spell(rest, rng) if rest else "")


def say(number: str, rng: random.Random) -> str:
    """A decimal such as "2.5" as somebody might say or write it."""
    whole, _, fraction = number.partition(".")
    style = rng.random()
    if not fraction:
        return number if style < 0.5 else spell(int(whole), rng)
    mixed = [words for words, part in AND_FRACTIONS if part == f".{fraction}"]
    if mixed and whole != "0" and style < 0.35:
        return f"{whole if rng.random() < 0.4 else spell(int(whole), rng)} {rng.choice(mixed)}"
    if style < 0.6:
        spoken = " ".join(DIGITS[digit] for digit in fraction)
        start = rng.choice(("zero ", "", "oh ")) if whole == "0" else spell(int(whole), rng) + " "
        return f"{start}point {spoken}"
    return f".{fraction}" if whole == "0" and style > 0.9 else number


def with_numbers(rng: random.Random, template: str) -> str:
    """Fill in each ``<1-9>``, or ``<1-9 in words>``, with a number from 1 to 9."""

    def drawn(match: re.Match[str]) -> str:
        value = rng.randint(int(match[1]), int(match[2]))
        return spell(value, rng) if match[3] else str(value)

    return re.sub(r"<(\d+)-(\d+)( in words)?>", drawn, template)


def pick_number(rng: random.Random, kind: str) -> str:
    """Pick a plausible decimal for a quantity of a kind.

    Most often it is a small or a round one. Kinds are "small", "hundreds", "thousands", "angle",
    "seconds" and "few".
    """
    return {
        "small": _small,
        "hundreds": _hundreds,
        "thousands": _thousands,
        "angle": _angle,
        "seconds": _seconds,
    }.get(kind, _few)(rng)


def _small(rng: random.Random) -> str:
    whole = [str(rng.randint(1, most)) for most in (10, 4, 30)]
    tenths = [f"{rng.randint(0, most)}.{rng.choice(_TENTHS)}" for most in (9, 3)]
    fives = f"{rng.randint(0, 5)}.{rng.randint(1, 9)}5"
    quarters = f"{rng.randint(0, 3)}.{rng.choice(('25', '75', '05', '125'))}"
    return rng.choice((*whole, *tenths, fives, quarters, str(rng.randint(10, 100))))


def _hundreds(rng: random.Random) -> str:
    tens, fives = rng.randint(1, 9) * 10, rng.randint(1, 40) * 5
    some, many = rng.randint(1, 100), rng.randint(100, 300)
    return str(rng.choice((tens, fives, some, many, rng.randint(1, 20) * 10)))


def _thousands(rng: random.Random) -> str:
    fifties, hundreds = rng.randint(1, 40) * 50, rng.randint(1, 9) * 100
    return str(rng.choice((fifties, hundreds, rng.randint(10, 90), rng.randint(1, 30) * 100)))


def _angle(rng: random.Random) -> str:
    fives, any_angle = rng.randint(1, 72) * 5, rng.randint(1, 360)
    tens, half = rng.randint(1, 36) * 10, rng.randint(1, 180)
    return str(rng.choice((*_ANGLES, fives, any_angle, tens, half)))


def _seconds(rng: random.Random) -> str:
    whole = (str(rng.randint(1, 10)), str(rng.randint(1, 60)), str(rng.randint(2, 12) * 5))
    halves = f"{rng.randint(0, 9)}.5"
    return rng.choice((*whole, halves, f"{rng.randint(1, 9)}.{rng.randint(1, 9)}"))


def _few(rng: random.Random) -> str:
    quarters = f"{rng.randint(0, 3)}.{rng.choice(('25', '75', '2', '8'))}"
    few = (str(rng.randint(1, 6)), f"{rng.randint(0, 3)}.5")
    return rng.choice((*few, *few, *few, quarters, str(rng.randint(7, 10))))
