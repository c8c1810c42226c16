"""Numbers as people say and write them, with the decimal that the shorthand keeps."""

from __future__ import annotations

import random

from tank_language.amounts.spoken import ONES, TENS

DIGITS = dict(zip("0123456789", ONES, strict=False))
# Fractions that are said before "of a UNIT" or "a UNIT".
FRACTIONS = (("half a", "0.5"), ("half a", "0.5"), ("a half", "0.5"), ("half of a", "0.5"),
    ("1/2", "0.5"), ("one half", "0.5"), ("a quarter of a", "0.25"), ("quarter of a", "0.25"),
             ("1/4", "0.25"), ("one quarter", "0.25"), ("three quarters of a", "0.75"),
             ("three quarter", "0.75"), ("3/4 of a", "0.75"), ("3/4", "0.75"))  # fmt: skip
MIXED = (
    ("and a half", "5"),
    ("and a half", "5"),
    ("and a quarter", "25"),
    ("and three quarters", "75"),
    ("1/2", "5"),
    ("1/4", "25"),
    ("3/4", "75"),
)


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
    mixed = [words for words, digits in MIXED if digits == fraction]
    if mixed and whole != "0" and style < 0.35:
        return f"{whole if rng.random() < 0.4 else spell(int(whole), rng)} {rng.choice(mixed)}"
    if style < 0.6:
        spoken = " ".join(DIGITS[digit] for digit in fraction)
        start = rng.choice(("zero ", "", "oh ")) if whole == "0" else spell(int(whole), rng) + " "
        return f"{start}point {spoken}"
    return f".{fraction}" if whole == "0" and style > 0.9 else number


def pick_number(rng: random.Random, kind: str) -> str:
    """A plausible decimal for a kind of quantity.

    Small, centi, milli, angle, seconds ...
    """
    if kind == "small":
        return rng.choice((str(rng.randint(1, 10)), str(rng.randint(1, 4)), str(rng.randint(1, 30)),
            f"{rng.randint(0, 9)}.{rng.choice('5525371846912')}",
            f"{rng.randint(0, 3)}.{rng.choice('5525371846912')}",
                           f"{rng.randint(0, 5)}.{rng.randint(1, 9)}5",
                           f"{rng.randint(0, 3)}.{rng.choice(('25', '75', '05', '125'))}",
                           str(rng.randint(10, 100))))  # fmt: skip
    if kind == "hundreds":
        return str(
            rng.choice(
                (
                    rng.randint(1, 9) * 10,
                    rng.randint(1, 40) * 5,
                    rng.randint(1, 100),
                    rng.randint(100, 300),
                    rng.randint(1, 20) * 10,
                )
            )
        )
    if kind == "thousands":
        return str(
            rng.choice(
                (
                    rng.randint(1, 40) * 50,
                    rng.randint(1, 9) * 100,
                    rng.randint(10, 90),
                    rng.randint(1, 30) * 100,
                )
            )
        )
    if kind == "angle":
        return str(
            rng.choice(
                (
                    90,
                    45,
                    180,
                    30,
                    60,
                    15,
                    20,
                    10,
                    120,
                    135,
                    270,
                    360,
                    5,
                    75,
                    rng.randint(1, 72) * 5,
                    rng.randint(1, 360),
                    rng.randint(1, 36) * 10,
                    rng.randint(1, 180),
                )
            )
        )
    if kind == "seconds":
        return rng.choice(
            (
                str(rng.randint(1, 10)),
                str(rng.randint(1, 60)),
                str(rng.randint(2, 12) * 5),
                f"{rng.randint(0, 9)}.5",
                f"{rng.randint(1, 9)}.{rng.randint(1, 9)}",
            )
        )
    return rng.choice((str(rng.randint(1, 6)), f"{rng.randint(0, 3)}.5"))  # "few"
