"""Sentences composed from the grammar, endless and seeded.

Each comes with the name of its template, so that whole templates can be held out of training.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from tank_learning.language.corpus.grammar import (
    clauses,
    corrections,
    figures,
    motions,
    plans,
    refusals,
)
from tank_learning.language.corpus.grammar.clauses import Weighted

TEMPLATES: Weighted = (
    (clauses.single, 30), (motions.stop_alone, 2), (plans.sequence, 22), (plans.telegraphic, 6),
    (plans.reordered, 3), (plans.gerund, 2), (plans.repeated, 4), (figures.figure, 4),
    (plans.whole_pace, 2), (corrections.corrected, 5), (corrections.negated, 3),
    (corrections.prohibition, 2), (refusals.impossible, 7), (refusals.small_talk, 2),
    (refusals.question, 3), (refusals.out_of_range, 3), (refusals.gibberish, 1),
)  # fmt: skip


def sentences(seed: int) -> Iterator[tuple[str, str, str]]:
    """Yield (sentence, shorthand, template) without end.

    The same for the same seed.
    """
    rng = random.Random(seed)
    functions, weights = zip(*TEMPLATES, strict=True)
    while True:
        function = rng.choices(functions, weights)[0]
        text, answer = function(rng)
        yield " ".join(text.split()), answer, function.__name__
