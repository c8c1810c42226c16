"""Amounts as a sentence says them: "two and a half feet" is (2.5, ft)."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from tank_core.english import by_word, read, word_set
from tank_core.english.spelling import slipped

_ENGLISH = read("amounts")
ONES: tuple[str, ...] = tuple(_ENGLISH["ones"].split())
TENS: tuple[str, ...] = ("_", "_", *_ENGLISH["tens"].split())
TIMES = "times"
BARE = ""
UNITS = by_word(_ENGLISH["units"])
_LONG_UNITS = tuple(word for word in UNITS if len(word) > 3)
NUMBER_WORDS = (
    {word: value for value, word in enumerate(ONES)}
    | {word: 10 * tens for tens, word in enumerate(TENS) if word != "_"}
    | {"oh": 0}
)
_SCALES, _HOMOPHONES = _ENGLISH["scales"], _ENGLISH["homophones"]
PARTS = {
    name: share for word, share in _ENGLISH["shares"].items() for name in (word, f"{word}s")
} | {"halves": "0.5"}
_PRIMES = {"'": "ft", '"': "in"}
_BETWEEN, _AFTER_IN = word_set("amounts", "between"), word_set("amounts", "after_in")
ARTICLES = word_set("amounts", "articles")
_NO_UNITS = word_set("amounts", "no_units") - {*UNITS}
_NOT_BARE = ARTICLES | {"half", "quarter", "point"}  # they say an amount only together with a unit
_PARTS_OF_UNITS = {"ms": ("s", Decimal("0.001"))}
# Between the two units of one amount.
JOINTS: tuple[list[str], ...] = ([], ["and"], ["&"], ["n"], [","], ["plus"])
_COMPOUNDS = {("ft", "in"): Decimal(1) / 12, ("m", "cm"): Decimal("0.01")}
_TOKEN = re.compile(r"\d{1,9}(?:\.\d{1,9})?|\.\d{1,9}|o'? ?clock|[a-z]+(?:'[a-z]+)?|[^\w\s]")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")
_TOO_MUCH = 100_000  # what shorthand's grammar has no digits for


@dataclass(frozen=True)
class Quantity:
    """An amount in a sentence.

    Its number, its unit ("" for a bare number), and the words that say it, from ``at`` to ``end``.
    """

    number: Decimal
    unit: str
    at: int
    end: int = 0


def tokens(sentence: str) -> list[str]:
    """Words, numbers and marks of a normalized sentence; hyphens are spaces."""
    text = _THOUSANDS.sub("", sentence)
    text = re.sub(r"(?<=\w)-(?=\w)|(?<=[a-z])\.(?=\s|$)", " ", text)
    return [re.sub(r"o'? ?clock", "o'clock", token) for token in _TOKEN.findall(text)]


def quantities(words: list[str]) -> list[Quantity]:
    """Every amount among ``tokens``, in order; "5 feet 6 inches" is 5.5 feet."""
    found: list[Quantity] = []
    for quantity in _quantities(words):
        if quantity.number >= _TOO_MUCH:
            continue
        joined = found and words[found[-1].end : quantity.at] in JOINTS
        share = _COMPOUNDS.get((found[-1].unit, quantity.unit)) if joined else None
        if share is None:
            found.append(quantity)
        else:
            found[-1] = replace(
                found[-1], number=found[-1].number + quantity.number * share, end=quantity.end
            )
    return found


def is_number(word: str) -> bool:
    """Whether a word of ``tokens`` is a number or a part of one."""
    return word[0].isdigit() or word in NUMBER_WORDS or word in PARTS


def _quantities(words: list[str]) -> Iterator[Quantity]:
    at = 0
    while at < len(words):
        read = _number(words, at)
        if read is None:
            at += 1
            continue
        number, after = read
        unit, after = _unit(words, after)
        if unit:
            extra, after = _and_a_part(words, after)
            unit, size = _PARTS_OF_UNITS.get(unit, (unit, Decimal(1)))
            yield Quantity((number + extra) * size, unit, at, after)
        elif (after - at > 1 and words[at + 1] in _SCALES) or words[at] not in _NOT_BARE:
            yield Quantity(number, unit, at, after)
        at = max(after, at + 1)


def _unit(words: list[str], at: int) -> tuple[str, int]:
    skipped = at
    while skipped < len(words) and words[skipped] in _BETWEEN:
        skipped += 1
    if skipped < len(words) and (unit := _unit_of(words[skipped])):
        follows = {*words[skipped + 1 : skipped + 2]}
        preposition = words[skipped] == "in" and follows & _AFTER_IN
        return (BARE, at) if preposition else (unit, skipped + 1)
    for mark in range(at, min(skipped, at + 1, len(words) - 1) + 1):
        if words[mark] in _PRIMES and (words[at - 1][-1].isdigit() or words.count(words[mark]) % 2):
            # after a number in words, unless it closes a quotation
            return _PRIMES[words[mark]], mark + 1
    return BARE, at


@lru_cache(maxsize=4096)
def _unit_of(word: str) -> str:
    """The unit that a word names, typing errors forgiven."""
    if word in UNITS or len(word) < 4 or word in NUMBER_WORDS or word in _NO_UNITS:
        return UNITS.get(word, BARE)
    near = next((name for name in _LONG_UNITS if slipped(word, name)), None)
    if near is None:
        near = next(iter(difflib.get_close_matches(word, _LONG_UNITS, 1, 0.78)), None)
    return UNITS[near] if near else BARE


def _and_a_part(words: list[str], at: int) -> tuple[Decimal, int]:
    """Read what "and a half" adds, after a number or after its unit."""
    if words[at : at + 1] in (["and"], ["adn"], ["n"], ["&"]) and (read := _part(words, at + 1)):
        return read
    return Decimal(0), at


def _number(words: list[str], at: int) -> tuple[Decimal, int] | None:
    read = _part(words, at) or _whole(words, at)
    if read is None:
        return None
    number, after = read
    if words[after : after + 1] == ["point"] and (digits := _digits(words, after + 1)):
        return number + Decimal("0." + digits), after + 1 + len(digits)
    if number == number.to_integral_value():
        dozens = words[after - 1] in ("dozen", "dozens")
        extra, after = _and_a_part(words, after)
        extra *= 12 if dozens else 1
        if not extra and words[after + 1 : after + 2] == ["/"] and (read := _part(words, after)):
            extra, after = read
        return number + extra, after
    return number, after


def _part(words: list[str], at: int) -> tuple[Decimal, int] | None:
    """A fraction: half, a half, three quarters, 3/4, half a dozen."""
    above, below = "".join(words[at : at + 1]), "".join(words[at + 2 : at + 3])
    if words[at + 1 : at + 2] == ["/"] and above.isdigit() and below.isdigit() and int(below):
        return _rounded(Decimal(above) / Decimal(below)), at + 3
    start = at + (words[at : at + 1] in (["a"], ["an"], ["one"]))
    times = NUMBER_WORDS.get(words[at], 1) if at < len(words) and words[at] in ONES[2:10] else 1
    start += times > 1
    if start >= len(words):
        return None
    if slipped(words[start], "quarter"):
        words = [*words[:start], "quarter", *words[start + 1 :]]
    if words[start] not in PARTS:
        return None
    if words[start + 1 : start + 3] in (["a", "dozen"], ["of", "dozen"]):
        return Decimal(PARTS[words[start]]) * 12, start + 3
    part = PARTS[words[start]]
    both_thirds = times == 2 and part == "0.333"
    return _rounded(Decimal(2) / 3 if both_thirds else times * Decimal(part)), start + 1


def _rounded(number: Decimal) -> Decimal:
    return number.quantize(Decimal("0.001"), rounding=ROUND_HALF_UP)


def _whole(words: list[str], at: int) -> tuple[Decimal, int] | None:
    word, follows = words[at], words[at + 1] if at + 1 < len(words) else ""
    if word[-1].isdigit():
        return _scaled(Decimal(word), words, at + 1)
    if word == "point" and (digits := _digits(words, at + 1)):
        return Decimal("0." + digits), at + 1 + len(digits)
    if word in ("couple", "pair"):
        return _scaled(Decimal(2), words, at + 1)
    if word in ARTICLES:
        return _article(words, at + 1)
    if word in _HOMOPHONES and follows in _SCALES:
        return Decimal(_HOMOPHONES[word] * _SCALES[follows]), at + 2
    if word in _HOMOPHONES and follows in UNITS:
        return Decimal(_HOMOPHONES[word]), at + 1
    digits = _digits(words, at)
    return (Decimal(digits), at + len(digits)) if len(digits) > 1 else _spelled(words, at)


def _article(words: list[str], at: int) -> tuple[Decimal, int] | None:
    follows = words[at] if at < len(words) else ""
    if follows in _SCALES:
        return _spelled(words, at)
    if follows in ("couple", "pair", "few"):
        return _scaled(Decimal(3 if follows == "few" else 2), words, at + 1)
    at += follows in ("full", "whole", "single")
    unit = _unit_of(words[at]) if at < len(words) else ""
    return None if unit in ("", TIMES, "turn", "clock") else (Decimal(1), at)


def _spelled(words: list[str], at: int) -> tuple[Decimal, int] | None:
    """A number in words, such as "(one) hundred and twenty five"."""
    thousands, total, after = 0, 0, at
    while after < len(words):
        value = _small(words[after])
        if value is not None and _goes_on(
            total, value, after == at or (thousands > 0 and total == 0)
        ):
            total += value
        elif words[after] == "thousand":
            thousands, total = thousands + max(total, 1) * 1000, 0
        elif words[after] in _SCALES:
            total = max(total, 1) * _SCALES[words[after]]
        elif (
            words[after] != "and"
            or thousands + total < 100
            or after + 1 >= len(words)
            or _small(words[after + 1]) is None
        ):
            break
        after += 1
    return (Decimal(thousands + total), after) if after > at else None


def _goes_on(total: int, value: int, first: bool) -> bool:
    """Whether a small number continues: "sixty" + "five", not "five" + "six"."""
    tens = total % 100 == 0 or (total % 10 == 0 and value < 10)
    return first or (value > 0 and total > 0 and tens)


@lru_cache(maxsize=4096)
def _small(word: str) -> int | None:
    if word in NUMBER_WORDS or len(word) < 5 or word in ("weight", "height", "eights"):
        return NUMBER_WORDS.get(word)
    near = difflib.get_close_matches(
        word, [name for name in NUMBER_WORDS if len(name) > 4], 1, 0.84
    )
    return NUMBER_WORDS[near[0]] if near else None


def _scaled(number: Decimal, words: list[str], at: int) -> tuple[Decimal, int]:
    while at < len(words) and words[at] in _SCALES:
        number, at = number * _SCALES[words[at]], at + 1
    return number, at


def _digits(words: list[str], at: int) -> str:
    digits = ""
    for word in words[at:]:
        value = _small(word)
        if value is None or value >= 10:
            break
        digits += str(value)
    return digits
