"""Several steps in one sentence: in a row, in another order, repeated."""

from __future__ import annotations

import random
import re

from tank_learning.language.corpus.grammar import phrases as p
from tank_learning.language.corpus.grammar import themes
from tank_learning.language.corpus.grammar.amounts import DISTANCE_UNITS, quantity
from tank_learning.language.corpus.grammar.clauses import (
    ROUTE,
    SINGLE,
    Weighted,
    clause,
    order,
)
from tank_learning.language.corpus.grammar.motions import move, sideways, turn, wait
from tank_learning.language.corpus.grammar.numbers import pick_number
from tank_learning.language.corpus.grammar.objects import approach, grasp
from tank_learning.language.corpus.grammar.phrases import Pair, choose, fill, join, tidy
from tank_learning.language.corpus.grammar.slots import Clause

_DOING = p.pairs(p.JOINING["doing"])
_TELEGRAM_STEPS = p.pairs(p.TELEGRAM["others"])
_BARE_STEPS = p.pairs(p.TELEGRAM["words"])
# From what one goes back to where the request began, and what is done there.
_AWAY = re.compile(r"approach|go_to|go_through|grasp|photo")
_AWAY_FIRST: Weighted = (
    (themes.go_to, 5), (themes.gate, 3), (approach, 3), (move, 3), (themes.until, 2),
    (themes.course, 2), (themes.stand, 1),
)  # fmt: skip
_THERE: Weighted = ((themes.photo, 5), (themes.told, 3), (wait, 2), (turn, 1), (grasp, 2))
_IT = re.compile(r"\bit\b|\bthat(?=$| (down|up|on|to|from|next|beside|behind)\b)")
_BARE_WAY = re.compile(r"(left|right|back|backwards?|forwards?|ahead)( \w+ly| fast)?")
_DRIVING: Weighted = ((move, 3), (turn, 3), (wait, 1), (sideways, 1), (themes.arc, 1))


def sequence(rng: random.Random) -> Pair:
    """Two to six steps in the order of execution."""
    count = rng.choice((2, 2, 2, 2, 3, 3, 3, 4, 4, 5, 6))
    kinds = ROUTE if count > 3 and rng.random() < 0.6 else SINGLE
    steps = _steps(rng, lambda dice: clause(dice, kinds), count)
    then = rng.choice(p.JOINING["then"]) if rng.random() < 0.35 else ""
    text = steps[0][0]
    if rng.random() < 0.1:
        text = f"{rng.choice(p.JOINING['first'])} {text}"
    for words, _ in steps[1:]:
        text += f" {then or rng.choice(p.JOINING['then'])} {words}"
    return tidy(text), " ; ".join(answer for _, answer in steps)


def _steps(rng: random.Random, step: Clause, count: int) -> list[Pair]:
    """Clauses that go together: none could be read as leaning on another."""
    while True:
        steps = [step(rng) for _ in range(count)]
        if not any(_leans(steps[:k], one) for k, one in enumerate(steps)):
            return _with_pronouns(steps)


def _leans(before: list[Pair], step: Pair) -> bool:
    """Whether a step is not what it would be alone.

    A bare side after "now", "and"; "go back" after what one can come back from; "it" after what was
    put down, or that was named but not taken.
    """
    words, answer = step
    earlier = " ; ".join(meant for _, meant in before)
    if before and _BARE_WAY.fullmatch(words):
        return True
    if answer.startswith("move backward") and re.search(r"\bback\b", words):
        return bool(_AWAY.search(earlier))
    if _IT.search(words) and re.search(r"release|report|photo|until|remember|go_to", earlier):
        return True
    return _IT.search(words) is not None and answer.startswith(("release", "go_")) and bool(before)


def _with_pronouns(steps: list[Pair]) -> list[Pair]:
    """A bare "grab it" means the object last named, until that was released."""
    named, resolved = "", []
    for words, answer in steps:
        if answer in ("grasp", "face", "approach") and re.search(r"\b(it|that)\b", words):
            answer = join(answer, named)
        for step in answer.split(" ; "):
            if step.startswith("release"):
                named = ""
            if step.startswith(("grasp", "face", "approach")):
                said = [word for word in step.split()[1:] if word in (*p.COLORS, *p.SHAPES)]
                named = " ".join(said) or named
        resolved.append((words, answer))
    return resolved


def errand(rng: random.Random) -> Pair:
    """A request of several steps that ends where it began: "... and come back"."""
    kinds = (_AWAY_FIRST, _THERE)[: rng.choice((1, 2, 2))]
    steps = [clause(rng, kind) for kind in kinds]
    while len(steps) > 1 and _leans(steps[:1], steps[1]):
        steps = [clause(rng, kind) for kind in kinds]
    steps = _with_pronouns(steps)
    back, goes = "here_again", "go_back here"
    if _AWAY.match(steps[-1][1].split(" ; ")[-1]) and rng.random() < 0.35:
        back = "and_go_back"
    text = f" {rng.choice(p.JOINING['then'])} ".join(words for words, _ in steps)
    ending = rng.choice(p.PLACES[back])
    return tidy(f"{text} {ending}"), " ; ".join((*(answer for _, answer in steps), goes))


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


def bare_words(rng: random.Random) -> Pair:
    """Single words, one after the other: "forward, left, forward, photo"."""
    between = rng.choice((", ", ". "))
    steps = [rng.choice(_BARE_STEPS) for _ in range(rng.randint(3, 6))]
    return between.join(words for words, _ in steps), " ; ".join(answer for _, answer in steps)


def reordered(rng: random.Random) -> Pair:
    """Say two clauses in another order than that of doing.

    "before you turn left, go forward", "go forward once you have turned left".
    """
    (first, one), (second, two) = _steps(rng, order, 2)
    return fill(rng, p.JOINING["order"], first=first, second=second), f"{one} ; {two}"


def gerund(rng: random.Random) -> Pair:
    """ "after turning left, go forward", "before turning left, go forward"."""
    doing, done = rng.choice(_DOING)
    words, answer = order(rng)
    while _IT.search(words) or _IT.search(doing) or _leans([(doing, done)], (words, answer)):
        words, answer = order(rng)
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
        (first, one), (second, two) = _steps(rng, lambda dice: clause(dice, ROUTE), 2)
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
    if step.startswith(("move", "turn", "arc")) and "x(" not in step:
        return f"{step} {speed}"
    return step.replace(" )", f" {speed} )") if "x(" in step else step
