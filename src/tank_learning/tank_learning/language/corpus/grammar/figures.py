"""Figures that are driven: squares and other polygons, back and forth."""

from __future__ import annotations

import random

from tank_learning.language.corpus.grammar import phrases as p
from tank_learning.language.corpus.grammar.amounts import quantity
from tank_learning.language.corpus.grammar.motions import pace, place_adverb
from tank_learning.language.corpus.grammar.phrases import Pair, fill, join


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
