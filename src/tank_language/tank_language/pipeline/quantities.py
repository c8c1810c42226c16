"""Amounts as a sentence says them, read back: the inverse of ``numbers.py``. "two and a half feet" is (2.5, ft)."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from tank_language.pipeline.numbers import ONES, TENS

TIMES = "times"
BARE = ""
_UNITS = {
    "m": "m meter meters metre metres mtr mtrs meteres", "cm": "cm cms centimeter centimeters centimetre centimetres centi centis", "mm": "mm millimeter millimeters millimetre millimetres mil mils",
    "km": "km kms kilometer kilometers kilometre kilometres klick klicks click clicks", "ft": "ft foot feet foots", "in": "in inch inches ins", "yd": "yd yds yard yards", "mi": "mi mile miles",
    "step": "step steps pace paces stride strides", "deg": "deg degs degree degrees dgr", "rad": "rad rads radian radians", "s": "s sec secs second seconds", "ms": "ms msec millisecond milliseconds", "min": "min mins minute minutes",
    "h": "h hr hrs hour hours", TIMES: "times x time rounds sides laps", "clock": "o'clock oclock clock", "turn": "turn turns rotation circle revolution rev",
}  # fmt: skip
UNITS = {word: unit for unit, words in _UNITS.items() for word in words.split()}
_SMALL = {word: value for value, word in enumerate(ONES)} | {word: 10 * tens for tens, word in enumerate(TENS) if word != "_"} | {"oh": 0}
_SCALES = {"hundred": 100, "thousand": 1000, "dozen": 12, "dozens": 12}
_PARTS = {"half": "0.5", "halves": "0.5", "quarter": "0.25", "quarters": "0.25", "third": "0.333", "thirds": "0.333", "eighth": "0.125", "eighths": "0.125",
          "tenth": "0.1", "tenths": "0.1", "hundredth": "0.01", "hundredths": "0.01", "fifth": "0.2", "fifths": "0.2"}  # fmt: skip
_HOMOPHONES = {"for": 4, "fore": 4, "to": 2, "too": 2, "won": 1, "ate": 8, "tree": 3}  # in dictation; a number only before a unit
_BETWEEN = frozenset("of a an full more whole single little small long good the slow slowly quick big giant tiny steady - ".split())
_ARTICLES = frozenset("a an the per each every another".split())
_PARTS_OF_UNITS = {"ms": ("s", Decimal("0.001"))}
_COMPOUNDS = {("ft", "in"): Decimal(1) / 12, ("m", "cm"): Decimal("0.01")}
_TOKEN = re.compile(r"\d{1,9}(?:\.\d{1,9})?|\.\d{1,9}|o'? ?clock|[a-z]+(?:'[a-z]+)?|[^\w\s]")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")
_STEP = Decimal("0.001")
_TOO_MUCH = 100_000  # what shorthand's grammar has no digits for


@dataclass(frozen=True)
class Quantity:
    """An amount in a sentence: its number, its unit ("" for a bare number), and the place [words from the start]."""

    number: Decimal
    unit: str
    at: int


def tokens(sentence: str) -> list[str]:
    """Words, numbers and marks of a normalised sentence; hyphens count as spaces ("half-meter")."""
    text = _THOUSANDS.sub("", sentence)
    text = re.sub(r"(?<=\w)-(?=\w)|(?<=[a-z])\.(?=\s|$)", " ", text)
    return [re.sub(r"o'? ?clock", "o'clock", token) for token in _TOKEN.findall(text)]


def quantities(words: list[str]) -> list[Quantity]:
    """Every amount among the words of ``tokens``, in order; "5 feet 6 inches" is 5.5 feet."""
    found: list[Quantity] = []
    for quantity in _quantities(words):
        if quantity.number >= _TOO_MUCH:
            continue
        share = _COMPOUNDS.get((found[-1].unit, quantity.unit)) if found and quantity.at - found[-1].at <= 3 else None
        if share is None:
            found.append(quantity)
        else:
            found[-1] = replace(found[-1], number=found[-1].number + quantity.number * share)
    return found


def decimal_text(number: Decimal) -> str:
    """A number as shorthand writes it: at most 3 decimals, no zeros at the end."""
    return f"{number.quantize(_STEP, rounding=ROUND_HALF_UP).normalize():f}"


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
            yield Quantity((number + extra) * size, unit, at)
        elif words[at] not in _ARTICLES and words[at] not in ("half", "quarter", "point"):
            yield Quantity(number, unit, at)
        at = max(after, at + 1)


def _unit(words: list[str], at: int) -> tuple[str, int]:
    skipped = at
    while skipped < len(words) and words[skipped] in _BETWEEN:
        skipped += 1
    if skipped < len(words) and (unit := _unit_of(words[skipped])):
        return unit, skipped + 1
    if at < len(words) and words[at] in ("'", '"') and words[at - 1][-1].isdigit():
        return ("ft" if words[at] == "'" else "in"), at + 1
    return BARE, at


@lru_cache(maxsize=4096)
def _unit_of(word: str) -> str:
    """The unit that a word names, typing errors forgiven."""
    if word in UNITS or len(word) < 4 or word in ("then", "left", "right", "after", "before"):
        return UNITS.get(word, BARE)
    near = difflib.get_close_matches(word, [unit for unit in UNITS if len(unit) > 3], 1, 0.78)
    return UNITS[near[0]] if near else BARE


def _and_a_part(words: list[str], at: int) -> tuple[Decimal, int]:
    """What "and a half" adds, after a number or after its unit."""
    if words[at : at + 1] in (["and"], ["n"], ["&"]) and (read := _part(words, at + 1)):
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
        extra, after = _and_a_part(words, after)
        if not extra and words[after + 1 : after + 2] == ["/"] and (read := _part(words, after)):
            extra, after = read
        return number + extra, after
    return number, after


def _part(words: list[str], at: int) -> tuple[Decimal, int] | None:
    """A fraction: half, a half, three quarters, 3/4, half a dozen."""
    if (
        words[at + 1 : at + 2] == ["/"]
        and words[at].isdigit()
        and words[at + 2 : at + 3]
        and words[at + 2].isdigit()
        and int(words[at + 2])
    ):
        return (Decimal(words[at]) / Decimal(words[at + 2])).quantize(_STEP, rounding=ROUND_HALF_UP), at + 3
    start = at + (words[at : at + 1] in (["a"], ["an"], ["one"]))
    times = _SMALL.get(words[at], 1) if at < len(words) and words[at] in ("two", "three", "four") else 1
    start += times > 1
    if start >= len(words) or words[start] not in _PARTS:
        return None
    if words[start + 1 : start + 3] in (["a", "dozen"], ["of", "dozen"]):
        return Decimal(_PARTS[words[start]]) * 12, start + 3
    part = Decimal(2) / 3 if times == 2 and _PARTS[words[start]] == "0.333" else times * Decimal(_PARTS[words[start]])
    return part.quantize(_STEP, rounding=ROUND_HALF_UP), start + 1


def _whole(words: list[str], at: int) -> tuple[Decimal, int] | None:
    word, follows = words[at], words[at + 1] if at + 1 < len(words) else ""
    if word[-1].isdigit():
        return _scaled(Decimal(word), words, at + 1)
    if word == "point" and (digits := _digits(words, at + 1)):
        return Decimal("0." + digits), at + 1 + len(digits)
    if word in ("couple", "pair"):
        return Decimal(2), at + 1
    if word in _ARTICLES:
        return _article(words, at + 1)
    if word in _HOMOPHONES and _unit_of(follows):
        return Decimal(_HOMOPHONES[word]), at + 1
    digits = _digits(words, at)
    return (Decimal(digits), at + len(digits)) if len(digits) > 1 else _spelled(words, at)


def _article(words: list[str], at: int) -> tuple[Decimal, int] | None:
    follows = words[at] if at < len(words) else ""
    if follows in _SCALES:
        return _spelled(words, at)
    if follows in ("couple", "pair", "few"):
        return Decimal(3 if follows == "few" else 2), at + 1
    at += follows in ("full", "whole", "single")
    return (Decimal(1), at) if at < len(words) and (_unit_of(words[at]) or TIMES) not in (TIMES, "turn", "clock") else None


def _spelled(words: list[str], at: int) -> tuple[Decimal, int] | None:
    """A number in words, such as "(one) hundred and twenty five"."""
    total, after = 0, at
    while after < len(words):
        value = _small(words[after])
        if value is not None and _goes_on(total, value, after == at):
            total += value
        elif words[after] in _SCALES:
            total = max(total, 1) * _SCALES[words[after]]
        elif words[after] != "and" or total < 100 or after + 1 >= len(words) or _small(words[after + 1]) is None:
            break
        after += 1
    return (Decimal(total), after) if after > at else None


def _goes_on(total: int, value: int, first: bool) -> bool:
    """Whether a small number continues what was read: "sixty" + "five", "hundred" + "twenty"; not "five" + "six"."""
    return first or (value > 0 and ((total % 100 == 0 and total > 0) or (total % 10 == 0 and total > 0 and value < 10)))


@lru_cache(maxsize=4096)
def _small(word: str) -> int | None:
    if word in _SMALL or len(word) < 5:
        return _SMALL.get(word)
    near = difflib.get_close_matches(word, [name for name in _SMALL if len(name) > 4], 1, 0.84)
    return _SMALL[near[0]] if near else None


def _scaled(number: Decimal, words: list[str], at: int) -> tuple[Decimal, int]:
    while at < len(words) and words[at] in _SCALES:
        number, at = number * _SCALES[words[at]], at + 1
    return number, at


def _digits(words: list[str], at: int) -> str:
    digits = ""
    while at + len(digits) < len(words) and (value := _small(words[at + len(digits)])) is not None and value < 10:
        digits += str(value)
    return digits
