"""Shorthand: the form in which the small model answers.

It keeps numbers and units as they were said; code does the sums.

    turn left fast ; move forward 2 ft fast          4x( move forward ; turn right )          wait
    0.5 min          none

The notation is described in ``data/README.md``, its meaning (defaults, units, vague amounts) in
``docs/language.md``. The model writes it in tokens: each word in angle brackets, numbers digit by
digit (``<move><forward>2<ft>``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tank_core.commands import (
    ACTIONS,
    COMMAND_TYPES,
    MAX_COMMANDS,
    Amount,
    Command,
    Field,
    Words,
    fields_of,
)
from tank_core.commands.kinds import Alternative, Kind
from tank_core.commands.units import SECONDS
from tank_core.exceptions import InvalidCommandError, TankError

Actions = Mapping[str, type[Any]]
NONE = "none"
# the reason of every refusal for want of a command
NOT_A_COMMAND = "nothing that this robot knows how to do"
MAX_DEPTH = 2
_TOKEN = re.compile(r"\s*(\d+x\(|\d+(?:\.\d+)?|[a-z_]+|[;)])")
_MODEL_TOKEN = re.compile(r"<([^<>]+)>|([0-9.]+)")


class ShorthandError(TankError, ValueError):
    """Text that is not shorthand."""


@dataclass(frozen=True)
class Refusal:
    """An answer that means no command at all, and why."""

    reason: str


Expansion = tuple[Command, ...] | Refusal


def expand(text: str, actions: Actions = ACTIONS) -> Expansion:
    """The commands that shorthand stands for, or why it stands for none.

    A Refusal is out of scope or out of range; raises ShorthandError for text that is no shorthand.
    """
    tokens = _tokens(text)
    if tokens == [NONE]:
        return Refusal(NOT_A_COMMAND)
    reader = _Reader(tokens)
    try:
        commands = _sequence(reader, actions)
    except InvalidCommandError as error:
        return Refusal(str(error))
    if reader.peek():
        raise ShorthandError(f"shorthand goes on with {reader.peek()!r} after its end: {text!r}")
    if len(commands) > MAX_COMMANDS:
        many = f"{len(commands)} steps are too many"
        return Refusal(f"{many}; at most {MAX_COMMANDS} in one instruction")
    return tuple(commands)


def to_tokens(text: str) -> str:
    """Shorthand as the model writes it.

    ``move forward 2 ft`` is ``<move><forward>2<ft>``.
    """
    return "".join(_model_token(token) for token in _tokens(text))


def from_tokens(text: str) -> str:
    """Shorthand from what the model wrote.

    Raises ShorthandError for anything that is no token.
    """
    words, end = [], 0
    for match in _MODEL_TOKEN.finditer(text):
        if match.start() != end:
            break
        words.append(match[1] or match[2])
        end = match.end()
    if end != len(text):
        raise ShorthandError(f"{text[end:]!r} is not a token of shorthand")
    return re.sub(r"(\d) x\(", r"\1x(", " ".join(words))


def words(actions: Sequence[type[Any]] = COMMAND_TYPES) -> tuple[str, ...]:
    """Every word that the model has one token for, in a fixed order."""
    kinds = _kinds(actions)
    lists = [kind for kind in kinds if isinstance(kind, Words)]
    amounts = [kind for kind in kinds if isinstance(kind, Amount)]
    return tuple(
        dict.fromkeys((
            NONE, ";", "x(", ")",
            *(other.word for other in _alternatives(actions)),
            *(action.action for action in actions),
            *(str(word) for kind in lists if not kind.spelled for word in kind.spelling),
            *(str(word) for kind in lists if kind.spelled for word in kind.spelling),
            *(unit for kind in amounts for unit in kind.units),
            *(word for kind in amounts for word in _said(kind)),
        ))
    )  # fmt: skip


def gbnf(actions: Sequence[type[Any]] = COMMAND_TYPES) -> str:
    """The grammar of shorthand in the model's tokens, in llama.cpp's GBNF.

    Whatever it admits, ``expand`` reads.
    """
    rules = {
        "root": f'"<{NONE}>" | outer',
        "outer": 'item1 ("<;>" item1)*',
        "item1": 'step | count "<x(>" inner "<)>"',
        "inner": 'item2 ("<;>" item2)*',
        "item2": 'step | count "<x(>" plain "<)>"',
        "plain": 'step ("<;>" step)*',
        "step": " | ".join(action.action for action in actions),
    }
    for action in actions:
        rules[action.action] = _step_rule(action)
        amounts = (f.kind for f in fields_of(action) if isinstance(f.kind, Amount))
        rules |= {kind.rule: _amount_rule(kind) for kind in amounts if kind.rule}
    lists = (kind for kind in _kinds(actions) if isinstance(kind, Words))
    rules |= {kind.rule: _any(kind.spelling) for kind in lists if kind.rule}
    rules["count"] = "[1-9] [0-9]?"
    rules |= {other.rule: other.body for other in _alternatives(actions)}
    rules["number"] = '("0" | [1-9] [0-9]? [0-9]? [0-9]? [0-9]?) ("." [0-9] [0-9]? [0-9]?)?'
    return "\n".join(f"{name} ::= {body}" for name, body in rules.items()) + "\n"


def _kinds(actions: Iterable[type[Any]]) -> list[Kind]:
    found: list[Kind] = []
    for kind in (field.kind for action in actions for field in fields_of(action)):
        if kind not in found:  # kinds hold tables, which have no hash
            found.append(kind)
    return found


def _alternatives(actions: Iterable[type[Any]]) -> Iterator[Alternative]:
    return (action.alternative for action in actions if action.alternative)


def _step_rule(action: type[Any]) -> str:
    other, parts = action.alternative, {f.name: _part(f) for f in fields_of(action)}
    if other:
        said = " ".join(parts.pop(name) for name in other.instead_of)
        parts = {other.word: f'({said} | "<{other.word}>" {other.rule})', **parts}
    return " ".join((f'"<{action.action}>"', *parts.values()))


def _part(field: Field) -> str:
    """A field of a step; an amount may always be left out."""
    kind = field.kind
    if isinstance(kind, Amount):
        return f"{kind.rule or f'({_amount_rule(kind)})'}?"
    return (kind.rule or _any(kind.spelling)) + ("?" if field.optional else "")


def _amount_rule(kind: Amount) -> str:
    return f"number {_any(_units(kind))} | {_any(_said(kind))}"


def _units(kind: Amount) -> tuple[str, ...]:
    return (*kind.units, *(SECONDS if kind.rates else ()))


def _said(kind: Amount) -> list[str]:
    return [word for word in kind.vague if word]


def _any(choices: Iterable[str]) -> str:
    return "(" + " | ".join(f'"<{word}>"' for word in choices) + ")"


def _tokens(text: str) -> list[str]:
    tokens, end = [], 0
    text = text.strip()
    while end < len(text):
        match = _TOKEN.match(text, end)
        if match is None:
            raise ShorthandError(f"{text[end:]!r} is not shorthand")
        tokens.append(match[1])
        end = match.end()
    if not tokens:
        raise ShorthandError("the answer is empty; out of scope is written 'none'")
    return tokens


def _model_token(token: str) -> str:
    if token.endswith("x("):
        return f"{token[:-2]}<x(>"
    return token if token[0].isdigit() else f"<{token}>"


class _Reader:
    """Tokens with one place of look-ahead."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._next = 0

    def peek(self) -> str:
        return self._tokens[self._next] if self._next < len(self._tokens) else ""

    def take(self) -> str:
        token = self.peek()
        self._next += 1
        return token

    def one_of(self, choices: Iterable[str]) -> str | None:
        """The next token if it is one of ``choices``, taken; otherwise None."""
        return self.take() if self.peek() in map(str, choices) else None


