"""Kinds of an action's fields: words, amounts, names, headings.

A kind says everything about its fields once: what is allowed, how it is written in shorthand and
what it means when it is not said. The JSON schema, both grammars, the reader of shorthand, the
messages and the operator's words are made from it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from functools import cache
from typing import Any, ClassVar, get_args, get_type_hints

from tank_core.commands.amount import Amount, is_number
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
    without: tuple[Word, ...] = ()  # words of the enumeration that do not fit here
    # for the operator; a word without one is said as it is
    phrases: Mapping[Word, str] = field(default_factory=dict, hash=False)
    mark: str = ""  # the word that stands before it in shorthand
    blank: ClassVar[str] = ""  # a message's field of this kind when it is not said

    @property
    def choices(self) -> tuple[Word, ...]:
        """The words that may stand here."""
        return tuple(word for word in self.words if word not in self.without)

    @property
    def spelling(self) -> tuple[Word, ...]:
        """The words that shorthand has."""
        return self.spelled or self.choices

    def checked(self, name: str, value: object) -> Word:
        """The word that ``value`` is.

        Raises InvalidCommandError that names the choices.
        """
        word = next((word for word in self.choices if word == value), None)
        if word is None:
            choices = ", ".join(self.choices)
            raise InvalidCommandError(f"{name} is {quoted(value)}; say one of {choices}")
        return word

    def said(self, value: Word | None) -> str:
        """A word as the operator reads it, such as "on the left".

        None is what leaving it out means.
        """
        word = value or self.unsaid
        return "" if word is None else self.phrases.get(word, str(word).replace("_", " "))


@dataclass(frozen=True)
class Heading:
    """A compass heading [deg] in [0, 360), clockwise from north."""

    rule: ClassVar[str] = "heading_deg"
    blank: ClassVar[float] = -1.0  # 0 is north

    def checked(self, name: str, value: object) -> float:
        """The number that ``value`` is.

        Raises InvalidCommandError that names the limits.
        """
        if not is_number(value) or not 0 <= value < 360:
            raise InvalidCommandError(
                f"{name} is {quoted(value)}; it must be a number of at least 0 and under 360, "
                "clockwise from north"
            )
        return float(value)

    def said(self, value: float) -> str:
        """A heading as the operator reads it: "north", or "heading 200"."""
        return COMPASS.get(value, f"heading {value:g}")


COMPASS = {
    45.0 * index: name
    for index, name in enumerate(
        ["north", "northeast", "east", "southeast", "south", "southwest", "west", "northwest"]
    )
}


HOME = "home"  # once remembered, it is where "go back to the start" leads


@dataclass(frozen=True)
class Name:
    """A name that a person gave, in lower case: words of letters and digits."""

    rule: str
    maximum: int = 40  # [characters]
    blank: ClassVar[str] = ""
    pattern: ClassVar[str] = "^[a-z0-9]+([ '-][a-z0-9]+)*$"

    def checked(self, name: str, value: object) -> str:
        """The name that ``value`` is.

        Raises InvalidCommandError that says what a name is made of.
        """
        if not isinstance(value, str) or not re.search(self.pattern.replace("$", r"\Z"), value):
            raise InvalidCommandError(
                f"{name} is {quoted(value)}; it must be lower-case words of letters and digits"
            )
        if len(value) > self.maximum:
            raise InvalidCommandError(
                f"{name} is {quoted(value)}; it must have at most {self.maximum} characters"
            )
        return value

    def said(self, value: str) -> str:
        """A name as the operator reads it."""
        return called(value)


def called(name: str) -> str:
    """A place's name in a sentence.

    "the kitchen", but "home", "spot b" and "anna's desk".
    """
    last = name.split()[-1]
    bare = name in (HOME, "base") or "'s" in name or len(last) == 1 or last.isdigit()
    return name if bare else f"the {name}"


# A further kind has ``blank``, ``checked`` and ``said``; ``tank_language`` reads and writes it:
# ``schema._property``, ``shorthand.grammar`` and ``shorthand.reader``.
Kind = Words | Amount | Heading | Name


@dataclass(frozen=True)
class Alternative:
    """Another way to write some fields in shorthand: a word and a number."""

    word: str
    rule: str
    body: str  # of the rule, in GBNF
    instead_of: tuple[str, ...]
    meaning: Callable[[int], Mapping[str, Any]]  # the fields; may raise InvalidCommandError


@dataclass(frozen=True)
class FieldGroup:
    """Fields that go together: those that must be said, and those that may.

    ``says``: the command of this form in the operator's words; "" is the action's own.
    """

    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    says: str = ""

    @property
    def fields(self) -> tuple[str, ...]:
        return (*self.needs, *self.may)

    def fits(self, said: Collection[str]) -> bool:
        """Whether these fields, and no others, may be said together."""
        return {*self.needs} <= {*said} <= {*self.fields}


@dataclass(frozen=True)
class Condition:
    """Fields that may be said only where another field has a certain word."""

    fields: tuple[str, ...]
    where: str
    word: Word


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
    says: ClassVar[str]  # it in the operator's words (see ``wording.describe``)
    alternative: ClassVar[Alternative | None] = None
    forms: ClassVar[tuple[FieldGroup, ...]] = ()  # none given: any optional field beside any other
    condition: ClassVar[Condition | None] = None

    def __post_init__(self) -> None:
        for own in fields_of(type(self)):
            value = getattr(self, own.name)
            if value is not None or not own.optional:
                object.__setattr__(self, own.name, own.kind.checked(own.name, value))
        said = [f.name for f in fields_of(type(self)) if getattr(self, f.name) is not None]
        if self.forms and self.form is None:
            ways = ", or ".join(" with ".join(form.fields) for form in self.forms)
            raise InvalidCommandError(
                f"{self.action} has {' and '.join(said) or 'no field'}; give it {ways}"
            )
        rule = self.condition
        if rule and getattr(self, rule.where) != rule.word:
            for name in rule.fields:
                if name in said:
                    raise InvalidCommandError(
                        f"{self.action} has {name} without {rule.where} {rule.word}; "
                        f"leave it out, or say {rule.where} {rule.word}"
                    )

    @property
    def form(self) -> FieldGroup | None:
        """The first of its forms that fits what was said."""
        said = [f.name for f in fields_of(type(self)) if getattr(self, f.name) is not None]
        return next((form for form in self.forms if form.fits(said)), None)


def fields_of(action: type[Any]) -> tuple[Field, ...]:
    """The fields of an action's class, in the order of writing."""
    described: Any = action  # mypy takes classes for unhashable
    return _fields(described)


@cache
def _fields(action: Any) -> tuple[Field, ...]:
    hints = get_type_hints(action, include_extras=True)
    return tuple(_field(each.name, hints[each.name]) for each in fields(action))


def _field(name: str, hint: Any) -> Field:
    optional = type(None) in get_args(hint)
    said = get_args(hint)[0] if optional else hint
    kind = said.__metadata__[0] if hasattr(said, "__metadata__") else Words(said)
    return Field(name, kind, optional)
