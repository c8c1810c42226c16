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
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from tank_core.commands import (
    MAX_COMMANDS,
    Approach,
    Cell,
    Color,
    Command,
    Face,
    Grasp,
    Move,
    MoveDirection,
    Release,
    Shape,
    Speed,
    Stop,
    Turn,
    TurnDirection,
    Wait,
)
from tank_core.exceptions import InvalidCommandError, TankError

NONE = "none"
# the reason of every refusal for want of a command
NOT_A_COMMAND = "nothing that this robot knows how to do"
CLOCK = "clock"
METERS = {unit: Decimal(size) for unit, size in (
    ("m", "1"), ("cm", "0.01"), ("mm", "0.001"), ("km", "1000"), ("ft", "0.3048"),
    ("in", "0.0254"), ("yd", "0.9144"), ("mi", "1609.344"), ("step", "0.5"),
)}  # fmt: skip
DEGREES = {"deg": Decimal("1"), "rad": Decimal("57.2958")}
SECONDS = {"s": Decimal("1"), "min": Decimal("60"), "h": Decimal("3600")}
# What a word of vagueness, or no word at all (""), means in each action.
VAGUE_METERS = {
    "": Decimal("1"),
    "bit": Decimal("0.5"),
    "touch": Decimal("0.3"),
    "far": Decimal("5"),
}
VAGUE_DEGREES = {"": Decimal("90"), "bit": Decimal("30"), "touch": Decimal("15")}
VAGUE_SECONDS = {"": Decimal("1"), "bit": Decimal("2"), "far": Decimal("5")}
# Motion for a time: the language's speeds, [m/s] and [deg/s].
TIMED_METERS = {None: Decimal("0.5"), Speed.SLOW: Decimal("0.2"), Speed.FAST: Decimal("1")}
TIMED_DEGREES = {None: Decimal("57.3"), Speed.SLOW: Decimal("28.6"), Speed.FAST: Decimal("114.6")}
PACES = (Speed.SLOW, Speed.FAST)
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


def expand(text: str) -> Expansion:
    """The commands that shorthand stands for, or a Refusal (out of scope, out of range). Raises
    ShorthandError.
    """
    tokens = _tokens(text)
    if tokens == [NONE]:
        return Refusal(NOT_A_COMMAND)
    reader = _Reader(tokens)
    try:
        commands = _sequence(reader, depth=0)
    except InvalidCommandError as error:
        return Refusal(str(error))
    if reader.peek():
        raise ShorthandError(f"shorthand goes on with {reader.peek()!r} after its end: {text!r}")
    if len(commands) > MAX_COMMANDS:
        return Refusal(
            f"{len(commands)} steps are too many; at most {MAX_COMMANDS} in one instruction"
        )
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


def words() -> tuple[str, ...]:
    """Every word that the model has one token for, in a fixed order."""
    amounts = (*METERS, *DEGREES, *SECONDS, "bit", "touch", "far")
    values = [
        str(word) for kind in (MoveDirection, TurnDirection, Cell, Color, Shape) for word in kind
    ]
    actions = [kind.action for kind in (Move, Turn, Stop, Wait, Grasp, Release, Face, Approach)]
    return tuple(
        dict.fromkeys((NONE, ";", "x(", ")", CLOCK, *actions, *values, *map(str, PACES), *amounts))
    )


def gbnf() -> str:
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
        "step": "move | turn | stop | wait | grasp | release | face | approach",
        "move": f'"<move>" {_any(MoveDirection)} way? pace?',
        "way": f"number {_any((*METERS, *SECONDS))} | {_any(_said(VAGUE_METERS))}",
        "turn": f'"<turn>" ({_any(TurnDirection)} angle? | "<{CLOCK}>" hour) pace?',
        "angle": f"number {_any((*DEGREES, *SECONDS))} | {_any(_said(VAGUE_DEGREES))}",
        "stop": '"<stop>"',
        "wait": f'"<wait>" (number {_any(SECONDS)} | {_any(_said(VAGUE_SECONDS))})?',
        "grasp": '"<grasp>" cell? color? shape?',
        "release": '"<release>" cell?',
        "face": '"<face>" color? shape?',
        "approach": '"<approach>" color? shape?',
        "pace": _any(PACES),
        "cell": _any(Cell),
        "color": _any(Color),
        "shape": _any(Shape),
        "count": "[1-9] [0-9]?",
        "hour": '[1-9] | "1" [0-2]',
        "number": '("0" | [1-9] [0-9]? [0-9]? [0-9]? [0-9]?) ("." [0-9] [0-9]? [0-9]?)?',
    }
    return "\n".join(f"{name} ::= {body}" for name, body in rules.items()) + "\n"


def _said(amounts: dict[str, Decimal]) -> list[str]:
    return [word for word in amounts if word]


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


