"""Clauses of a random kind: single steps, by weight."""

from __future__ import annotations

import random

from tank_learning.language.corpus.grammar import motions, objects, themes
from tank_learning.language.corpus.grammar import phrases as p
from tank_learning.language.corpus.grammar.phrases import Pair
from tank_learning.language.corpus.grammar.slots import Clause

Weighted = tuple[tuple[Clause, int], ...]
SINGLE: Weighted = (
    (motions.move, 10), (motions.turn, 10), (objects.grasp, 6), (objects.release, 4),
    (motions.wait, 3), (objects.face, 3), (objects.approach, 3), (motions.sideways, 2),
    (objects.fetch, 2), (motions.stop, 1), (themes.photo, 9), (themes.photo_of, 2),
    (themes.photos, 1), (themes.gate, 4), (themes.go_to, 5), (themes.remember, 2),
    (themes.heading, 2), (themes.course, 3), (themes.until, 4), (themes.arc, 3),
    (themes.told, 3), (themes.put, 3), (themes.stand, 2), (themes.take, 2), (themes.bring, 2),
    (themes.pose, 2), (themes.to_start, 1),
)  # fmt: skip
ROUTE: Weighted = (
    (motions.move, 6), (motions.turn, 6), (motions.wait, 1), (themes.photo, 3), (themes.arc, 1),
)  # fmt: skip

AFTERWARDS: Weighted = (  # what leans on nothing before it
    (themes.photo, 4), (motions.wait, 1), (themes.told, 2), (motions.stop, 1), (themes.pose, 1),
)  # fmt: skip


def clause(rng: random.Random, kinds: Weighted = SINGLE) -> Pair:
    """A clause of a random kind, by weight."""
    functions, weights = zip(*kinds, strict=True)
    pair: Pair = rng.choices(functions, weights)[0](rng)
    return pair


def order(rng: random.Random) -> Pair:
    """A step with a verb at its beginning, before which "before you" can stand."""
    while True:
        pair = clause(rng)
        if not p.NO_ORDER.match(pair[0]):
            return pair
