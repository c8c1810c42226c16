"""Sentences that nothing is done for.

Impossible things, talk, questions, quantities out of range, gibberish.
"""

from __future__ import annotations

import random
import string

from tank_learning.language.corpus.grammar import phrases as p
from tank_learning.language.corpus.grammar.clauses import Weighted, clause
from tank_learning.language.corpus.grammar.motions import move, turn
from tank_learning.language.corpus.grammar.numbers import say, spell, with_numbers
from tank_learning.language.corpus.grammar.objects import approach, face, grasp, release
from tank_learning.language.corpus.grammar.phrases import Pair
from tank_learning.language.corpus.grammar.plans import sequence
from tank_learning.language.corpus.grammar.slots import compose
from tank_learning.language.corpus.grammar.themes import gate, go_to, photo

_ASKED_ABOUT: Weighted = tuple(
    (kind, 1) for kind in (move, turn, grasp, release, approach, face, photo, go_to, gate)
)
_NEARS = (
    "no_place", "no_place", "no_amount", "no_until", "no_look", "no_look", "no_thing", "no_gate",
)  # fmt: skip


def impossible(rng: random.Random) -> Pair:
    """Something that the robot cannot do, alone or spoiling a plan."""
    bad = rng.choice(p.REFUSING["impossible"])
    roll = rng.random()
    if roll < 0.4:
        return bad, "none"
    words, _ = clause(rng) if roll < 0.85 else sequence(rng)
    between = rng.choice(p.REFUSING["impossible_and"])
    text = f"{words}{between}{bad}" if rng.random() < 0.7 else f"{bad}{between}{words}"
    return text, "none"


def near_miss(rng: random.Random) -> Pair:
    """A request with one unknown word that decides, alone or beside steps."""
    bad, _ = compose(rng, p.NEARS, rng.choice(_NEARS))
    if rng.random() < 0.65:
        return bad, "none"
    words, _ = clause(rng)
    between = rng.choice(p.REFUSING["impossible_and"])
    return f"{words}{between}{bad}" if rng.random() < 0.7 else f"{bad}{between}{words}", "none"


def small_talk(rng: random.Random) -> Pair:
    """Talk without a request."""
    return rng.choice(p.REFUSING["small_talk"]), "none"


def question(rng: random.Random) -> Pair:
    """A question or a report about what is an order in other words."""
    words, _ = clause(rng, _ASKED_ABOUT)
    while p.NO_ORDER.match(words):
        words, _ = clause(rng, _ASKED_ABOUT)
    about = rng.choice(p.REFUSING["about"])
    return f"{about} {words}{rng.choice(p.REFUSING['question_mark'])}", "none"


def out_of_range(rng: random.Random) -> Pair:
    """Quantities that the language refuses, written as said; code refuses them."""
    roll = rng.random()
    if roll < 0.35:
        return _too_far(rng)
    if roll < 0.6:
        return _too_wide(rng)
    if roll < 0.75:
        return _too_long(rng)
    words = _numbered(rng, "negative")
    return _numbered(rng, "negative_order").format(words=words), "none"


def _numbered(rng: random.Random, name: str) -> str:
    return rng.choice([with_numbers(rng, phrase) for phrase in p.REFUSING[name]])


def _too_far(rng: random.Random) -> Pair:
    number = _numbered(rng, "meters")
    unit = rng.choice(("m", "m", "m", "km", "ft", "yd"))
    direction = rng.choice(("forward", "backward"))
    said = number if rng.random() < 0.6 else spell(int(number), rng)
    words = f"{said} {rng.choice(p.UNITS[unit])}"
    verb = f"{rng.choice(p.MOVING['go'])} {rng.choice(p.MOVING[direction])}"
    return f"{verb} {words}", f"move {direction} {number} {unit}"


def _too_wide(rng: random.Random) -> Pair:
    number = _numbered(rng, "degrees")
    side = rng.choice(("left", "right"))
    verb = rng.choice(p.TURNING["turn"])
    said = number if rng.random() < 0.7 else spell(int(number), rng)
    return f"{verb} {side} {said} degrees", f"turn {side} {number} deg"


def _too_long(rng: random.Random) -> Pair:
    number, unit = rng.choice(p.REFUSING["durations"]).split()
    verb = f"{rng.choice(p.REFUSING['wait'])} {rng.choice(p.REFUSING['for'])}"
    return f"{verb}{say(number, rng)} {rng.choice(p.UNITS[unit])}", f"wait {number} {unit}"


def gibberish(rng: random.Random) -> Pair:
    """Letters without a meaning."""
    words = [
        "".join(rng.choice(string.ascii_lowercase) for _ in range(rng.randint(2, 9)))
        for _ in range(rng.randint(1, 5))
    ]
    return " ".join(words), "none"
