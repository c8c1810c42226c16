"""Shorthand for commands given as JSON, in the sentence's own words.

It keeps the sentence's numbers and units. The inverse of ``shorthand.expand`` with a sentence at
hand. ``expand(quote(sentence, commands))`` always is equivalent to the commands; which of several
notations is chosen ("10 ft" or "3.048 m", "turn left" or "turn left 90 deg") follows the sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tank_core.commands import (
    CLOCK,
    COMPASS,
    Amount,
    Arc,
    Command,
    Heading,
    Move,
    Name,
    Turn,
    Wait,
    Words,
    equivalent,
    fields_of,
    shorthand,
)
from tank_core.commands.kinds import Kind
from tank_core.english.plain import normalize
from tank_core.exceptions import TankError
from tank_language.amounts.spoken import (
    BARE,
    TIMES,
    Quantity,
    quantities,
    tokens,
)
from tank_learning.language.corpus.repetition import Item, Loop, counts, fold, leaves

_VAGUE_WORDS = {
    "bit": "bit little moment mo while short tad",
    "touch": "touch slightly hair smidge smidgen slight",
    "far": "far long while ages",
}
_VAGUE = {word: unit for unit, words in _VAGUE_WORDS.items() for word in words.split()}
_ANCHORS = {
    "forward": r"for\w*|fwd|ahead|advance|frwrd", "backward": r"back\w*|bk|reverse|retreat|rear\w*",
    "left": r"left\w*|lft|l|ccw|counter\w*|anti\w*|port",
    "right": r"right\w*|rgt|r|cw|clockwise|starboard",
    "wait": r"wait\w*|pause|hold|stay|rest|dwell|sleep|sec\w*",
}  # fmt: skip
Measured = Move | Turn | Arc | Wait
_OWN_UNITS: dict[type[Command], str] = {Move: "m", Turn: "deg", Arc: "deg", Wait: "s"}
_AMOUNTS = {Move: "distance_m", Turn: "angle_deg", Arc: "angle_deg", Wait: "duration_s"}
_UNSAID, _REUSED, _LEFT_OUT, _FAR_AWAY = 0.5, 3.0, 1.0, 0.01


class QuotingError(TankError, ValueError):
    """Commands that no shorthand stands for."""


@dataclass(frozen=True)
class _Mention:
    """An amount that the sentence names.

    A quantity, or a word of vagueness as unit with no number.
    """

    quantity: Quantity
    amounts: tuple[str, ...]  # how shorthand may write it


def quote(instruction: str, commands: Sequence[Command]) -> str:
    """Shorthand that stands for the commands, in the sentence's own amounts.

    Numbers are rounded as docs/language.md rounds them (3 decimals). Raises QuotingError when that
    leaves another command.
    """
    if not commands:
        return shorthand.NONE
    words = tokens(normalize(instruction))
    items = fold(tuple(map(_rounded, commands)), counts(words))
    amounts = iter(_amounts(words, list(leaves(items))))
    text = _written(items, amounts)
    meaning = shorthand.expand(text)
    if isinstance(meaning, shorthand.Refusal) or not equivalent(meaning, map(_rounded, commands)):
        raise QuotingError(
            f"no shorthand stands for the commands of {instruction!r}; correct or drop the line"
        )
    return text


def _rounded(command: Command) -> Command:
    changed: Any = {}
    for field in fields_of(type(command)):
        if isinstance(field.kind, Amount):
            said = getattr(command, field.name)
            value = Decimal(repr(said)).quantize(Decimal("0.001"), rounding=ROUND_HALF_UP)
            if not value:
                raise QuotingError(
                    f"{field.name} {said} is too small for shorthand, which ends at 0.001; "
                    "drop the line"
                )
            changed[field.name] = float(value)
    return replace(command, **changed)


def _written(items: Iterable[Item], amounts: Iterator[str]) -> str:
    return " ; ".join(
        f"{item.count}x( {_written(item.body, amounts)} )"
        if isinstance(item, Loop)
        else _step(item, next(amounts))
        for item in items
    )


def _amounts(words: list[str], steps: list[Command]) -> list[str]:
    """Choose how each step's amount is written.

    A cheapest way to give the sentence's amounts, in order, to the steps.
    """
    mentions = _mentions(words)
    fits = [[_fitting(step, mention) for mention in mentions] for step in steps]
    useful = [any(row[k] is not None for row in fits) for k in range(len(mentions))]
    best: dict[int, tuple[float, tuple[str, ...]]] = {-1: (0.0, ())}
    for step, row in zip(steps, fits, strict=True):
        following: dict[int, tuple[float, tuple[str, ...]]] = {}
        for last, (cost, written) in best.items():
            for end, price, amount in _choices(step, row, last, mentions, useful, words):
                if end not in following or cost + price < following[end][0]:
                    following[end] = (cost + price, (*written, amount))
        best = following
    return list(
        min(
            (cost + _LEFT_OUT * sum(useful[last + 1 :]), written)
            for last, (cost, written) in best.items()
        )[1]
    )


def _choices(
    step: Command,
    row: list[str | None],
    last: int,
    mentions: list[_Mention],
    useful: list[bool],
    words: list[str],
) -> Iterator[tuple[int, float, str]]:
    """(last mention used, price, amount) of each way to write a step."""
    yield last, _UNSAID, _default(step)
    for k, amount in enumerate(row):
        if amount is None:
            continue
        away = _FAR_AWAY * _distance(step, mentions[k].quantity.at, words)
        if k > last:
            yield k, _LEFT_OUT * sum(useful[last + 1 : k]) + away, amount
        else:
            yield last, _REUSED / 10 + away if _default(step)[:1].isdigit() else _REUSED, amount


def _distance(step: Command, at: int, words: list[str]) -> int:
    """Count the words from an amount to the nearest direction word.

    The direction is the step's own.
    """
    pattern = _ANCHORS[str(getattr(step, "direction", "wait"))]
    return min(
        (abs(at - k) for k, word in enumerate(words) if re.fullmatch(pattern, word)), default=0
    )


def _mentions(words: list[str]) -> list[_Mention]:
    said, unit = [], BARE
    for quantity in quantities(words):
        if quantity.unit != TIMES:
            said.append(_Mention(quantity, tuple(_spellings(quantity, unit))))
        unit = quantity.unit or unit
    vague = [
        _Mention(Quantity(Decimal(0), _VAGUE[word], k), _vague_spellings(word))
        for k, word in enumerate(words)
        if word in _VAGUE
    ]
    return sorted([*said, *vague], key=lambda mention: mention.quantity.at)


def _vague_spellings(word: str) -> tuple[str, ...]:
    return ("bit", "far") if word == "while" else (_VAGUE[word],)


def _decimal_text(number: Decimal) -> str:
    """A number as shorthand writes it: at most 3 decimals, no zeros at the end."""
    return f"{number.quantize(Decimal('0.001'), rounding=ROUND_HALF_UP).normalize():f}"


def _spellings(quantity: Quantity, unit_before: str) -> Iterator[str]:
    """Yield the ways in which shorthand may write an amount.

    A bare number may have the action's own unit, or the one that was said before it.
    """
    number = _decimal_text(quantity.number)
    if quantity.unit == "turn":
        yield f"{_decimal_text(quantity.number * 360)} deg"
    elif quantity.unit == "clock":
        yield f"{CLOCK.word} {number}"
    elif quantity.unit == BARE:
        yield from (f"{number} {unit}" for unit in (*_OWN_UNITS.values(), unit_before))
    else:
        yield f"{number} {quantity.unit}"


def _fitting(step: Command, mention: _Mention) -> str | None:
    """Return a mention's amount as a step would write it.

    None unless it gives this very step.
    """
    own = _OWN_UNITS.get(type(step), "")
    foreign = {*_OWN_UNITS.values()} - {own} if mention.quantity.unit == BARE else set()
    return next(
        (
            amount
            for amount in mention.amounts
            if amount.rpartition(" ")[2] not in foreign and _gives(step, amount)
        ),
        None,
    )


def _gives(step: Command, amount: str) -> bool:
    if not isinstance(step, Measured):
        return False
    try:
        meaning = shorthand.expand(_step(step, amount))
    except (shorthand.ShorthandError, ArithmeticError):
        return False
    return not isinstance(meaning, shorthand.Refusal) and equivalent(meaning, [step])


def _default(step: Command) -> str:
    """The amount of a step that the sentence is silent about.

    Left out where it is the language's own, else in SI units.
    """
    if not isinstance(step, Measured) or _gives(step, ""):
        return ""
    value = getattr(step, _AMOUNTS[type(step)])
    return f"{_decimal_text(Decimal(repr(value)))} {_OWN_UNITS[type(step)]}"


def _step(step: Command, amount: str) -> str:
    """Write a step in shorthand."""
    own = _AMOUNTS.get(type(step))
    clock = amount.startswith(CLOCK.word)
    said = [(field, getattr(step, field.name)) for field in fields_of(type(step))]
    written = [
        amount if field.name == own else _field(field.kind, value)
        for field, value in said
        if value is not None and not (clock and field.name == "direction")
    ]
    return " ".join(filter(None, (step.action, *written)))


def _field(kind: Kind, value: Any) -> str:
    """Write a field; "" for what is meant without it."""
    if isinstance(kind, Words):
        word = str(value) if value in kind.spelling else ""
        return f"{kind.mark} {word}".strip()
    if isinstance(kind, Name):
        return f"[{value}]"
    number = _decimal_text(Decimal(repr(value)))
    if isinstance(kind, Heading):
        return COMPASS.get(value, f"heading {number}")
    vague = next((word for word, size in kind.vague.items() if float(size) == value), None)
    return f"{next(iter(kind.marks))} {number} m" if vague is None else vague
