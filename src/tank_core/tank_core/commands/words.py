"""The words of the command language: what may stand in an action's fields."""

from __future__ import annotations

from tank_core.commands.kinds import Word


class MoveDirection(Word):
    """The way of a move, seen from the robot."""

    FORWARD = "forward"
    BACKWARD = "backward"


class Side(Word):
    """The way of a turn or an arc, or where a gate is."""

    LEFT = "left"  # counter-clockwise seen from above
    RIGHT = "right"

    @property
    def sign(self) -> int:
        """1 to the left, -1 to the right: as of angles, and of y in base_link."""
        return 1 if self is Side.LEFT else -1


class Speed(Word):
    """The speed of a move, a turn or an arc, as a word."""

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


class Until(Word):
    """The event that ends a move before its distance."""

    OBSTACLE = "obstacle"
    OBJECT = "object"


class Relation(Word):
    """A place beside an object, as the robot sees it when it faces the object."""

    NEXT_TO = "next_to"
    ON = "on"
    IN_FRONT_OF = "in_front_of"
    BEHIND = "behind"
    LEFT_OF = "left_of"
    RIGHT_OF = "right_of"


class ArmPose(Word):
    """A pose of the arm that has a name."""

    UP = "up"
    DOWN = "down"
    HOME = "home"
    WAVE = "wave"  # a short wave, then home


class Past(Word):
    """A place where the robot was.

    When it was started, before the last request, and when this one began.
    """

    START = "start"
    BEFORE = "before"
    HERE = "here"


class Topic(Word):
    """The subject of a question."""

    OBJECTS = "objects"
    POSITION = "position"
    HOLDING = "holding"
    BATTERY = "battery"
    STATUS = "status"
