"""Requests that lean on the last one: again, more, the other way."""

from __future__ import annotations

import random

from tank_learning.language.corpus.grammar import phrases as p
from tank_learning.language.corpus.grammar.clauses import order
from tank_learning.language.corpus.grammar.phrases import Pair
from tank_learning.language.corpus.grammar.slots import compose, theme

again, more, way = (theme(p.LEANING, name) for name in ("again", "more", "way"))


def leaning_then(rng: random.Random) -> Pair:
    """A request that leans on the last one, and then another step."""
    return compose(rng, p.LEANING, "and_then", {"clause": order})
