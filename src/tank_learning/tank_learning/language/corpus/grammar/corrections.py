"""Sentences that take something back, or forbid it."""

from __future__ import annotations

import random
import re

from tank_learning.language.corpus.grammar import phrases as p
from tank_learning.language.corpus.grammar.amounts import quantity
from tank_learning.language.corpus.grammar.clauses import AFTERWARDS, clause, order
from tank_learning.language.corpus.grammar.motions import move, turn
from tank_learning.language.corpus.grammar.phrases import Pair, fill, join
from tank_learning.language.corpus.grammar.slots import compose, theme

corrected_unknown = theme(p.CORRECTING, "new_unknown")


def corrected(rng: random.Random) -> Pair:
    """The last word counts.

    A side, an amount, a color, or the whole clause is taken back.
    """
    fix = rng.choice(p.CORRECTING["fix"])
    fix = f"{'' if fix[0] in ',.' else ' '}{fix} "
    roll = rng.random()
    if roll < 0.3:
        return _corrected_side(rng, fix)
    if roll < 0.6:
        return _corrected_amount(rng, fix)
    if roll < 0.75:
        return _corrected_color(rng, fix)
    (wrong, _), (words, answer) = clause(rng, ((move, 2), (turn, 2))), clause(rng)
    return f"{wrong}{rng.choice(p.CORRECTING['whole'])}{words}", answer


def corrected_new(rng: random.Random) -> Pair:
    """A place, a gate, a heading or a pose is taken back; a step may follow."""
    words, answer = compose(rng, p.CORRECTING, "new")
    if rng.random() < 0.75 or re.search("stop|report", answer):
        return words, answer
    following, meant = clause(rng, AFTERWARDS)
    return f"{words}{rng.choice(p.CORRECTING['afterwards'])}{following}", f"{answer} ; {meant}"


def _corrected_side(rng: random.Random, fix: str) -> Pair:
    wrong, right = rng.sample(("left", "right"), 2)
    words, amount = quantity(rng, "deg", "angle") if rng.random() < 0.4 else ("", "")
    verb = rng.choice(p.CORRECTING["turn"])
    again = f"{verb} {right}" if rng.random() < 0.25 else right
    return f"{join(verb, wrong, words)}{fix}{again}", join("turn", right, amount)


def _corrected_color(rng: random.Random, fix: str) -> Pair:
    verbs = {"grasp": p.GRIPPING["grasp"]} | {a: p.OBJECTS[a] for a in ("approach", "face")}
    verb, action = rng.choice([(rng.choice(said), action) for action, said in verbs.items()])
    wrong, right = rng.sample(tuple(p.COLORS), 2)
    shape = rng.choice(tuple(p.SHAPES))
    noun = rng.choice(p.SHAPES[shape])
    return f"{verb} the {wrong} {noun}{fix}the {right} {noun}", f"{action} {right} {shape}"


def _corrected_amount(rng: random.Random, fix: str) -> Pair:
    unit = rng.choice(("m", "m", "cm", "ft", "deg", "s"))
    (wrong, _), (words, amount) = quantity(rng, unit), quantity(rng, unit)
    if unit == "deg":
        side = rng.choice(("left", "right"))
        return f"turn {side} {wrong}{fix}{words}", f"turn {side} {amount}"
    if unit == "s":
        return f"{rng.choice(p.CORRECTING['wait'])} {wrong}{fix}{words}", f"wait {amount}"
    direction = rng.choice(("forward", "backward"))
    verb = rng.choice(p.CORRECTING[direction])
    text = f"{verb} {wrong}{fix}{rng.choice(p.CORRECTING['make_it'])}{words}"
    return text, f"move {direction} {amount}"


def negated(rng: random.Random) -> Pair:
    """Leave out what is forbidden: "don't turn left, turn right"."""
    (wrong, _), (words, answer) = _two(rng)
    no = rng.choice(p.CORRECTING["not"])
    return fill(rng, p.CORRECTING["not_order"], no=no, wrong=wrong, words=words), answer


def _two(rng: random.Random) -> tuple[Pair, Pair]:
    """Two clauses: what is forbidden is no halt, "it" nothing of the other's."""
    while True:
        wrong, right = order(rng), clause(rng)
        halts = re.search("stop|wait|remember", wrong[1])
        if not halts and not re.search(r"\b(it|that)\b", f"{wrong[0]} {right[0]}"):
            return wrong, right


def prohibition(rng: random.Random) -> Pair:
    """A request that is only a prohibition is empty."""
    words, _ = order(rng)
    text = f"{rng.choice(p.CORRECTING['forbid'])} {words}"
    return text.replace("dont", rng.choice(("don't", "dont"))), "none"
