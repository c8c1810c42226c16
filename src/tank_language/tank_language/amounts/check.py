"""Whether a model's answer keeps to the amounts that the sentence says.

Behind every model, and stricter than any.

Every distance, angle and time of an answer has to be an amount of the sentence in its unit, or one
of the language's defaults; and every amount that the sentence says has to be in the answer. What is
no single amount (a range, a speed, "nan") is refused. A model reads digits one by one and can put
them together; this cannot. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

from tank_core.commands import DISTANCE, Arc, Command, Move, Report, Turn, Wait
from tank_core.english import read, word_set
from tank_core.english.spelling import slipped
from tank_core.exceptions import InvalidCommandError
from tank_language.amounts.choices import left_out
from tank_language.amounts.counts import is_all_the_way, is_count, worded_times
from tank_language.amounts.odd import ADVICE, odd_amount, odd_sign
from tank_language.amounts.others import takes, unheard
from tank_language.amounts.sentence import Sentence, plain
from tank_language.amounts.spoken import (
    ARTICLES,
    BARE,
    NUMBER_WORDS,
    PARTS,
    TIMES,
    UNITS,
    Quantity,
    is_number,
)
from tank_language.amounts.values import (
    DEFAULTS,
    OWN,
    Measured,
    candidates,
    is_verb,
    near,
    smaller,
    sums,
    uses,
    value,
)
from tank_language.amounts.words import forbidden, said_only, unsaid_word

LONG_WAY = 15.0  # [m]; nobody turns by less than that many degrees without saying "degrees"
_SINGULAR, _NAMES = word_set("amounts", "singular"), word_set("amounts", "names")
_DIRECTIONS, _MOTION = word_set("amounts", "directions"), word_set("amounts", "motion")
_NO_AMOUNT_BEFORE, _BESIDE = word_set("amounts", "no_amount_before"), word_set("amounts", "beside")
_ALONE = {kind: read("amounts")["alone"][field].split() for kind, (field, _) in OWN.items()}
_MAY_FOLLOW = word_set("amounts", "may_follow")
_FEW = {"few": 3, "couple": 2, "pair": 2}


def checked(sentence: str, commands: Sequence[Command]) -> tuple[Command, ...] | str:
    """The commands, or why they cannot be what the sentence says.

    Where one command has an amount and the sentence says a single one of its kind, that is the
    amount: "2 foot 6" needs arithmetic, which a model of digits does badly. Beside a question, a
    step for which there is no word is left out: an answer moves nothing.
    """
    doubt = objection(sentence, commands)
    if doubt is None:
        return tuple(commands)
    asked = said_only(plain(sentence), commands)
    if asked and len(asked) < len(commands) and all(isinstance(one, Report) for one in asked):
        return checked(sentence, asked)
    mended = _with_the_only_amount(Sentence.of(plain(sentence)), commands)
    return tuple(mended) if mended and objection(sentence, mended) is None else doubt


def objection(instruction: str, commands: Sequence[Command], leans: bool = False) -> str | None:
    """Say why these commands cannot be what the instruction says.

    The reason is in the instruction's own words. None where nothing speaks against them. ``leans``:
    it is read as one that leans on the last request.
    """
    text = plain(instruction)
    if doubt := left_out(text, commands, leans):
        return doubt
    if doubt := (forbidden if leans else unsaid_word)(text, commands):
        return doubt
    sentence = Sentence.of(text)
    if doubt := unheard(commands, sentence):
        return doubt
    measured = _measured(commands)
    if not measured and not any(isinstance(command, Arc) for command in commands):
        return None
    if doubt := odd_sign(instruction) or odd_amount(text):
        return doubt
    return (
        _unsaid(measured, sentence)
        or _of_no_unit(commands, measured, sentence)
        or _sideways(measured, sentence)
        or _unread(measured, sentence)
        or _unused(commands, measured, sentence)
        or _half_used(measured, sentence)
    )


def _measured(commands: Iterable[Command]) -> list[Measured]:
    return [command for command in commands if isinstance(command, Measured)]


def _with_the_only_amount(sentence: Sentence, commands: Sequence[Command]) -> list[Command] | None:
    measured, said = _measured(commands), sentence.said
    if len(measured) != 1 or sentence.changed:
        return None
    command = measured[0]
    field, amount = OWN[type(command)]
    covered = {at for one in said for at in range(one.at, one.end)}
    words = enumerate(sentence.words)
    if any(at not in covered and is_number(word) for at, word in words):
        return None
    if not said or said[0].unit not in amount.units:
        return None
    meant = float(said[0].number * amount.units[said[0].unit])
    if len(said) == 2 and (both := [*sums(type(command), said[0], said[1], sentence)]):
        meant = both[0]
    elif len(said) > 1:
        return None
    digits = 1 if said[0].unit == "rad" else 3
    exact = Decimal(repr(meant)).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    try:
        mended = replace(command, **{field: float(exact)})  # type: ignore[arg-type]  # its field
    except InvalidCommandError:
        return None
    return [mended if one is command else one for one in commands]


def _unsaid(commands: Iterable[Measured], sentence: Sentence) -> str | None:
    """An amount of the answer that the sentence does not say."""
    more = [*sentence.said, *_misspelled(sentence.words)]
    for command in commands:
        kind = type(command)
        limit = (float(DISTANCE.limit or 0),) if getattr(command, "until", None) else ()
        if not near(command, (*DEFAULTS[kind], *limit, *candidates(kind, more, sentence))):
            amount = OWN[kind][1].said(value(command))
            return f"{amount} does not follow from what was said; {ADVICE}"
    return None


def _sideways(commands: Sequence[Measured], sentence: Sentence) -> str | None:
    """A bare number beside a side that became a long way: "drive 45 left"."""
    ways = {command.distance_m for command in commands if isinstance(command, Move)}
    far = {way for way in ways if way >= LONG_WAY}
    # "right 20, forward 20" says it twice; of "move 90 right" the angle is only what goes without
    # saying.
    numbers = [one.number for one in sentence.said]
    twice = {float(number) for number in numbers if numbers.count(number) > 1}
    angles = {command.angle_deg for command in commands if isinstance(command, Turn)}
    far -= angles & (twice | angles - {*DEFAULTS[Turn]})
    for one in sentence.said:
        beside = " ".join(sentence.words[one.end : one.end + 3])
        sided = sentence.before(one) in (["left"], ["right"]) or re.match(
            r"(to (the|your) )?(left|right)\b", beside
        )
        if one.unit == BARE and float(one.number) in far and sided:
            return f"{sentence.quoted(one)} may be degrees or meters; {ADVICE}"
    return None


def _misspelled(words: list[str]) -> Iterator[Quantity]:
    """Yield what short words may mean before a unit: "fvie meters", "meter"."""
    for at, word in enumerate(words):
        follows = words[at + 1] if at + 1 < len(words) else ""
        if word in _SINGULAR:
            yield Quantity(Decimal(1), UNITS[word], at, at + 1)
        elif word in _FEW:
            yield Quantity(Decimal(_FEW[word]), BARE, at, at + 1)
        elif follows in UNITS and word not in NUMBER_WORDS and len(word) >= 3:
            for name in (name for name in NUMBER_WORDS if len(name) >= 3 and slipped(word, name)):
                yield Quantity(Decimal(NUMBER_WORDS[name]), UNITS[follows], at, at + 2)


def _unread(commands: Sequence[Measured], sentence: Sentence) -> str | None:
    """Units without a number that was read, such as "some meters"."""
    units_read = {one.unit for one in sentence.said}
    if units_read & {BARE, TIMES}:
        return None
    for kind, (_, amount) in OWN.items():
        if not any(type(command) is kind for command in commands) or units_read & {*amount.units}:
            continue
        for at, word in enumerate(sentence.words):
            before = sentence.words[max(0, at - 2) : at]
            phrase = [*before[-1:], word]
            if (
                word in _ALONE[kind]
                and not _FEW.keys() & {*before}
                and not any(_misspelled(phrase))
            ):
                return f"how much {' '.join(phrase)!r} is was not understood; {ADVICE}"
    return None


def _unused(
    everything: Sequence[Command], commands: Sequence[Measured], sentence: Sentence
) -> str | None:
    """An amount with a unit that is in no command, or in too few of them."""
    said, words = sentence.said, sentence.words
    if sentence.changed:
        return None
    several = any(one.unit == TIMES and one.number > 1 for one in said)
    if doubt := worded_times(everything, words, several):
        return doubt
    if sentence.later and not any(isinstance(command, Wait) for command in commands):
        return f'{sentence.later!r} may be when or how long; say "wait" or "for"'
    for one in said:
        an_article = words[one.at] in ARTICLES
        if one.unit == TIMES:
            if not is_count(one, everything, words):
                return f"{len(everything)} steps are not {sentence.quoted(one)}; say each step"
            continue
        if one.unit == "turn":
            used = is_verb(one, words) or an_article or is_all_the_way(one, everything)
        else:
            told = one.unit != BARE or _is_amount(one, sentence)
            used = (
                one.unit == "clock"
                or (an_article and one.number == 1)
                or not told
                or (one.unit == BARE and is_count(one, everything, words))
                or any(uses(command, one, sentence) for command in commands)
            )
        if not used and not takes(everything, one, sentence):
            return f"nothing was made of {sentence.quoted(one)}; {ADVICE}"
    return None


def _half_used(commands: Sequence[Measured], sentence: Sentence) -> str | None:
    """The second half of an amount ("five foot six") that is in no command."""
    for one, other in pairwise([] if sentence.changed else sentence.said):
        if other.at != one.end or not smaller(one, other):
            continue
        if not any(near(each, sums(type(each), one, other, sentence)) for each in commands):
            half, whole = sentence.words[other.at], " ".join(sentence.words[one.at : other.end])
            return f"nothing was made of the {half!r} of {whole!r}; {ADVICE}"
    return None


def _of_no_unit(
    everything: Sequence[Command], commands: Sequence[Measured], sentence: Sentence
) -> str | None:
    """A number before no unit ("3 furlongs") that became an amount or default."""
    for one in sentence.said:
        follows = sentence.after(one)
        known = one.unit != BARE or not one.number or {*follows} & _NO_AMOUNT_BEFORE
        if known or not is_strange(follows):
            continue
        rest = [other for other in sentence.said if other is not one]
        counts = is_count(one, everything, sentence.words)
        moved = {*sentence.before(one)} & (_MOTION | {"by", "on", "travel"})
        alone = not rest and not counts and moved
        used = any(uses(command, one, sentence) for command in commands)
        if alone or (used and (not counts or _unsaid(commands, replace(sentence, said=rest)))):
            return f"{sentence.quoted(one, more=1)} was not understood; {ADVICE}"
    return None


def is_strange(following: list[str]) -> bool:
    """Whether the first word is no unit and may not follow a number."""
    word = following[0] if following else ""
    known = not word.isalpha() or any(
        word in words for words in (_MAY_FOLLOW, NUMBER_WORDS, PARTS, UNITS)
    )
    return not known and not any(
        slipped(word, name) for name in _MAY_FOLLOW if len(name) >= 4 and word != f"{name}s"
    )


def _is_amount(one: Quantity, sentence: Sentence) -> bool:
    """Whether a bare number stands where an amount does: not in "robot 3"."""
    follows = {*sentence.after(one)}
    if sentence.words[one.at] in ("one", *PARTS) or follows & _NO_AMOUNT_BEFORE:
        return False
    before = {*[word for word in sentence.before(one, 2) if word.isalnum()][-1:]}
    if before & _NAMES:
        return False
    if before & (_MOTION | {"x"}) or follows & _DIRECTIONS:
        return True
    others = (other for other in sentence.said if other is not one)
    return any(
        min(abs(other.at - one.end), abs(one.at - other.end)) <= 2
        and {*sentence.between(one, other)} <= _BESIDE
        for other in others
        if other.unit not in (TIMES, "clock")
    )
