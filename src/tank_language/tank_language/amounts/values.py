"""Values that a command may take from the amounts of a sentence. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from tank_core.commands import ANGLE, DISTANCE, DURATION, Amount, Move, Turn, Wait
from tank_core.commands.units import METERS, SECONDS
from tank_core.english.spelling import slipped
from tank_language.amounts.choices import CHANGED
from tank_language.amounts.sentence import Sentence
from tank_language.amounts.spoken import (
    BARE,
    JOINTS,
    NUMBER_WORDS,
    TIMES,
    UNITS,
    Quantity,
)

TOLERANCE = 0.001  # relative: models that convert units themselves round
FULL_TURN = 360.0  # [deg]
Measured = Move | Turn | Wait
OWN: dict[type[Measured], tuple[str, Amount]] = {
    Move: ("distance_m", DISTANCE), Turn: ("angle_deg", ANGLE), Wait: ("duration_s", DURATION),
}  # fmt: skip
# besides defaults and words of vagueness: worded turns, and the corners of figures
_WORDED: dict[type[Measured], tuple[float, ...]] = {
    Turn: (45.0, 180.0, 270.0, FULL_TURN, *(FULL_TURN / n for n in range(3, 13))),
}
DEFAULTS = {
    kind: (*map(float, amount.vague.values()), *_WORDED.get(kind, ()))
    for kind, (_, amount) in OWN.items()
}
# half the last digit of docs/language.md, and a little
_ROUNDED = {kind: float(f"6e-{one.converted_digits + 1}") for kind, (_, one) in OWN.items()}
_RATES = {kind: (*map(float, (one.rates or {}).values()),) for kind, (_, one) in OWN.items()}
# the unit of the second half of "five foot six", its size, and from how many to how many it goes
_SMALLER = {
    "ft": (METERS["in"], 1, 12), "m": (METERS["cm"], 10, 100), "min": (SECONDS["s"], 1, 60),
    "h": (SECONDS["min"], 1, 60),
}  # fmt: skip


def value(command: Measured) -> float:
    """A command's amount, in its own unit."""
    return float(getattr(command, OWN[type(command)][0]))


def near(command: Measured, candidates: Iterable[float]) -> bool:
    """Whether a command's amount is one of these, but for rounding."""
    found, rounded = value(command), _ROUNDED[type(command)]
    most = 0.03 if isinstance(command, Move) else 1.0  # 99.9 m is not 99.99
    return any(abs(found - one) <= min(TOLERANCE * one, most) + rounded for one in candidates)


def uses(command: Measured, one: Quantity, sentence: Sentence) -> bool:
    """Whether a command may have its amount from this one and a neighbor."""
    at, kind = sentence.said.index(one), type(command)
    pairs = pairwise(sentence.said[max(0, at - 1) : at + 2])
    pair_sums = (total for pair in pairs for total in sums(kind, *pair, sentence))
    return near(command, candidates(kind, [one], sentence)) or near(command, pair_sums)


def candidates(
    kind: type[Measured], said: Sequence[Quantity], sentence: Sentence
) -> Iterator[float]:
    """Yield every value that such a command may take from these amounts."""
    words, units, named = sentence.words, OWN[kind][1].units, _named(kind, sentence)
    if kind is not Turn:
        said = [one for one in said if not _is_spoken_pair(words[one.at : one.end])]
    changed = CHANGED.search(" ".join(words)) is not None
    said = [replace(one, unit=BARE) if is_verb(one, words) else one for one in said]
    for one in said:
        yield from _values(one, units, named, changed)
        if one.unit in SECONDS or (one.unit == BARE and named & {*SECONDS}):
            seconds = _values(one, SECONDS, named & {*SECONDS})
            yield from (rate * each for rate in _RATES[kind] for each in seconds)
        if kind is Turn:
            yield from _turns(one, words)
    for one, other in pairwise(said):
        yield from sums(kind, one, other, sentence)


def _turns(one: Quantity, words: list[str]) -> Iterator[float]:
    """Yield a number of turns, or a direction of the clock, in degrees."""
    number = float(one.number)
    if one.unit in ("turn", TIMES, BARE):
        yield from (number * FULL_TURN, number * FULL_TURN % FULL_TURN)
    if one.unit == "clock" or (one.unit == BARE and _may_be_clock(one, words)):
        yield from (30.0 * number, 30.0 * (12 - number))


def sums(
    kind: type[Measured], one: Quantity, other: Quantity, sentence: Sentence
) -> Iterator[float]:
    """Yield the meanings of two amounts together: "1 m 20", "one thirty five"."""
    words, units, named = sentence.words, OWN[kind][1].units, _named(kind, sentence)
    between = words[one.end : other.at]
    differ = one.unit != other.unit or other.number < 1 or between == ["plus"]
    if one.unit in units and differ and (not between if other.unit == BARE else between in JOINTS):
        seconds = smaller(one, other) if other.unit == BARE else _values(other, units, named)
        yield from (a + b for a in _values(one, units, named) for b in seconds)
    apart = 1 <= one.number < 10 <= other.number < 100 and words[one.at].isalpha()
    if one.unit == BARE and other.at == one.end and apart:
        both = Quantity(one.number * 100 + other.number, other.unit, one.at, other.end)
        yield from _values(both, units, named)


def smaller(one: Quantity, other: Quantity) -> list[float]:
    """The second half of "five foot six" or "1 m 20"; "3 m 3" may be 3.03."""
    part, least, most = _SMALLER.get(one.unit, (Decimal(0), 0, 0))
    fits = other.unit == BARE and least <= other.number < most
    return [float(other.number * part)] if fits else []


def is_verb(one: Quantity, words: list[str]) -> bool:
    """Whether the word after a number is no unit: "forward 2 turn left"."""
    word = words[one.end - 1]
    verbs = ("turn", "circle")
    return one.unit == "turn" and (word in verbs or (word not in UNITS and slipped(word, "turn")))


def _may_be_clock(one: Quantity, words: list[str]) -> bool:
    """Whether a number is an hour: "turn to 3", not "go 3 left"."""
    if any(UNITS.get(word) == "clock" for word in words) or words[one.end : one.end + 1] == ["o"]:
        return True
    return one.at > 0 and words[one.at - 1] in ("to", "at", "your")


def _named(kind: type[Measured], sentence: Sentence) -> set[str]:
    """The units of time and of this kind that a sentence names."""
    known = (*OWN[kind][1].units, *SECONDS)
    return {unit for word in sentence.words if (unit := UNITS.get(word, "")) in known}


def _is_spoken_pair(words: list[str]) -> bool:
    """Whether these are two digits: "one three meters" is 13, or one or three.

    In an angle people do say "four five degrees" for 45.
    """
    digits = [word for word in words if NUMBER_WORDS.get(word, 10) < 10]
    return len(digits) == 2 and words[:2] == digits and all(NUMBER_WORDS[digit] for digit in digits)


def _values(
    one: Quantity, units: Mapping[str, Decimal], named: set[str], changed: bool = False
) -> list[float]:
    """An amount in every unit that it may have.

    A bare number has the action's own unit, or one that the sentence names elsewhere; so has one
    whose unit is corrected.
    """
    sizes = [units[unit] for unit in named if unit in units]
    if one.unit in units:
        return [float(one.number * size) for size in (units[one.unit], *(sizes if changed else ()))]
    return [float(one.number * size) for size in (Decimal(1), *sizes)] if one.unit == BARE else []
