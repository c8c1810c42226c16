"""Sentences composed from the grammar, endless and seeded.

Each comes with the name of its template, so that whole templates can be held out of training.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from tank_learning.language.corpus.grammar import (
    corrections,
    figures,
    leaning,
    motions,
    objects,
    plans,
    refusals,
    themes,
    wordy,
)
from tank_learning.language.corpus.grammar.clauses import Weighted

# About as often as people ask for it: of a robot with a camera a third of all requests are
# pictures, and next come ways and turns in meters and degrees.
TEMPLATES: Weighted = (
    (motions.move, 11), (motions.turn, 11), (motions.sideways, 3), (motions.wait, 3),
    (motions.stop_alone, 3), (objects.grasp, 5), (objects.release, 3), (objects.face, 3),
    (objects.approach, 3), (objects.fetch, 2),
    (themes.photo, 20), (themes.photos, 2), (themes.photo_of, 7), (themes.photo_around, 1),
    (figures.every, 5), (themes.heading, 4), (themes.course, 6), (themes.heading_noted, 1),
    (themes.until, 8), (themes.arc, 5), (themes.gate, 7), (themes.go_to, 18), (themes.route, 5),
    (themes.remember, 7), (themes.to_start, 2), (themes.to_before, 2), (themes.bring, 4),
    (themes.bring_it, 1), (themes.take, 4), (themes.put, 4), (themes.stand, 3), (themes.pose, 3),
    (themes.told, 2), (themes.questions, 1), (themes.seen, 5), (themes.held, 2),
    (themes.placed, 2), (themes.power, 2), (themes.doing, 2),
    (leaning.again, 4), (leaning.more, 8), (leaning.way, 4), (leaning.leaning_then, 3),
    (plans.sequence, 28), (plans.errand, 4), (plans.telegraphic, 5), (plans.reordered, 3),
    (plans.gerund, 2), (plans.repeated, 5), (plans.whole_pace, 2), (figures.figure, 3),
    (corrections.corrected, 6), (corrections.corrected_new, 9), (corrections.corrected_unknown, 2),
    (corrections.negated, 3), (corrections.prohibition, 2),
    (themes.steered, 6), (themes.described, 7), (themes.likewise, 4), (wordy.asked, 14),
    (plans.bare_words, 2),
    (refusals.near_miss, 56), (refusals.impossible, 8), (refusals.small_talk, 5),
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
