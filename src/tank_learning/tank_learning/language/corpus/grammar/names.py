"""Names of places, so many that they are copied and not learned by heart."""

from __future__ import annotations

import random

from tank_learning.language.corpus.grammar import phrases as p
from tank_learning.language.corpus.grammar.phrases import Pair, join

_ARTICLES = ("the", "the", "the", "the", "my", "our", "your", "that")
# what a made-up word must not be: a word of any phrase
_TAKEN = frozenset(
    word
    for lists in p.ALL.values()
    for phrases in lists.values()
    for phrase in phrases
    for word in phrase.split()
)


def invented(rng: random.Random) -> str:
    """A word that nobody has heard before."""
    while True:
        syllables = rng.choices(p.NAMES["syllables"], k=rng.choice((1, 1, 2, 2, 3)))
        word = "".join((*syllables, rng.choice(p.NAMES["ends"])))
        if len(word) > 3 and word not in _TAKEN:
            return word


def unknown(rng: random.Random) -> str:
    """A noun that is neither a shape nor of a gate: rare or made up."""
    if rng.random() < 0.45:
        return invented(rng)
    return rng.choice((*p.NAMES["rare"], *p.NAMES["things"]))


def place(rng: random.Random) -> Pair:
    """A name as it is said, and bare: ("my desk", "desk")."""
    article, name = _named(rng)
    return join(article, name), name


def room(rng: random.Random) -> Pair:
    """A place that one can enter, with its article, and its bare name."""
    while True:
        name = rng.choice(p.NAMES["rooms"]) if rng.random() < 0.6 else invented(rng)
        if not {*name.split()} & {"room", "hall", "hallway", "corridor", "exit", "entrance", "bar"}:
            return join(rng.choice(_ARTICLES), name), name


def _named(rng: random.Random) -> Pair:
    kind = rng.random()
    article = rng.choice(_ARTICLES)
    if kind < 0.14:
        return article, rng.choice(p.NAMES["rooms"])
    if kind < 0.32:
        return article, rng.choice((*p.NAMES["things"], *p.NAMES["rare"]))
    if kind < 0.44:
        owner, belonging = _person(rng), rng.choice(p.NAMES["belongings"])
        lead, _, who = owner.rpartition(" ")
        return (lead, who) if rng.random() < 0.15 else (lead, f"{who}'s {belonging}")
    if kind < 0.60:
        return rng.choice(("", "", "", "the")), _spot(rng)
    if kind < 0.76:
        return rng.choice(("", "the", "the", "my")), invented(rng)
    noun = rng.choice((*p.NAMES["things"], *p.NAMES["rooms"], *p.NAMES["rare"], invented(rng)))
    before = invented(rng) if rng.random() < 0.5 else rng.choice(p.NAMES["modifiers"])
    words = f"{before} {noun}"
    if rng.random() < 0.15:
        words = f"{rng.choice((invented(rng), rng.choice(p.NAMES['modifiers'])))} {words}"
    return article, words if len(words.split()) < 4 else noun


def _person(rng: random.Random) -> str:
    return rng.choice(p.NAMES["people"]) if rng.random() < 0.6 else invented(rng)


def _spot(rng: random.Random) -> str:
    letter = rng.choice("abcdefghjklmnpqrstuvwxyz")
    number = str(rng.randint(1, 40))
    behind = rng.choice((letter, number, f"{letter}{number}", rng.choice(p.NAMES["spelled"])))
    return f"{rng.choice(p.NAMES['spots'])} {behind}"
