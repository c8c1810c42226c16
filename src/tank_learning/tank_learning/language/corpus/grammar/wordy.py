"""Requests in many words: orders after a long opening, and indirect questions."""

from __future__ import annotations

import random

from tank_learning.language.corpus.grammar import phrases as p
from tank_learning.language.corpus.grammar.clauses import order
from tank_learning.language.corpus.grammar.phrases import Pair
from tank_learning.language.corpus.grammar.plans import sequence
from tank_learning.language.corpus.grammar.slots import compose


def asked(rng: random.Random) -> Pair:
    """A wordy request, such as "i was hoping you could go to the lab"."""
    words, answer = compose(rng, p.POLITE, "asked", {"order": _order})
    return words, answer or "none"


def _order(rng: random.Random) -> Pair:
    """A step, or several."""
    if rng.random() < 0.7:
        return order(rng)
    while True:
        words, answer = sequence(rng)
        if not p.NO_ORDER.match(words) and not words.startswith(p.JOINING["first"]):
            return words, answer
