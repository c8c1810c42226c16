"""Figures that are driven.

Squares and other polygons, back and forth, pictures at every step.
"""

from __future__ import annotations

import random

from tank_learning.language.corpus.grammar import phrases as p
from tank_learning.language.corpus.grammar.amounts import quantity
from tank_learning.language.corpus.grammar.motions import pace, place_adverb
from tank_learning.language.corpus.grammar.numbers import say
from tank_learning.language.corpus.grammar.phrases import Pair, fill, join
from tank_learning.language.corpus.grammar.slots import Clause, compose


def figure(rng: random.Random) -> Pair:
    """ "drive a square with two-meter sides", "go back and forth three times"."""
    adverb, speed = pace(rng, 0.1)
    if rng.random() < 0.3:
        return _back_and_forth(rng, adverb, speed)
    corners = rng.choice((4, 4, 4, 4, 3, 3, 6, 5, 8))
    name = rng.choice(p.FIGURES[f"corners_{corners}"])
    article = "an" if name[0] in "aeio" else "a"
    phrase, amount = f"{rng.choice(p.FIGURES['draw'])} {article} {name}", ""
    if rng.random() < 0.6:
        words, amount = quantity(rng, rng.choice(("m", "m", "m", "cm", "ft", "yd", "step")))
        phrase = fill(rng, p.FIGURES["side_length"], phrase=phrase, words=words)
    direction, way = "right", ""
    if rng.random() < 0.4:
        direction = rng.choice(("left", "right"))
        way = rng.choice(p.FIGURES[direction])
    angle = "" if corners == 4 else f"{360 // corners} deg"
    side = f"{join('move forward', amount, speed)} ; {join('turn', direction, angle, speed)}"
    steps = f"{corners}x( {side} )"
    phrase = place_adverb(rng, join(phrase, way), adverb)
    if rng.random() < 0.08:
        count = rng.choice(("2", "3", "10"))
        return f"{phrase} {rng.choice(p.TIMES[count])}", f"{count}x( {steps} )"
    return phrase, steps


def _back_and_forth(rng: random.Random, adverb: str, speed: str) -> Pair:
    words, amount = "", ""
    if rng.random() < 0.4:
        words, amount = quantity(rng, rng.choice(("m", "m", "cm", "ft")))
    phrase = join(rng.choice(p.FIGURES["back_and_forth"]), words)
    phrase = place_adverb(rng, phrase, adverb)
    steps = f"{join('move forward', amount, speed)} ; {join('move backward', amount, speed)}"
    if rng.random() < 0.35:
        return fill(rng, p.FIGURES["back_and_forth_once"], phrase=phrase), steps
    count = rng.choice(tuple(p.TIMES))
    return f"{phrase} {rng.choice(p.TIMES[count])}", f"{count}x( {steps} )"


def every(rng: random.Random) -> Pair:
    """A picture at every step of a turn or of a way, as often as it fits.

    "turn 180, a photo every 45 degrees", "five feet, a photo every foot".
    """
    return _every_angle(rng) if rng.random() < 0.6 else _every_length(rng)


def _every_angle(rng: random.Random) -> Pair:
    part = rng.choice((30, 45, 45, 45, 60, 60, 90, 90, 90, 120, 40, 72, 36, 50, 100, 180))
    whole, side = 360, "right"
    lead = rng.choice(p.PICTURES["spinning"]) if rng.random() < 0.4 else ""
    wholes = [n for n in (360, 360, 180, 180, 270, 90, 120) if n > part and not n % part]
    if wholes and rng.random() < 0.4:
        whole = rng.choice(wholes)
        side = rng.choice(("left", "right"))
        turned = f"{say(str(whole), rng)} degrees"
        turning = rng.choice(p.PICTURES["turning"])
        lead = turning.format(all=turned, side=side)
        side = side if "{side}" in turning else "right"
    steps = f"{whole // part}x( turn {side} {part} deg ; photo )"
    words = f"{say(str(part), rng)} {rng.choice(('degrees', 'degrees', 'deg'))}"
    return _with_pictures(rng, lead, words), steps


def _every_length(rng: random.Random) -> Pair:
    unit = rng.choice(("ft", "ft", "m", "m", "yd", "step", "in"))
    part, count = rng.choice((1, 1, 1, 2, 3, 5, 10)), rng.randint(2, 10)
    name = {"ft": ("foot", "feet"), "m": ("meter", "meters"), "yd": ("yard", "yards"),
            "step": ("step", "steps"), "in": ("inch", "inches")}[unit]  # fmt: skip
    direction = rng.choice(("forward", "forward", "forward", "backward"))
    way = f"{rng.choice(p.CORRECTING[direction])} {say(str(part * count), rng)} {name[1]}"
    if direction == "forward" and rng.random() < 0.2:
        way = f"{say(str(part * count), rng)} {name[1]}"
    words = name[0] if part == 1 else f"{say(str(part), rng)} {name[1]}"
    return _with_pictures(rng, way, words), f"{count}x( move {direction} {part} {unit} ; photo )"


def _with_pictures(rng: random.Random, lead: str, part: str) -> str:
    parts: dict[str, Clause] = {"part": lambda _: (part, "")}
    words = compose(rng, p.PICTURES, "every" if lead else "every_alone", parts)[0]
    if not lead:
        return words
    between = " " if words.startswith(("taking", "with", "and")) else rng.choice((", ", " and "))
    return f"{lead}{between}{words}"