def _sequence(reader: _Reader, actions: Actions, depth: int = 0) -> list[Command]:
    commands = _item(reader, actions, depth)
    while reader.one_of(";"):
        commands = commands + _item(reader, actions, depth)
    return commands


def _item(reader: _Reader, actions: Actions, depth: int) -> list[Command]:
    if not reader.peek().endswith("x("):
        return [_step(reader, actions)]
    if depth == MAX_DEPTH:
        raise ShorthandError(f"repetitions are nested deeper than {MAX_DEPTH}")
    count = int(reader.take()[:-2])
    commands = _sequence(reader, actions, depth + 1)
    if reader.take() != ")":
        raise ShorthandError("a repetition lacks its ')'")
    return commands * count


def _step(reader: _Reader, actions: Actions) -> Command:
    action = actions.get(reader.take())
    if action is None:
        raise ShorthandError(f"a step begins with none of {', '.join(actions)}")
    fields, other = fields_of(action), action.alternative
    said: dict[str, Any] = {}
    amounts: dict[str, tuple[Amount, Decimal, str]] = {}
    hour = None
    if other and reader.one_of([other.word]):
        hour = int(Decimal(reader.take()))
        fields = tuple(field for field in fields if field.name not in other.instead_of)
    for field in fields:
        if isinstance(field.kind, Amount):
            amounts[field.name] = (field.kind, *_amount(reader, field.kind))
        elif field.optional:
            said[field.name] = reader.one_of(field.kind.spelling)
        else:
            said[field.name] = _need(
                reader, (*field.kind.spelling, *([other.word] if other else ()))
            )
    if hour is not None:
        said |= other.meaning(hour)
    for name, (kind, number, unit) in amounts.items():
        said[name] = kind.converted(number, unit, said.get("speed"))
    command: Command = action(**said)
    return command


def _need(reader: _Reader, choices: Iterable[str]) -> str:
    word = reader.one_of(choices)
    if word is None:
        raise ShorthandError(f"{reader.peek()!r} is none of {', '.join(map(str, choices))}")
    return word


def _amount(reader: _Reader, kind: Amount) -> tuple[Decimal, str]:
    """Read an amount and its unit.

    The unit is "" for a vague or unsaid amount, which is in the action's own unit already.
    """
    if not reader.peek()[:1].isdigit():
        return kind.vague[reader.one_of(_said(kind)) or ""], ""
    return Decimal(reader.take()), _need(reader, _units(kind))
