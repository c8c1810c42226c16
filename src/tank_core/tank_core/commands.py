"""The command language as types.

The one source of the JSON schema, the grammars and the messages.

What a sentence means is decided in ``docs/language.md``; here is only what a command *is*. A
command is an immutable dataclass whose constructor refuses everything that the schema refuses, so a
value of type ``Command`` is always valid.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, ClassVar

from tank_core.exceptions import InvalidCommandError
from tank_core.io.one_line import quoted

MAX_DISTANCE_M = 100.0
MAX_ANGLE_DEG = 360.0
MAX_DURATION_S = 600.0
MAX_COMMANDS = 32
MAX_INSTRUCTION_CHARS = 300


class _Word(StrEnum):
    """An enumeration whose values are the words of the JSON."""


class MoveDirection(_Word):
    FORWARD = "forward"
    BACKWARD = "backward"


class TurnDirection(_Word):
    LEFT = "left"  # counter-clockwise seen from above
    RIGHT = "right"


class Speed(_Word):
    SLOW = "slow"
    NORMAL = "normal"
    FAST = "fast"


class Cell(_Word):
    FRONT = "front"
    FRONT_LEFT = "front_left"
    FRONT_RIGHT = "front_right"
    LEFT = "left"
    RIGHT = "right"


class Color(_Word):
    RED = "red"
    GREEN = "green"
    BLUE = "blue"
    YELLOW = "yellow"
    ORANGE = "orange"
    PURPLE = "purple"
    WHITE = "white"
    BLACK = "black"


class Shape(_Word):
    CUBE = "cube"
    BALL = "ball"
    CYLINDER = "cylinder"


def _word(kind: type[_Word], name: str, value: object) -> Any:
    try:
        return kind(value)  # type: ignore[arg-type]  # anything may come from outside; what is no word is refused
    except ValueError:
        choices = ", ".join(kind)
        raise InvalidCommandError(f"{name} is {quoted(value)}; say one of {choices}") from None


def _optional_word(kind: type[_Word], name: str, value: object) -> Any:
    return None if value is None else _word(kind, name, value)


def _quantity(name: str, value: object, maximum: float, unit: str) -> float:
    # Not-a-number fails the comparison; so does an int too large for a float, which math.isfinite
    # would choke on.
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 < value <= maximum:
        raise InvalidCommandError(
            f"{name} is {quoted(value)}; it must be a number over 0 and at most {maximum:g} {unit}"
        )
    return float(value)


@dataclass(frozen=True)
class Move:
    """Drive in a straight line. ``distance_m`` [m] in (0, 100]."""

    action: ClassVar[str] = "move"
    direction: MoveDirection
    distance_m: float
    speed: Speed | None = None

    def __post_init__(self) -> None:
        _set(self, "direction", _word(MoveDirection, "direction", self.direction))
        _set(self, "distance_m", _quantity("distance_m", self.distance_m, MAX_DISTANCE_M, "m"))
        _set(self, "speed", _optional_word(Speed, "speed", self.speed))


@dataclass(frozen=True)
class Turn:
    """Rotate in place.

    ``angle_deg`` [deg] in (0, 360]; left is counter-clockwise seen from above.
    """

    action: ClassVar[str] = "turn"
    direction: TurnDirection
    angle_deg: float
    speed: Speed | None = None

    def __post_init__(self) -> None:
        _set(self, "direction", _word(TurnDirection, "direction", self.direction))
        _set(self, "angle_deg", _quantity("angle_deg", self.angle_deg, MAX_ANGLE_DEG, "degrees"))
        _set(self, "speed", _optional_word(Speed, "speed", self.speed))


@dataclass(frozen=True)
class Stop:
    """Stop everything at once."""

    action: ClassVar[str] = "stop"


@dataclass(frozen=True)
class Wait:
    """Stand still. ``duration_s`` [s] in (0, 600]."""

    action: ClassVar[str] = "wait"
    duration_s: float

    def __post_init__(self) -> None:
        _set(self, "duration_s", _quantity("duration_s", self.duration_s, MAX_DURATION_S, "s"))


@dataclass(frozen=True)
class Grasp:
    """Pick up the object in a cell (default front), or, with a color or shape, that object
    wherever it is.
    """

    action: ClassVar[str] = "grasp"
    cell: Cell | None = None
    color: Color | None = None
    shape: Shape | None = None

    def __post_init__(self) -> None:
        _set(self, "cell", _optional_word(Cell, "cell", self.cell))
        _set_object(self)


@dataclass(frozen=True)
class Release:
    """Put the held object down in a cell (default front)."""

    action: ClassVar[str] = "release"
    cell: Cell | None = None

    def __post_init__(self) -> None:
        _set(self, "cell", _optional_word(Cell, "cell", self.cell))


@dataclass(frozen=True)
class Face:
    """Turn in place until the object (default: the nearest) is in the middle of the camera
    image.
    """

    action: ClassVar[str] = "face"
    color: Color | None = None
    shape: Shape | None = None

    def __post_init__(self) -> None:
        _set_object(self)


@dataclass(frozen=True)
class Approach:
    """Drive up to the object (default: the nearest) and end with it in the arm zone."""

    action: ClassVar[str] = "approach"
    color: Color | None = None
    shape: Shape | None = None

    def __post_init__(self) -> None:
        _set_object(self)


Command = Move | Turn | Stop | Wait | Grasp | Release | Face | Approach
COMMAND_TYPES: tuple[type[Command], ...] = (Move, Turn, Stop, Wait, Grasp, Release, Face, Approach)
ACTIONS: dict[str, type[Command]] = {kind.action: kind for kind in COMMAND_TYPES}


def _set(command: object, name: str, value: object) -> None:
    object.__setattr__(command, name, value)


def _set_object(command: Grasp | Face | Approach) -> None:
    _set(command, "color", _optional_word(Color, "color", command.color))
    _set(command, "shape", _optional_word(Shape, "shape", command.shape))


def command_from_dict(data: Mapping[str, Any]) -> Command:
    """The command that one JSON object describes.

    Raises InvalidCommandError for anything the schema refuses.
    """
    if not isinstance(data, Mapping):
        raise InvalidCommandError(
            f"a command is {quoted(data)}; it must be an object with an action"
        )
    action = data.get("action")
    kind = ACTIONS.get(action) if isinstance(action, str) else None
    if kind is None:
        raise InvalidCommandError(f"action is {quoted(action)}; say one of {', '.join(ACTIONS)}")
    known = [field.name for field in fields(kind)]
    for name, value in data.items():
        if name != "action" and name not in known:
            raise InvalidCommandError(
                f"{action} has no field {quoted(name)}; it has {', '.join(known) or 'none'}"
            )
        if value is None:
            raise InvalidCommandError(f"{action}.{name} is null; leave it out or give a value")
    try:
        return kind(**{name: value for name, value in data.items() if name != "action"})
    except TypeError:
        missing = [name for name in known if name not in data]
        raise InvalidCommandError(f"{action} lacks a field: {', '.join(missing)}") from None


def command_to_dict(command: Command) -> dict[str, Any]:
    """The JSON object of a command.

    The action first, then its fields, those that were not said left out.
    """
    data: dict[str, Any] = {"action": command.action}
    for field in fields(command):
        value = getattr(command, field.name)
        if value is not None:
            data[field.name] = str(value) if isinstance(value, _Word) else value
    return data


def commands_from_json(data: object) -> tuple[Command, ...]:
    """The commands of ``{"commands": [...]}``.

    Raises InvalidCommandError that names the first bad step.
    """
    if (
        not isinstance(data, Mapping)
        or set(data) != {"commands"}
        or not isinstance(data["commands"], list)
    ):
        raise InvalidCommandError('the answer is not {"commands": [...]} and nothing else')
    return _checked(data["commands"])


def commands_to_json(commands: Iterable[Command]) -> dict[str, Any]:
    """``{"commands": [...]}``."""
    return {"commands": [command_to_dict(command) for command in commands]}


def _checked(items: list[Any]) -> tuple[Command, ...]:
    if len(items) > MAX_COMMANDS:
        raise InvalidCommandError(
            f"{len(items)} steps are too many; at most {MAX_COMMANDS} in one instruction"
        )
    commands = []
    for number, item in enumerate(items, start=1):
        try:
            commands.append(command_from_dict(item))
        except InvalidCommandError as error:
            raise InvalidCommandError(f"step {number}: {error}") from None
    return tuple(commands)


def equivalent(first: Iterable[Command], second: Iterable[Command]) -> bool:
    """Equality of two answers as docs/language.md defines it.

    Normal speed and the front cell count as not said.
    """
    one, other = list(first), list(second)
    return len(one) == len(other) and all(map(_same, one, other))


def _same(first: Command, second: Command) -> bool:
    one, other = _plain(first), _plain(second)
    if one.keys() != other.keys():
        return False
    return all(
        math.isclose(one[key], other[key], rel_tol=1e-6)
        if isinstance(one[key], float)
        else one[key] == other[key]
        for key in one
    )


def _plain(command: Command) -> dict[str, Any]:
    data = command_to_dict(command)
    if data.get("speed") == Speed.NORMAL.value:
        del data["speed"]
    if data.get("cell") == Cell.FRONT.value:
        del data["cell"]
    return data
