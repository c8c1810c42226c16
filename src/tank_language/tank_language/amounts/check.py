"""Whether a model's answer keeps to the amounts that the sentence says.

Behind every model, and stricter than any.

Every distance, angle and time of an answer has to be an amount of the sentence in its unit, or one
of the language's defaults; and every amount that the sentence says has to be in the answer. What is
no single amount (a range, a speed, "nan") is refused. A model reads digits one by one and can put
them together; this cannot. Pure.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

from tank_core.commands import ANGLE, DISTANCE, DURATION, Amount, Command, Move, Turn, Wait
from tank_core.commands.units import METERS, SECONDS
from tank_core.exceptions import InvalidCommandError
from tank_language.amounts.choices import CHANGED, left_out
from tank_language.amounts.counts import is_count, worded_times
from tank_language.amounts.odd import ADVICE, odd_amount, odd_sign
from tank_language.amounts.spoken import (
    ARTICLES,
    BARE,
    JOINTS,
    NUMBER_WORDS,
    PARTS,
    TIMES,
    UNITS,
    Quantity,
    is_number,
    quantities,
    slipped,
    tokens,
)
from tank_language.amounts.units import is_strange
from tank_language.english import patterns, read, word_set
from tank_language.prompt import normalize

TOLERANCE = 0.001  # relative: models that convert units themselves round
LONG_WAY = 15.0  # [m]; nobody turns by less than that many degrees without saying "degrees"
FULL_TURN = 360.0  # [deg]
_Measured = Move | Turn | Wait
_OWN: dict[type[_Measured], tuple[str, Amount]] = {
    Move: ("distance_m", DISTANCE), Turn: ("angle_deg", ANGLE), Wait: ("duration_s", DURATION),
}  # fmt: skip
# besides defaults and words of vagueness: worded turns, and the corners of figures
_WORDED: dict[type[_Measured], tuple[float, ...]] = {
    Turn: (45.0, 180.0, 270.0, FULL_TURN, *(FULL_TURN / n for n in range(3, 13))),
}
_DEFAULTS = {
    kind: (*map(float, amount.vague.values()), *_WORDED.get(kind, ()))
    for kind, (_, amount) in _OWN.items()
}
# half the last digit of docs/language.md, and a little
_ROUNDED = {kind: float(f"6e-{one.converted_digits + 1}") for kind, (_, one) in _OWN.items()}
_RATES = {kind: (*map(float, (one.rates or {}).values()),) for kind, (_, one) in _OWN.items()}

_RE = patterns("amounts")
_SINGULAR, _NAMES = word_set("amounts", "singular"), word_set("amounts", "names")
_DIRECTIONS, _MOTION = word_set("amounts", "directions"), word_set("amounts", "motion")
_NO_AMOUNT_BEFORE, _BESIDE = word_set("amounts", "no_amount_before"), word_set("amounts", "beside")
_ALONE = {kind: read("amounts")["alone"][field] for kind, (field, _) in _OWN.items()}
_SMALLER = {
    "ft": (METERS["in"], 1, 12),
    "m": (METERS["cm"], 10, 100),
    "min": (SECONDS["s"], 1, 60),
    "h": (SECONDS["min"], 1, 60),
}
_FEW = {"few": 3, "couple": 2, "pair": 2}


def checked(sentence: str, commands: Sequence[Command]) -> tuple[Command, ...] | str:
    """The commands, or why they cannot be what the sentence says.

    Where one command has an amount and the sentence says a single one of its kind, that is the
    amount: "2 foot 6" needs arithmetic, which a model of digits does badly.
    """
    doubt = objection(sentence, commands)
    if doubt is None:
        return tuple(commands)
    mended = _with_the_only_amount(sentence, commands)
    return tuple(mended) if mended and objection(sentence, mended) is None else doubt


def objection(sentence: str, commands: Sequence[Command]) -> str | None:
    """Why these commands cannot be what the sentence says, in its own words.

    None where nothing speaks against them.
    """
    text = _plain(normalize(sentence))
    if doubt := left_out(text, commands):
        return doubt
    measured = [command for command in commands if isinstance(command, (Move, Turn, Wait))]
    if not measured:
        return None
    if doubt := odd_sign(sentence) or odd_amount(text):
        return doubt
    words = tokens(_with_pi(text))
    said = list(quantities(words))
    return (
        _unsaid(measured, said, words)
        or _of_no_unit(commands, measured, said, words)
        or _sideways(measured, said, words)
        or _unread(measured, said, words)
        or _unused(commands, measured, said, words, text)
    )


def _plain(text: str) -> str:
    """Without fillers and digits that are no numbers, and with halves that are spelled right."""
    text = _RE["half"].sub(
        "half",
        _RE["with_digits"].sub(r"\1", _RE["fillers"].sub(" ", text).replace(" comma ", " point ")),
    )
    return " ".join(text.split())


def _with_the_only_amount(sentence: str, commands: Sequence[Command]) -> list[Command] | None:
    measured = [command for command in commands if isinstance(command, (Move, Turn, Wait))]
    text = _plain(normalize(sentence))
    if len(measured) != 1 or CHANGED.search(text):
        return None
    command = measured[0]
    field, amount = _OWN[type(command)]
    units = amount.units
    words = tokens(_with_pi(text))
    said = list(quantities(words))
    covered = {at for one in said for at in range(one.at, one.end)}
    if (
        any(at not in covered and is_number(word) for at, word in enumerate(words))
        or not said
        or said[0].unit not in units
    ):
        return None
    value = float(said[0].number * units[said[0].unit])
    if len(said) == 2 and (sums := [*_sums(type(command), said[0], said[1], words)]):
        value = sums[0]
    elif len(said) > 1:
        return None
    digits = 1 if said[0].unit == "rad" else 3
    exact = Decimal(repr(value)).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    try:
        mended = replace(command, **{field: float(exact)})  # type: ignore[arg-type]  # a field of that very type
    except InvalidCommandError:
        return None
    return [mended if one is command else one for one in commands]


def _with_pi(text: str) -> str:
    """Multiples of pi as plain numbers: "two pi radians" is 6.283 radians."""

    def multiple(match: re.Match[str]) -> str:
        times, over = ([*quantities(tokens(match[group] or "1"))] for group in (1, 2))
        word = "" if times or match[1] in PARTS else f"{match[1] or ''} "
        many = float(times[0].number) if times else float(PARTS.get(match[1], 1))
        if not over or not over[0].number:
            return match[0]
        unit = (
            ""
            if (follows := tokens(text[match.end() :])[:1]) and follows[0] in UNITS
            else " radians"
        )
        return f"{word}{many / float(over[0].number) * math.pi:.4f}{unit}"

    text = re.sub(r"(?<=\d)(?=pi\b)", " ", text)
    return _RE["pi"].sub(multiple, text) if "pi" in text else text


def _near(command: _Measured, candidates: Iterable[float]) -> bool:
    value, rounded = _value(command), _ROUNDED[type(command)]
    most = 0.03 if isinstance(command, Move) else 1.0  # 99.9 m is not 99.99
    return any(
        abs(value - candidate) <= min(TOLERANCE * candidate, most) + rounded
        for candidate in candidates
    )


def _value(command: _Measured) -> float:
    return float(getattr(command, _OWN[type(command)][0]))


def _unsaid(commands: Iterable[_Measured], said: list[Quantity], words: list[str]) -> str | None:
    """An amount of the answer that the sentence does not say."""
    more = [*said, *_misspelled(words)]
    for command in commands:
        value = _value(command)
        if not _near(
            command, (*_DEFAULTS[type(command)], *_candidates(type(command), more, words))
        ):
            amount = _OWN[type(command)][1].said(value)
            return f"{amount} does not follow from what was said; {ADVICE}"
    return None


def _sideways(commands: Sequence[_Measured], said: list[Quantity], words: list[str]) -> str | None:
    """A bare number beside a side that became a long way.

    "drive 45 to the left" may mean degrees.
    """
    far = {
        command.distance_m
        for command in commands
        if isinstance(command, Move) and command.distance_m >= LONG_WAY
    }
    # "right 20, forward 20" says it twice; of "move 90 right" the angle is only what goes without
    # saying.
    twice = {
        float(one.number) for one in said if sum(other.number == one.number for other in said) > 1
    }
    angles = {command.angle_deg for command in commands if isinstance(command, Turn)}
    far -= angles & (twice | angles - {*_DEFAULTS[Turn]})
    for one in said:
        beside = " ".join(words[one.end : one.end + 3])
        before = words[max(0, one.at - 1) : one.at]
        sided = before in (["left"], ["right"]) or re.match(
            r"(to (the|your) )?(left|right)\b", beside
        )
        if one.unit == BARE and float(one.number) in far and sided:
            return f"{' '.join(words[one.at : one.end])!r} may be degrees or meters; {ADVICE}"
    return None


def _candidates(kind: type[_Measured], said: list[Quantity], words: list[str]) -> Iterator[float]:
    """Every value that this kind of command may take from these amounts."""
    units = _OWN[kind][1].units
    named = _named(kind, words)
    if kind is not Turn:
        said = [one for one in said if not _is_spoken_pair(words[one.at : one.end])]
    changed = CHANGED.search(" ".join(words)) is not None
    said = [replace(one, unit=BARE) if _is_verb(one, words) else one for one in said]
    for one in said:
        yield from _values(one, units, named, changed)
        for rate in _RATES[kind]:
            yield from (
                rate * seconds
                for seconds in _values(one, SECONDS, named & {*SECONDS})
                if _is_time(one, named)
            )
        if kind is Turn and one.unit in ("turn", TIMES, BARE):
            yield from (float(one.number) * FULL_TURN, float(one.number) * FULL_TURN % FULL_TURN)
        if kind is Turn and (
            one.unit == "clock" or (one.unit == BARE and _may_be_clock(one, words))
        ):
            yield from (30.0 * float(one.number), 30.0 * (12 - float(one.number)))
    for one, other in pairwise(said):
        yield from _sums(kind, one, other, words)


def _is_verb(one: Quantity, words: list[str]) -> bool:
    """Of "forward 2 turn left" the word after the number is no unit.

    Of "2.5 turns" it is.
    """
    word = words[one.end - 1]
    verbs = ("turn", "circle")
    return one.unit == "turn" and (word in verbs or (word not in UNITS and slipped(word, "turn")))


def _may_be_clock(one: Quantity, words: list[str]) -> bool:
    """ "turn to 3", "turn two five o'clock"; not "go 3 left"."""
    if any(UNITS.get(word) == "clock" for word in words) or words[one.end : one.end + 1] == ["o"]:
        return True
    return one.at > 0 and words[one.at - 1] in ("to", "at", "your")


def _sums(
    kind: type[_Measured], one: Quantity, other: Quantity, words: list[str]
) -> Iterator[float]:
    """What two amounts that stand together mean.

    "a minute ten", "1 m 20", "five foot six", "one thirty five".
    """
    units, named = _OWN[kind][1].units, _named(kind, words)
    between = words[one.end : other.at]
    differ = one.unit != other.unit or other.number < 1 or between == ["plus"]
    if one.unit in units and differ and (not between if other.unit == BARE else between in JOINTS):
        seconds = _smaller(one, other) if other.unit == BARE else _values(other, units, named)
        yield from (a + b for a in _values(one, units, named) for b in seconds)
    if (
        one.unit == BARE
        and other.at == one.end
        and 1 <= one.number < 10 <= other.number < 100
        and words[one.at].isalpha()
    ):
        yield from _values(
            Quantity(one.number * 100 + other.number, other.unit, one.at, other.end), units, named
        )


def _named(kind: type[_Measured], words: list[str]) -> set[str]:
    """The units of time and of this kind that a sentence names."""
    return {
        unit for word in words if (unit := UNITS.get(word, "")) in (*_OWN[kind][1].units, *SECONDS)
    }


def _is_spoken_pair(words: list[str]) -> bool:
    """ "one three meters": 13, or one or three.

    In an angle people do say "four five degrees" for 45.
    """
    digits = [word for word in words if NUMBER_WORDS.get(word, 10) < 10]
    return len(digits) == 2 and words[:2] == digits and all(NUMBER_WORDS[digit] for digit in digits)


def _is_time(one: Quantity, named: set[str]) -> bool:
    return one.unit in SECONDS or (one.unit == BARE and bool(named & {*SECONDS}))


def _values(
    one: Quantity, units: Mapping[str, Decimal], named: set[str], changed: bool = False
) -> list[float]:
    """A bare number has the action's own unit, or one that the sentence names elsewhere; so has
    one whose unit is corrected.
    """
    sizes = [units[unit] for unit in named if unit in units]
    if one.unit in units:
        return [float(one.number * size) for size in (units[one.unit], *(sizes if changed else ()))]
    return [float(one.number * size) for size in (Decimal(1), *sizes)] if one.unit == BARE else []


def _smaller(one: Quantity, other: Quantity) -> list[float]:
    """The second half of "five foot six", "1 m 20", "a minute ten".

    "3 m 3" may be 3.03 or 3.3.
    """
    part, least, most = _SMALLER.get(one.unit, (Decimal(0), 0, 0))
    return (
        [float(other.number * part)] if other.unit == BARE and least <= other.number < most else []
    )


def _misspelled(words: list[str]) -> Iterator[Quantity]:
    """What short words may stand for before a unit.

    "fvie meters", and "meter" alone. It may be meant; it need not.
    """
    for at, word in enumerate(words):
        follows = words[at + 1] if at + 1 < len(words) else ""
        if word in _SINGULAR:
            yield Quantity(Decimal(1), UNITS[word], at, at + 1)
        elif word in _FEW:
            yield Quantity(Decimal(_FEW[word]), BARE, at, at + 1)
        elif follows in UNITS and word not in NUMBER_WORDS and len(word) >= 3:
            for name in (name for name in NUMBER_WORDS if len(name) >= 3 and slipped(word, name)):
                yield Quantity(Decimal(NUMBER_WORDS[name]), UNITS[follows], at, at + 2)


def _unread(commands: Sequence[_Measured], said: list[Quantity], words: list[str]) -> str | None:
    """Units whose number was not read, where no other number is.

    "some meters", "zwei meters".
    """
    read = {one.unit for one in said}
    if read & {BARE, TIMES}:
        return None
    for kind, units in ((kind, one.units) for kind, (_, one) in _OWN.items()):
        if not any(isinstance(command, kind) for command in commands) or read & {*units}:
            continue
        for at, word in enumerate(words):
            before = words[max(0, at - 2) : at]
            if (
                word in _ALONE[kind].split()
                and not _FEW.keys() & {*before}
                and not any(_misspelled([*before[-1:], word]))
            ):
                return (
                    f"how much {' '.join([*before[-1:], word])!r} is was not understood; {ADVICE}"
                )
    return None


def _unused(
    all_commands: Sequence[Command],
    commands: Sequence[_Measured],
    said: list[Quantity],
    words: list[str],
    text: str,
) -> str | None:
    """An amount with a unit that is in no command, or more times than there are, where nobody
    changed his mind.
    """
    if CHANGED.search(text):
        return None
    if doubt := worded_times(
        all_commands, words, any(one.unit == TIMES and one.number > 1 for one in said)
    ):
        return doubt
    if (match := _RE["later"].match(text)) and not any(
        isinstance(command, Wait) for command in commands
    ):
        return f'{match[0]!r} may be when or how long; say "wait" or "for"'
    for one in said:
        if one.unit == TIMES:
            if not is_count(one, all_commands, words):
                return (
                    f"{len(all_commands)} steps are not {' '.join(words[one.at : one.end])!r}; "
                    "say each step"
                )
            continue
        if one.unit == "turn":
            if not (
                _is_verb(one, words) or words[one.at] in ARTICLES or _is_all_the_way(one, commands)
            ):
                return f"nothing was made of {' '.join(words[one.at : one.end])!r}; {ADVICE}"
            continue
        told = one.unit != BARE or _is_amount(one, said, words)
        if one.unit == "clock" or (words[one.at] in ARTICLES and one.number == 1) or not told:
            continue
        counts = one.unit == BARE and is_count(one, all_commands, words)
        if not counts and not any(_uses(command, one, said, words) for command in commands):
            return f"nothing was made of {' '.join(words[one.at : one.end])!r}; {ADVICE}"
    for one, other in pairwise(said):
        if other.at != one.end or not _smaller(one, other):
            continue
        if not any(_near(command, _sums(type(command), one, other, words)) for command in commands):
            return (
                f"nothing was made of the {words[other.at]!r} of "
                f"{' '.join(words[one.at : other.end])!r}; {ADVICE}"
            )
    return None


def _is_all_the_way(one: Quantity, commands: Iterable[_Measured]) -> bool:
    """Whether the turns are that many turns.

    "two rotations" are 720 degrees together; "two left turns" are two of any size.
    """
    angles = [command.angle_deg for command in commands if isinstance(command, Turn)]
    if one.number == len(angles) > 1:
        return True
    whole = float(one.number) * FULL_TURN
    ends = range(1, len(angles) + 1)
    sums = (sum(angles[first:end]) for end in ends for first in range(end))
    return whole > 0 and any(abs(math.remainder(total, whole)) < 1 for total in sums)


def _of_no_unit(
    all_commands: Sequence[Command],
    commands: Sequence[_Measured],
    said: list[Quantity],
    words: list[str],
) -> str | None:
    """A number before a word that is no unit, made into an amount or answered with a default: "3
    furlongs".
    """
    for one in said:
        follows = words[one.end : one.end + 1]
        if (
            one.unit != BARE
            or not one.number
            or {*follows} & _NO_AMOUNT_BEFORE
            or not is_strange(follows)
        ):
            continue
        rest = [other for other in said if other is not one]
        counts = is_count(one, all_commands, words)
        moved = {*words[max(0, one.at - 1) : one.at]} & (_MOTION | {"by", "on", "travel"})
        alone = not rest and not counts and moved
        used = any(_uses(command, one, said, words) for command in commands)
        if alone or (used and (not counts or _unsaid(commands, rest, words))):
            return f"{' '.join(words[one.at : one.end + 1])!r} was not understood; {ADVICE}"
    return None


def _is_amount(one: Quantity, said: list[Quantity], words: list[str]) -> bool:
    """Whether a bare number stands where an amount does.

    After a word of motion, or beside another amount. "robot 3" does not.
    """
    if words[one.at] in ("one", *PARTS) or (
        words[one.end : one.end + 1] and words[one.end] in _NO_AMOUNT_BEFORE
    ):
        return False
    before = [word for word in words[max(0, one.at - 2) : one.at] if word.isalnum()][-1:]
    if before and before[0] in _NAMES:
        return False
    if before == ["x"]:
        return True
    if (before and before[0] in _MOTION) or {*words[one.end : one.end + 1]} & _DIRECTIONS:
        return True
    others = (other for other in said if other is not one and other.unit not in (TIMES, "clock"))
    return any(
        min(abs(other.at - one.end), abs(one.at - other.end)) <= 2
        and {*_between(one, other, words)} <= _BESIDE
        for other in others
    )


def _between(one: Quantity, other: Quantity, words: list[str]) -> list[str]:
    first, second = sorted((one, other), key=lambda quantity: quantity.at)
    return words[first.end : second.at]


def _uses(command: _Measured, one: Quantity, said: list[Quantity], words: list[str]) -> bool:
    """Whether it may have taken its amount from this one, alone or with a neighbor."""
    at, kind = said.index(one), type(command)
    pairs = pairwise(said[max(0, at - 1) : at + 2])
    sums = (total for pair in pairs for total in _sums(kind, *pair, words))
    return _near(command, _candidates(kind, [one], words)) or _near(command, sums)
