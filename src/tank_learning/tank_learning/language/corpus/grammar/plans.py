"""Several steps in one sentence: in a row, in another order, repeated."""

from __future__ import annotations

import random
import re

from tank_learning.language.corpus.grammar import phrases as p
from tank_learning.language.corpus.grammar.amounts import DISTANCE_UNITS, quantity
from tank_learning.language.corpus.grammar.clauses import ROUTE, SINGLE, Weighted, clause
from tank_learning.language.corpus.grammar.motions import move, sideways, turn, wait
from tank_learning.language.corpus.grammar.numbers import pick_number
from tank_learning.language.corpus.grammar.phrases import Pair, choose, fill, join, tidy

_DOING = p.pairs(p.JOINING["doing"])
_TELEGRAM_STEPS = p.pairs(p.TELEGRAM["others"])
_DRIVING: Weighted = ((move, 3), (turn, 3), (wait, 1), (sideways, 1))


def sequence(rng: random.Random) -> Pair:
    """Two to six steps in the order of execution."""
    count = rng.choice((2, 2, 2, 2, 3, 3, 3, 4, 4, 5, 6))
    kinds = ROUTE if count > 3 and rng.random() < 0.6 else SINGLE
    steps = _with_pronouns([clause(rng, kinds) for _ in range(count)])
    then = rng.choice(p.JOINING["then"]) if rng.random() < 0.35 else ""
    text = steps[0][0]
    if rng.random() < 0.1:
        text = f"{rng.choice(p.JOINING['first'])} {text}"
    for words, _ in steps[1:]:
        text += f" {then or rng.choice(p.JOINING['then'])} {words}"
    return tidy(text), " ; ".join(answer for _, answer in steps)


def _with_pronouns(steps: list[Pair]) -> list[Pair]:
    """A bare "grab it" means the object last named, until that was released."""
    named, resolved = "", []
    for words, answer in steps:
        if answer in ("grasp", "face", "approach") and re.search(r"\b(it|that)\b", words):
            answer = join(answer, named)
        if answer.startswith("release"):
            named = ""
        last = answer.split(" ; ")[-1]
        if last.startswith(("grasp", "face", "approach")):
            said = [word for word in last.split()[1:] if word in (*p.COLORS, *p.SHAPES)]
            named = " ".join(said) or named
        resolved.append((words, answer))
    return resolved


def telegraphic(rng: random.Random) -> Pair:
    """Notes of an engineer: "fwd 1.2m, L 30, back .5"."""
    between = rng.choice(p.TELEGRAM["between"])
    steps = [_telegram_step(rng) for _ in range(rng.randint(2, 6))]
    return between.join(words for words, _ in steps), " ; ".join(answer for _, answer in steps)


def _telegram_step(rng: random.Random) -> Pair:
    roll = rng.random()
    if roll < 0.5:
        return _telegram_move(rng)
    if roll < 0.92:
        return _telegram_turn(rng)
    number = str(rng.randint(1, 10))
    words, answer = rng.choice(_TELEGRAM_STEPS)
    return words.format(number=number), answer.format(number=number)


def _telegram_move(rng: random.Random) -> Pair:
    direction = rng.choice(("forward", "forward", "backward"))
    word = rng.choice(p.TELEGRAM[direction])
    if rng.random() < 0.35:
        number = pick_number(rng, "small")
        return f"{word} {number}", f"move {direction} {number} m"
    text, amount = quantity(rng, rng.choice(DISTANCE_UNITS))
    return f"{word} {text}", f"move {direction} {amount}"


def _telegram_turn(rng: random.Random) -> Pair:
    direction = rng.choice(("left", "right"))
    word = rng.choice(p.TELEGRAM[direction])
    if rng.random() < 0.25:
        return word if len(word) > 1 else direction, f"turn {direction}"
    number = pick_number(rng, "angle")
    degrees = choose(rng, p.TELEGRAM["degrees"], rare="d", share=0.2, usual="")
    return f"{word} {number}{degrees}", f"turn {direction} {number} deg"


def reordered(rng: random.Random) -> Pair:
    """Say two clauses in another order than that of doing.

    "before you turn left, go forward", "go forward once you have turned left".
    """
    (first, one), (second, two) = clause(rng), clause(rng)
    return fill(rng, p.JOINING["order"], first=first, second=second), f"{one} ; {two}"


def gerund(rng: random.Random) -> Pair:
    """ "after turning left, go forward", "before turning left, go forward"."""
    words, answer = clause(rng)
    doing, done = rng.choice(_DOING)
    if rng.random() < 0.5:
        text = fill(rng, p.JOINING["after_doing"], doing=doing, second=words)
        return text, f"{done} ; {answer}"
    text = fill(rng, p.JOINING["before_doing"], doing=doing, first=words)
    return text, f"{answer} ; {done}"


def repeated(rng: random.Random) -> Pair:
    """ "go forward a meter and turn left, twice"."""
    count = rng.choice((2, 2, 2, 3, 3, 4, 5, 6))
    times = rng.choice(p.TIMES[str(count)])
    if rng.random() < 0.3:
        words, answer = clause(rng, ROUTE)
    else:
        (first, one), (second, two) = clause(rng, ROUTE), clause(rng, ROUTE)
        words = f"{first}{rng.choice(p.JOINING['repeated_and'])}{second}"
        answer = f"{one} ; {two}"
    twice = times
    if count == 2 and rng.random() < 0.3:
        twice = rng.choice(p.JOINING["again"])
    text = fill(rng, p.JOINING["repeated"], words=words, times=times, twice=twice)
    if twice != times and twice not in text:
        text = f"{words} {twice}"
    return text, f"{count}x( {answer} )"


def whole_pace(rng: random.Random) -> Pair:
    """A pace said of the whole request: on every move and turn."""
    speed = rng.choice(("slow", "fast"))
    plain: list[Pair] = []
    while len(plain) < rng.choice((2, 2, 3)):
        words, answer = clause(rng, _DRIVING)
        if "slow" not in answer and "fast" not in answer and "normal" not in words:
            plain.append((words, answer))
    text = rng.choice(p.PACE["all_between"]).join(words for words, _ in plain)
    note = rng.choice(p.PACE[f"all_{speed}"])
    text = fill(rng, p.PACE["all_order"], text=text, note=note)
    steps = [step for _, answer in plain for step in answer.split(" ; ")]
    return text, " ; ".join(_with_pace(step, speed) for step in steps)


def _with_pace(step: str, speed: str) -> str:
    if step.startswith(("move", "turn")) and "x(" not in step:
        return f"{step} {speed}"
    return step.replace(" )", f" {speed} )") if "x(" in step else step
