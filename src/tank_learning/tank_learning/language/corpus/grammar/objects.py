"""Clauses for a step with an object: to face, approach, grasp, release it."""

from __future__ import annotations

import random

from tank_learning.language.corpus.grammar import names
from tank_learning.language.corpus.grammar import phrases as p
from tank_learning.language.corpus.grammar.motions import place_adverb
from tank_learning.language.corpus.grammar.phrases import Pair, choose, fill, join


def thing(rng: random.Random, plain: float = 0.15) -> tuple[str, str, str]:
    """(words, color, shape) of an object.

    With probability ``plain`` it has neither color nor shape.
    """
    things = p.OBJECTS["things"]
    if rng.random() < plain:
        return rng.choice(things), "", ""
    color = rng.choice((*p.COLORS, "", "", ""))
    shape = rng.choice((*p.SHAPES, *p.SHAPES, ""))
    nouns = p.SHAPES[shape] if shape else things
    if not shape and color and rng.random() < 0.3:
        nouns = (*things, *p.OBJECTS["nouns"], *(rare(rng) for _ in range(40)))
    noun = rng.choice(nouns)
    return join(rng.choice(p.COLORS[color]) if color else "", noun), color, shape


def rare(rng: random.Random) -> str:
    """A noun that is rare or made up, and no place that one enters."""
    return names.invented(rng) if rng.random() < 0.5 else rng.choice(p.NAMES["rare"])


def the(rng: random.Random, words: str) -> str:
    """With an article, mostly "the"."""
    article = choose(rng, p.OBJECTS["articles"], rare="the nearest", share=0.15, usual="the")
    return f"{article} {words}".strip()


def grasp(rng: random.Random) -> Pair:
    """To pick up: a cell, a color, a shape, any of them or none."""
    roll = rng.random()
    if roll < 0.14:
        return rng.choice(p.GRIPPING["grasp_alone"]), "grasp"
    cell, where = _cell(rng, 0.42)
    verb = rng.choice(p.GRIPPING["grasp"])
    if roll < 0.26:
        words, color, shape = rng.choice((rng.choice(p.OBJECTS["nouns"]), rare(rng))), "", ""
    else:
        words, color, shape = thing(rng)
    if cell and rng.random() < 0.25:
        whatever = rng.choice(p.GRIPPING["whatever"])
        return f"{verb} {whatever} {where}", join("grasp", cell)
    phrase = f"{verb} {the(rng, words)}"
    if where:
        phrase = fill(rng, p.GRIPPING["place_order"], phrase=phrase, where=where)
    elif rng.random() < 0.05:
        phrase += rng.choice(p.GRIPPING["behind"])
    return phrase, join("grasp", cell, color, shape)


def _cell(rng: random.Random, share: float) -> Pair:
    """(cell, words for it), or nothing."""
    cell = rng.choice(tuple(p.CELLS)) if rng.random() < share else ""
    return cell, rng.choice(p.CELLS[cell]) if cell else ""


def release(rng: random.Random) -> Pair:
    """To put down, in a cell or not."""
    cell, where = _cell(rng, 0.45)
    if rng.random() < 0.45:
        phrase = rng.choice(p.GRIPPING["release_alone"])
    else:
        verb, held = rng.choice(p.GRIPPING["release"]), rng.choice(p.GRIPPING["held"])
        phrase = f"{verb} {held}"
        first, _, last = verb.partition(" ")
        if last in ("down", "loose", "up") and rng.random() < 0.6:
            phrase = f"{first} {held} {last}"
    return join(phrase, where), join("release", cell)


def face(rng: random.Random) -> Pair:
    """To turn to an object."""
    words, color, shape = thing(rng, 0.1)
    return f"{rng.choice(p.OBJECTS['face'])} {the(rng, words)}", join("face", color, shape)


def approach(rng: random.Random) -> Pair:
    """To drive up to an object."""
    words, color, shape = thing(rng, 0.1)
    adverb = rng.choice((*p.PACE["slow"], *p.PACE["fast"])) if rng.random() < 0.05 else ""
    phrase = f"{rng.choice(p.OBJECTS['approach'])} {the(rng, words)}"
    return place_adverb(rng, phrase, adverb), join("approach", color, shape)


def fetch(rng: random.Random) -> Pair:
    """Name an object and take it up by a pronoun.

    "go to the red cube and grab it".
    """
    words, color, shape = thing(rng, 0.05)
    if not color and not shape:
        return approach(rng)
    lead = rng.choice(("approach", "approach", "face"))
    second = rng.choice(("grasp", "grasp", "approach" if lead == "face" else "grasp"))
    verb = rng.choice(p.GRIPPING["grasp"] if second == "grasp" else p.OBJECTS["approach"])
    head, _, tail = verb.partition(" ")
    pronoun = rng.choice(p.GRIPPING["it"])
    phrase = f"{head} {pronoun} up" if tail == "up" else f"{verb} {pronoun}"
    start = f"{rng.choice(p.OBJECTS[lead])} {the(rng, words)}"
    text = f"{start}{rng.choice(p.GRIPPING['and'])}{phrase}"
    return text, f"{join(lead, color, shape)} ; {join(second, color, shape)}"
