"""Clauses of a random kind: single steps, by weight."""

from __future__ import annotations

import random
from collections.abc import Callable

from tank_learning.language.corpus.grammar import motions, objects
from tank_learning.language.corpus.grammar.phrases import Pair

Clause = Callable[[random.Random], Pair]
Weighted = tuple[tuple[Clause, int], ...]
SINGLE: Weighted = (
    (motions.move, 10), (motions.turn, 10), (objects.grasp, 6), (objects.release, 4),
    (motions.wait, 3), (objects.face, 3), (objects.approach, 3), (motions.sideways, 2),
    (objects.fetch, 2), (motions.stop, 1),
)  # fmt: skip
ROUTE: Weighted = ((motions.move, 6), (motions.turn, 6), (motions.wait, 1))


def clause(rng: random.Random, kinds: Weighted = SINGLE) -> Pair:
    """A clause of a random kind, by weight."""
    functions, weights = zip(*kinds, strict=True)
    pair: Pair = rng.choices(functions, weights)[0](rng)
    return pair


def single(rng: random.Random) -> Pair:
    """A request of one step."""
    return clause(rng)
