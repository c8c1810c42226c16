"""Every action of the command language, each described once.

What a sentence means is decided in ``docs/language.md``; here is what a command *is*. From the
description of an action follow the JSON schema, both grammars, the reader of shorthand, the
messages' conversion, its limits and its words for the operator; only its primitive, and a field
that no action has yet in ``tank_msgs/msg/Command.msg``, are written elsewhere.

A command is immutable, and its constructor refuses everything that the schema refuses, so a value
of type ``Command`` is always valid.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, ClassVar, get_args

from tank_core.commands.kinds import Action, Alternative, Amount, Word, Words
from tank_core.commands.units import DEGREES, METERS, SECONDS, amounts
from tank_core.exceptions import InvalidCommandError

MAX_COMMANDS = 32
MAX_INSTRUCTION_CHARS = 300


class MoveDirection(Word):
    """The way of a move, seen from the robot."""

    FORWARD = "forward"
    BACKWARD = "backward"


class TurnDirection(Word):
    """The way of a turn in place."""

    LEFT = "left"  # counter-clockwise seen from above
    RIGHT = "right"


class Speed(Word):
    """The speed of a move or a turn, as a word."""

    SLOW = "slow"
    NORMAL = "normal"
    FAST = "fast"


class Cell(Word):
    """A place beside the robot where a thing may be put down."""

    FRONT = "front"
    FRONT_LEFT = "front_left"
    FRONT_RIGHT = "front_right"
    LEFT = "left"
    RIGHT = "right"


class Color(Word):
    """The color of an object."""

    RED = "red"
    GREEN = "green"
    BLUE = "blue"
    YELLOW = "yellow"
    ORANGE = "orange"
    PURPLE = "purple"
    WHITE = "white"
    BLACK = "black"


class Shape(Word):
    """The shape of an object."""

    CUBE = "cube"
    BALL = "ball"
    CYLINDER = "cylinder"


def _clock(hour: int) -> dict[str, Any]:
    """1 to 6 o'clock are on the right, 7 to 11 on the left, 30 degrees an hour.

    12 is straight ahead: nothing to do.
    """
    if not 1 <= hour <= 11:
        raise InvalidCommandError(f"{hour} o'clock is no turn; say 1 to 11 o'clock")
    if hour <= 6:
        return {"direction": TurnDirection.RIGHT, "angle_deg": 30.0 * hour}
    return {"direction": TurnDirection.LEFT, "angle_deg": 30.0 * (12 - hour)}


CLOCK = Alternative("clock", "hour", '[1-9] | "1" [0-2]', ("direction", "angle_deg"), _clock)
DISTANCE = Amount(
    "m",
    100,
    METERS,
    vague=amounts("1, bit 0.5, touch 0.3, far 5"),
    rates={None: Decimal("0.5"), Speed.SLOW: Decimal("0.2"), Speed.FAST: Decimal("1")},
    rule="way",
)
ANGLE = Amount(
    "degrees",
    360,
    DEGREES,
    vague=amounts("90, bit 30, touch 15"),
    rates={None: Decimal("57.3"), Speed.SLOW: Decimal("28.6"), Speed.FAST: Decimal("114.6")},
    rule="angle",
    converted_digits=1,
)
DURATION = Amount("s", 600, SECONDS, vague=amounts("1, bit 2, far 5"))
PACE = Words(Speed, "pace", unsaid=Speed.NORMAL, spelled=(Speed.SLOW, Speed.FAST))
Pace = Annotated[Speed, PACE]
ArmCell = Annotated[Cell, Words(Cell, "cell", unsaid=Cell.FRONT)]
OfColor = Annotated[Color, Words(Color, "color")]
OfShape = Annotated[Shape, Words(Shape, "shape")]


# ``says``: the command in the operator's words. Braces hold a field, or the object that color and
# shape name; square brackets what is left out when its field is not said.


@dataclass(frozen=True)
class Move(Action):
    """Drive in a straight line."""

    action: ClassVar[str] = "move"
    says: ClassVar[str] = "move {direction} {distance_m}[, {speed}]"
    direction: MoveDirection
    distance_m: Annotated[float, DISTANCE]
    speed: Pace | None = None


@dataclass(frozen=True)
class Turn(Action):
    """Rotate in place; left is counter-clockwise seen from above."""

    action: ClassVar[str] = "turn"
    says: ClassVar[str] = "turn {direction} {angle_deg}[, {speed}]"
    alternative: ClassVar[Alternative | None] = CLOCK
    direction: TurnDirection
    angle_deg: Annotated[float, ANGLE]
    speed: Pace | None = None


@dataclass(frozen=True)
class Stop(Action):
    """Stop everything at once."""

    action: ClassVar[str] = "stop"
    says: ClassVar[str] = "stop"


@dataclass(frozen=True)
class Wait(Action):
    """Stand still."""

    action: ClassVar[str] = "wait"
    says: ClassVar[str] = "wait {duration_s}"
    duration_s: Annotated[float, DURATION]


@dataclass(frozen=True)
class Grasp(Action):
    """Pick up the object in a cell, or one of a color or shape anywhere."""

    action: ClassVar[str] = "grasp"
    says: ClassVar[str] = "grasp {object}[ in {cell}]"
    cell: ArmCell | None = None
    color: OfColor | None = None
    shape: OfShape | None = None


@dataclass(frozen=True)
class Release(Action):
    """Put the held object down in a cell."""

    action: ClassVar[str] = "release"
    says: ClassVar[str] = "release into {cell}"
    cell: ArmCell | None = None


@dataclass(frozen=True)
class Face(Action):
    """Turn in place until an object is in the middle of the image.

    The nearest one by default.
    """

    action: ClassVar[str] = "face"
    says: ClassVar[str] = "face {object}"
    color: OfColor | None = None
    shape: OfShape | None = None


@dataclass(frozen=True)
class Approach(Action):
    """Drive up to an object, and end with it in the arm zone.

    The nearest one by default.
    """

    action: ClassVar[str] = "approach"
    says: ClassVar[str] = "approach {object}"
    color: OfColor | None = None
    shape: OfShape | None = None


# The list of actions, in the order of the schema, the grammars and the model's words.
Command = Move | Turn | Stop | Wait | Grasp | Release | Face | Approach
COMMAND_TYPES: tuple[type[Command], ...] = get_args(Command)
ACTIONS: dict[str, type[Command]] = {kind.action: kind for kind in COMMAND_TYPES}
