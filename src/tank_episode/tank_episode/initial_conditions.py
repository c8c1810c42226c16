"""A world for one command list.

What it names is there, where a robot that does as it is told comes upon it. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import cycle

from tank_core.commands import (
    Approach,
    Color,
    Command,
    Face,
    Grasp,
    Move,
    MoveDirection,
    Release,
    Shape,
    Turn,
    TurnDirection,
)
from tank_core.geometry import Place
from tank_core.robot import Robot
from tank_core.state import Pose2D
from tank_sim.worlds import World, WorldObject, on_floor

SIZE_M = 0.04
# Where named things stand, from where the robot is when it is first to look at one [m]: in sight,
# apart, beside the way ahead.
PLACES = ((0.9, 0.45), (0.9, -0.45), (1.3, 0.75), (1.3, -0.75), (0.6, 0.75), (0.6, -0.75))
SAME_M = 0.05  # places nearer than this are one


class InitialConditions:
    """Walks through a command list and puts things where they are needed.

    It goes as far as odometry alone tells where the list leads.
    """

    def __init__(self, robot: Robot, commands: Sequence[Command]) -> None:
        self._robot = robot
        self._here = Pose2D()
        self._things: list[WorldObject] = []
        self._taken: list[Place] = []
        self._places = iter(PLACES)
        self._colors = cycle(
            color
            for color in Color
            if color not in {getattr(command, "color", None) for command in commands}
        )
        self.prelude = self._begin_holding(commands)
        for command in commands:
            self._walk(command)

    @property
    def world(self) -> World:
        return World("stage", tuple(self._things))

    def _begin_holding(self, commands: Sequence[Command]) -> tuple[Command, ...]:
        """Give the hand something where it first has to put something down.

        Such a thing has to be picked up before.
        """
        first = next(
            (command for command in commands if isinstance(command, (Grasp, Release))), None
        )
        if not isinstance(first, Release):
            return ()
        self._put(next(self._colors), Shape.CUBE, self._robot.cell(None))
        self._taken.clear()
        return (Grasp(),)

    def _walk(self, command: Command) -> None:
        if isinstance(command, Move):
            sign = 1.0 if command.direction is MoveDirection.FORWARD else -1.0
            self._here = Pose2D(
                *self._here.to_world((sign * command.distance_m, 0.0)), self._here.yaw
            )
        elif isinstance(command, Turn):
            sign = 1.0 if command.direction is TurnDirection.LEFT else -1.0
            self._here = Pose2D(
                self._here.x, self._here.y, self._here.yaw + sign * math.radians(command.angle_deg)
            )
        elif isinstance(command, Release):
            self._taken.append(self._here.to_world(self._robot.cell(command.cell)))
        elif isinstance(command, (Face, Approach)) or command_is_named(command):
            self._name(command)
        elif isinstance(command, Grasp):
            place = self._here.to_world(self._robot.cell(command.cell))
            if all(math.dist(place, taken) > SAME_M for taken in self._taken):
                self._put(next(self._colors), Shape.CUBE, place)

    def _name(self, command: Command) -> None:
        """A thing of the color and shape that are said, unless there is one."""
        assert isinstance(command, (Grasp, Face, Approach))
        color, shape = command.color, command.shape
        if any(
            color in (None, thing.color) and shape in (None, thing.shape) for thing in self._things
        ):
            return
        in_cell = isinstance(command, Grasp) and command.cell is not None
        place = (
            self._robot.cell(command.cell)
            if isinstance(command, Grasp) and in_cell
            else next(self._places, None)
        )
        if place is not None:
            self._put(color or next(self._colors), shape or Shape.CUBE, self._here.to_world(place))

    def _put(self, color: Color, shape: Shape, place: Place) -> None:
        self._things.append(on_floor(color, shape, SIZE_M, place))
        self._taken.append(place)


def command_is_named(command: Command) -> bool:
    """Whether it is a grasp by color or shape."""
    return isinstance(command, Grasp) and (command.color is not None or command.shape is not None)


def needs_perception(commands: Sequence[Command]) -> bool:
    """Whether any command goes by what the camera sees."""
    return any(
        isinstance(command, (Face, Approach)) or command_is_named(command) for command in commands
    )
