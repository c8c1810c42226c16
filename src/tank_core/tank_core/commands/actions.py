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
from typing import Annotated, ClassVar, get_args

from tank_core.commands.fields import (
    ANGLE,
    BEND,
    CLOCK,
    DISTANCE,
    DURATION,
    PAST,
    RADIUS,
    RELATION,
    STAND,
    UNTIL,
    ArmCell,
    CompassHeading,
    OfColor,
    OfShape,
    OfSide,
    Pace,
    PlaceName,
)
from tank_core.commands.kinds import Action, Alternative, Condition, FieldGroup
from tank_core.commands.words import ArmPose, MoveDirection, Past, Relation, Topic, Until

MAX_COMMANDS = 32
MAX_INSTRUCTION_CHARS = 300


# ``says``: the command in the operator's words. Braces hold a field, or the object that color and
# shape name; square brackets what is left out when its field is not said.


@dataclass(frozen=True)
class Move(Action):
    """Drive in a straight line, at most until something happens."""

    action: ClassVar[str] = "move"
    says: ClassVar[str] = "move {direction} {distance_m}[, {speed}][, until {until}]"
    condition: ClassVar[Condition | None] = Condition(("color", "shape"), "until", Until.OBJECT)
    direction: MoveDirection
    distance_m: Annotated[float, DISTANCE]
    speed: Pace | None = None
    until: Annotated[Until, UNTIL] | None = None
    color: OfColor | None = None
    shape: OfShape | None = None


@dataclass(frozen=True)
class Turn(Action):
    """Rotate in place; left is counter-clockwise seen from above."""

    action: ClassVar[str] = "turn"
    says: ClassVar[str] = "turn {direction} {angle_deg}[, {speed}]"
    alternative: ClassVar[Alternative | None] = CLOCK
    direction: OfSide
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
    says: ClassVar[str] = "grasp {object}[ {cell}]"
    cell: ArmCell | None = None
    color: OfColor | None = None
    shape: OfShape | None = None


@dataclass(frozen=True)
class Release(Action):
    """Put the held object down in a cell, or beside or on an object."""

    action: ClassVar[str] = "release"
    says: ClassVar[str] = "release {cell}"
    forms: ClassVar[tuple[FieldGroup, ...]] = (
        FieldGroup(may=("cell",)),
        FieldGroup(("relation",), ("color", "shape"), says="release {relation} {object}"),
    )
    cell: ArmCell | None = None
    relation: Annotated[Relation, RELATION] | None = None
    color: OfColor | None = None
    shape: OfShape | None = None


@dataclass(frozen=True)
class Face(Action):
    """Turn in place to a heading, or to an object.

    The object, by default the nearest, is then in the middle of the image.
    """

    action: ClassVar[str] = "face"
    says: ClassVar[str] = "face {object}"
    forms: ClassVar[tuple[FieldGroup, ...]] = (
        FieldGroup(may=("color", "shape")),
        FieldGroup(("heading_deg",), says="face {heading_deg}"),
    )
    color: OfColor | None = None
    shape: OfShape | None = None
    heading_deg: CompassHeading | None = None


@dataclass(frozen=True)
class Approach(Action):
    """Drive up to an object.

    By default to the nearest one, and so that it is in the arm zone; or end on one side of it.
    """

    action: ClassVar[str] = "approach"
    says: ClassVar[str] = "approach {object}[ and end {relation} it]"
    color: OfColor | None = None
    shape: OfShape | None = None
    relation: Annotated[Relation, STAND] | None = None


@dataclass(frozen=True)
class Arc(Action):
    """Drive forward along a circle whose center lies on that side."""

    action: ClassVar[str] = "arc"
    says: ClassVar[str] = "arc {direction} {angle_deg}, radius {radius_m}[, {speed}]"
    direction: OfSide
    radius_m: Annotated[float, RADIUS]
    angle_deg: Annotated[float, BEND]
    speed: Pace | None = None


@dataclass(frozen=True)
class Arm(Action):
    """Move the arm into a pose; what is held stays held."""

    action: ClassVar[str] = "arm"
    says: ClassVar[str] = "arm {pose}"
    pose: ArmPose


@dataclass(frozen=True)
class GoThrough(Action):
    """Drive through a gate or doorway, and end beyond it.

    The one ahead, or the one on that side.
    """

    action: ClassVar[str] = "go_through"
    says: ClassVar[str] = "go through the gate[ on the {side}]"
    side: OfSide | None = None


@dataclass(frozen=True)
class GoTo(Action):
    """Drive to a place that was remembered."""

    action: ClassVar[str] = "go_to"
    says: ClassVar[str] = "go to {place}"
    place: PlaceName


@dataclass(frozen=True)
class GoBack(Action):
    """Drive to where the robot was, and turn to the heading that it had there."""

    action: ClassVar[str] = "go_back"
    says: ClassVar[str] = "go back {to}"
    to: Annotated[Past, PAST]


@dataclass(frozen=True)
class Remember(Action):
    """Keep this place under a name, or the way it faces as a heading."""

    action: ClassVar[str] = "remember"
    says: ClassVar[str] = "remember this place as {place}"
    forms: ClassVar[tuple[FieldGroup, ...]] = (
        FieldGroup(("place",)),
        FieldGroup(("heading_deg",), says="remember that this is {heading_deg}"),
    )
    place: PlaceName | None = None
    heading_deg: CompassHeading | None = None


@dataclass(frozen=True)
class TakePhoto(Action):
    """Take one picture, standing still."""

    action: ClassVar[str] = "photo"
    says: ClassVar[str] = "photo"


@dataclass(frozen=True)
class Report(Action):
    """Answer in words from what is measured; never moves."""

    action: ClassVar[str] = "report"
    says: ClassVar[str] = "report {what}[: {object}]"
    what: Topic
    color: OfColor | None = None
    shape: OfShape | None = None


# The list of actions, in the order of the schema, the grammars and the model's words.
Command = (
    Move
    | Turn
    | Stop
    | Wait
    | Grasp
    | Release
    | Face
    | Approach
    | Arc
    | Arm
    | GoThrough
    | GoTo
    | GoBack
    | Remember
    | TakePhoto
    | Report
)
COMMAND_TYPES: tuple[type[Command], ...] = get_args(Command)
ACTIONS: dict[str, type[Command]] = {kind.action: kind for kind in COMMAND_TYPES}
