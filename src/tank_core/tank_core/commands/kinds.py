"""Kinds of an action's fields: words of a list, or amounts with a unit.

A kind says everything about its fields once: what is allowed, how it is written in shorthand and
what it means when it is not said. The JSON schema, both grammars, the reader of shorthand, the
messages and the operator's words are made from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import cache
from typing import Any, ClassVar, get_args, get_type_hints

from tank_core.commands.units import SECONDS
from tank_core.exceptions import InvalidCommandError
from tank_core.io.one_line import quoted


class Word(StrEnum):
    """An enumeration whose values are the words of the JSON."""


@dataclass(frozen=True)
class Words:
    """A word of an enumeration.

    One with a ``rule`` is shared: it has a definition of its own in the schema, and a rule of that
    name in the grammar of shorthand. Any other is spelled out where it stands.
    """

    words: type[Word]
    rule: str = ""
    unsaid: Word | None = None  # the word that leaving it out means
    spelled: tuple[Word, ...] = ()  # the words that shorthand has; none given: all
    blank: ClassVar[str] = ""  # a message's field of this kind when it is not said

    @property
    def spelling(self) -> tuple[Word, ...]:
        """The words that shorthand has."""
        return self.spelled or tuple(self.words)

    def checked(self, name: str, value: object) -> Word:
        """The word that ``value`` is.

        Raises InvalidCommandError that names the choices.
        """
        try:
            return self.words(value)  # type: ignore[arg-type]  # anything may come from outside
        except ValueError:
            choices = ", ".join(self.words)
            raise InvalidCommandError(f"{name} is {quoted(value)}; say one of {choices}") from None

    def said(self, value: Word | None) -> str:
        """A word as the operator reads it, such as "front left".

        None is what leaving it out means.
        """
        return str(value or self.unsaid or "").replace("_", " ")


@dataclass(frozen=True)
class Amount:
    """A number over 0, at most ``maximum``, in ``unit``."""

    unit: str
    maximum: float
    units: Mapping[str, Decimal]  # of shorthand, and their sizes; the action's own comes first
    # what a word of vagueness, or no word at all (""), means
    vague: Mapping[str, Decimal]
    # motion for a time: how much of it a second brings, by the speed that was said
    rates: Mapping[Word | None, Decimal] | None = None
    rule: str = ""  # its rule in the grammar; "" is spelled out where it stands
    converted_digits: int = 3  # decimals of an amount that was said in another unit
    blank: ClassVar[float] = 0.0

    def checked(self, name: str, value: object) -> float:
        """The number that ``value`` is.

        Raises InvalidCommandError that names the limits.
        """
        # Not-a-number fails the comparison; so does an int too large for a float, which
        # math.isfinite would choke on.
        if (
            not isinstance(value, (int, float))
            or isinstance(value, bool)
            or not 0 < value <= self.maximum
        ):
            raise InvalidCommandError(
                f"{name} is {quoted(value)}; it must be a number over 0 and at most "
                f"{self.maximum:g} {self.unit}"
            )
        return float(value)

    def said(self, value: float) -> str:
        """An amount as the operator reads it: "1.5 m"."""
        return f"{value:g} {self.unit}"

    def converted(self, number: Decimal, unit: str, speed: Word | None) -> float:
        """``number`` of ``unit`` in the action's own, rounded half up.

        "" is the own unit; a unit of time is motion for that long at ``speed`` (None: normal).
        """
        own = unit in ("", next(iter(self.units)))
        if self.rates and unit in SECONDS:
            number *= self.rates[speed] * SECONDS[unit]
        else:
            number *= self.units.get(unit, Decimal(1))
        step = Decimal(1).scaleb(-(3 if own else self.converted_digits))
        return float(number.quantize(step, rounding=ROUND_HALF_UP))


# A further kind, such as a name, has ``blank``, ``checked`` and ``said``; ``tank_language`` reads
# and writes it: ``schema._property``, ``shorthand._part`` and ``shorthand._step``.
Kind = Words | Amount


@dataclass(frozen=True)
class Alternative:
    """Another way to write some fields in shorthand: a word and a number."""

    word: str
    rule: str
    body: str  # of the rule, in GBNF
    instead_of: tuple[str, ...]
    meaning: Callable[[int], Mapping[str, Any]]  # the fields; may raise InvalidCommandError


@dataclass(frozen=True)
class Field:
    """A field of an action."""

    name: str
    kind: Kind
    optional: bool


class Action:
    """The base of all actions: frozen dataclasses whose fields have a kind.

    An enumeration of words is a kind by itself, anything else is annotated with one.
    """

    action: ClassVar[str]  # its name
    says: ClassVar[str]  # it in the operator's words (see ``tank_executor.plan.describe``)
    alternative: ClassVar[Alternative | None] = None

    def __post_init__(self) -> None:
        for field in fields_of(type(self)):
            value = getattr(self, field.name)
            if value is not None or not field.optional:
                object.__setattr__(self, field.name, field.kind.checked(field.name, value))


def fields_of(action: type[Any]) -> tuple[Field, ...]:
    """The fields of an action's class, in the order of writing."""
    described: Any = action  # mypy takes classes for unhashable
    return _fields(described)


@cache
def _fields(action: Any) -> tuple[Field, ...]:
    hints = get_type_hints(action, include_extras=True)
    return tuple(_field(field.name, hints[field.name]) for field in fields(action))


def _field(name: str, hint: Any) -> Field:
    optional = type(None) in get_args(hint)
    said = get_args(hint)[0] if optional else hint
    kind = said.__metadata__[0] if hasattr(said, "__metadata__") else Words(said)
    return Field(name, kind, optional)