def _sequence(reader: _Reader, depth: int) -> list[Command]:
    commands = _item(reader, depth)
    while reader.peek() == ";":
        reader.take()
        commands = commands + _item(reader, depth)
    return commands


def _item(reader: _Reader, depth: int) -> list[Command]:
    if not reader.peek().endswith("x("):
        return _STEPS.get(reader.take(), _unknown)(reader)
    if depth == MAX_DEPTH:
        raise ShorthandError(f"repetitions are nested deeper than {MAX_DEPTH}")
    count = int(reader.take()[:-2])
    commands = _sequence(reader, depth + 1)
    if reader.take() != ")":
        raise ShorthandError("a repetition lacks its ')'")
    return commands * count


def _unknown(reader: _Reader) -> list[Command]:
    raise ShorthandError(f"a step begins with none of {', '.join(_STEPS)}")


def _move(reader: _Reader) -> list[Command]:
    direction = _need(reader, MoveDirection)
    amount, unit = _amount(reader, METERS, VAGUE_METERS, timed=True)
    pace = _pace(reader)
    rate = TIMED_METERS[pace] * SECONDS[unit] if unit in SECONDS else METERS.get(unit, Decimal(1))
    return [Move(MoveDirection(direction), _rounded(amount * rate, "0.001"), pace)]


def _turn(reader: _Reader) -> list[Command]:
    direction = _need(reader, (*TurnDirection, CLOCK))
    if direction == CLOCK:
        return _turn_to_hour(int(Decimal(reader.take())), _pace(reader))
    amount, unit = _amount(reader, DEGREES, VAGUE_DEGREES, timed=True)
    pace = _pace(reader)
    rate = TIMED_DEGREES[pace] * SECONDS[unit] if unit in SECONDS else DEGREES.get(unit, Decimal(1))
    exact = unit in ("", "deg")
    return [
        Turn(TurnDirection(direction), _rounded(amount * rate, "0.001" if exact else "0.1"), pace)
    ]


def _turn_to_hour(hour: int, pace: Speed | None) -> list[Command]:
    """1 to 6 o'clock are on the right, 7 to 11 on the left, 30 degrees an hour.

    12 is straight ahead: nothing to do.
    """
    if not 1 <= hour <= 11:
        raise InvalidCommandError(f"{hour} o'clock is no turn; say 1 to 11 o'clock")
    if hour <= 6:
        return [Turn(TurnDirection.RIGHT, 30.0 * hour, pace)]
    return [Turn(TurnDirection.LEFT, 30.0 * (12 - hour), pace)]


def _stop(reader: _Reader) -> list[Command]:
    return [Stop()]


def _wait(reader: _Reader) -> list[Command]:
    amount, unit = _amount(reader, SECONDS, VAGUE_SECONDS)
    return [Wait(_rounded(amount * SECONDS.get(unit, Decimal(1)), "0.001"))]


def _grasp(reader: _Reader) -> list[Command]:
    cell = reader.one_of(Cell)
    return [Grasp(cell, *_object(reader))]  # type: ignore[arg-type]


def _release(reader: _Reader) -> list[Command]:
    return [Release(reader.one_of(Cell))]  # type: ignore[arg-type]


def _face(reader: _Reader) -> list[Command]:
    return [Face(*_object(reader))]  # type: ignore[arg-type]


def _approach(reader: _Reader) -> list[Command]:
    return [Approach(*_object(reader))]  # type: ignore[arg-type]


_STEPS = {
    "move": _move, "turn": _turn, "stop": _stop, "wait": _wait,
    "grasp": _grasp, "release": _release, "face": _face, "approach": _approach,
}  # fmt: skip


def _object(reader: _Reader) -> tuple[str | None, str | None]:
    return reader.one_of(Color), reader.one_of(Shape)


def _need(reader: _Reader, choices: Iterable[str]) -> str:
    word = reader.one_of(choices)
    if word is None:
        raise ShorthandError(f"{reader.peek()!r} is none of {', '.join(map(str, choices))}")
    return word


def _pace(reader: _Reader) -> Speed | None:
    word = reader.one_of(PACES)
    return Speed(word) if word else None


def _amount(
    reader: _Reader, units: dict[str, Decimal], vague: dict[str, Decimal], timed: bool = False
) -> tuple[Decimal, str]:
    """(amount, unit); the unit is "" for a vague or unsaid amount, which is in the action's own
    unit already.
    """
    if not reader.peek()[:1].isdigit():
        return vague[reader.one_of(_said(vague)) or ""], ""
    number = Decimal(reader.take())
    return number, _need(reader, (*units, *SECONDS) if timed else units)


def _rounded(value: Decimal, step: str) -> float:
    return float(value.quantize(Decimal(step), rounding=ROUND_HALF_UP))
