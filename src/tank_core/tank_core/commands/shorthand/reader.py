"""The reader of shorthand: text in, commands out."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tank_core.commands import (
    ACTIONS,
    ANGLE,
    COMPASS,
    DISTANCE,
    Amount,
    Command,
    Field,
    Heading,
    Name,
    Words,
    fields_of,
)
from tank_core.commands.shorthand.references import (
    AGAIN,
    MORE,
    NO_PREVIOUS,
    TEMPO,
    TURNING,
    WAYS,
    Again,
    Expansion,
    More,
    Previous,
    Refusal,
    Step,
    resolve,
    too_many,
)
from tank_core.commands.shorthand.tokens import (
    HEADING,
    NAME,
    NONE,
    ShorthandError,
    TokenStream,
    split,
)
from tank_core.exceptions import InvalidCommandError

Actions = Mapping[str, type[Any]]
# the reason of every refusal for want of a command
NOT_A_COMMAND = "nothing that this robot knows how to do"
MAX_DEPTH = 2
_HEADINGS = {name: degrees for degrees, name in COMPASS.items()}


def expand(text: str, actions: Actions = ACTIONS, previous: Previous = NO_PREVIOUS) -> Expansion:
    """The commands that shorthand stands for, or why it stands for none.

    A Refusal is out of scope or out of range, or leans on what was not ``previous``; raises
    ShorthandError for text that is no shorthand.
    """
    steps = read(text, actions)
    return steps if isinstance(steps, Refusal) else resolve(steps, previous)


def read(text: str, actions: Actions = ACTIONS) -> tuple[Step, ...] | Refusal:
    """The steps that shorthand stands for; what leans stays as it is.

    A Refusal is out of scope or out of range; raises ShorthandError for text that is no shorthand.
    """
    tokens = split(text)
    if tokens == [NONE]:
        return Refusal(NOT_A_COMMAND)
    reader = TokenStream(tokens)
    try:
        steps = _sequence(reader, actions)
    except InvalidCommandError as error:
        return Refusal(str(error))
    if reader.peek():
        raise ShorthandError(f"shorthand goes on with {reader.peek()!r} after its end: {text!r}")
    return too_many(steps) or tuple(steps)


def _sequence(reader: TokenStream, actions: Actions, depth: int = 0) -> list[Step]:
    steps = _item(reader, actions, depth)
    while reader.one_of(";"):
        steps = steps + _item(reader, actions, depth)
    return steps


def _item(reader: TokenStream, actions: Actions, depth: int) -> list[Step]:
    if not reader.peek().endswith("x("):
        return [_step(reader, actions)]
    if depth == MAX_DEPTH:
        raise ShorthandError(f"repetitions are nested deeper than {MAX_DEPTH}")
    count = int(reader.take()[:-2])
    steps = _sequence(reader, actions, depth + 1)
    reader.need(")")
    return steps * count


def _step(reader: TokenStream, actions: Actions) -> Step:
    word = reader.take()
    if word == AGAIN:
        return Again(reader.one_of(TEMPO))
    if word == MORE:
        return _more(reader)
    if word not in actions:
        raise ShorthandError(f"a step begins with none of {', '.join(actions)}, {AGAIN}, {MORE}")
    return _command(reader, actions[word])


def _command(reader: TokenStream, action: type[Any]) -> Command:
    fields, other, rule = fields_of(action), action.alternative, action.condition
    said: dict[str, Any] = {}
    amounts: dict[str, tuple[Amount, Decimal | None, str]] = {}
    hour = None
    if other and reader.one_of([other.word]):
        hour = int(_number(reader))
        fields = tuple(field for field in fields if field.name not in other.instead_of)
    for field in fields:
        if isinstance(field.kind, Amount):
            amounts[field.name] = (field.kind, *_amount(reader, field.kind))
        elif not (rule and field.name in rule.fields and said.get(rule.where) != rule.word):
            said[field.name] = _value(reader, field, [other.word] if other else [])
    if hour is not None:
        said |= other.meaning(hour)
    for name, (kind, number, unit) in amounts.items():
        if number is None:
            unsaid = kind.vague[""] if kind.limit is None or not said.get("until") else kind.limit
            number, unit = unsaid if not unit else kind.vague[unit], ""
        radius = said[kind.radius] if kind.radius else 1.0
        said[name] = kind.checked(name, kind.converted(number, unit, said.get("speed"), radius))
    command: Command = action(**said)
    return command


def _value(reader: TokenStream, field: Field, others: list[str]) -> str | float | None:
    """Read a word, a name or a heading."""
    kind, said = field.kind, True
    if isinstance(kind, Heading):
        return _heading(reader)
    if isinstance(kind, Name):
        said = reader.peek().startswith(NAME)
        if not said and not field.optional:
            raise ShorthandError(f"{reader.peek()!r} is no {field.name}")
        return reader.take()[1:-1] if said else None
    assert isinstance(kind, Words)
    if kind.mark:
        said = reader.one_of([kind.mark]) is not None
    elif field.optional:
        return reader.one_of(kind.spelling)
    return reader.need((*kind.spelling, *others)) if said else None


def _heading(reader: TokenStream) -> float | None:
    if word := reader.one_of(_HEADINGS):
        return _HEADINGS[word]
    if not reader.one_of([HEADING]):
        return None
    degrees = _number(reader)
    return 0.0 if degrees == 360 else float(degrees)


def _amount(reader: TokenStream, kind: Amount) -> tuple[Decimal | None, str]:
    """Read a number and its unit, or a word of vagueness with no number.

    None and "" where nothing is said.
    """
    mark = reader.one_of(kind.marks)
    if mark is None and (kind.marks or not reader.peek()[:1].isdigit()):
        return None, reader.one_of(word for word in kind.vague if word) or ""
    number = _number(reader) * kind.marks.get(mark or "", Decimal(1))
    return number, reader.need(kind.spoken_units)


def _number(reader: TokenStream) -> Decimal:
    if not reader.peek()[:1].isdigit() or reader.peek().endswith("x("):
        raise ShorthandError(f"{reader.peek()!r} is no number")
    return Decimal(reader.take())


def _more(reader: TokenStream) -> More:
    """Read the rest of "more": how much, which way, how fast."""
    turning = reader.one_of([TURNING]) is not None
    way = reader.one_of(WAYS)
    number, unit = None, ""
    if reader.peek()[:1].isdigit():
        number = _number(reader)
        unit = reader.need(dict.fromkeys((*DISTANCE.spoken_units, *ANGLE.units)))
    else:
        unit = reader.one_of(word for word in (*DISTANCE.vague, *ANGLE.vague) if word) or ""
    return More(turning, way, number, unit, reader.one_of(TEMPO))
