"""A world for one command list, and what has to happen before it.

What it names is there, where a robot that does as it is told comes upon it. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import cycle

from tank_core.commands import (
    Approach,
    Color,
    Command,
    Face,
    GoBack,
    GoThrough,
    GoTo,
    Grasp,
    Move,
    MoveDirection,
    Past,
    Release,
    Remember,
    Report,
    Shape,
    Side,
    TakePhoto,
    Topic,
    Turn,
    Until,
)
from tank_core.geometry import Place
from tank_core.robot import Robot
from tank_episode.course import NORTH, Course
from tank_executor.motion.route import Footprint
from tank_sim.worlds import Fixture, Scene, World, WorldObject, on_floor
from tank_sim.worlds.arches import arch

SIZE_M = 0.04
# Where named things stand, from where the robot is when it is first to look at one [m]: in sight,
# apart, beside the way ahead.
PLACES = ((0.9, 0.45), (0.9, -0.45), (1.3, 0.75), (1.3, -0.75), (0.6, 0.75), (0.6, -0.75))
SAME_M = 0.05  # places nearer than this are one
ASIDE_M = 0.4  # from a thing, where an approach with a relation ends
# Something that ends a move ends it after this way [m], or after half of its limit.
UNTIL_M = 1.25
# A thing that is sought comes in sight so far ahead [m], with its shape and by its color alone; it
# stands so far beside the way. A wall is half as large as this.
SHAPE_IN_SIGHT_M, COLOR_IN_SIGHT_M, BESIDE_M = 1.85, 4.0, 0.35
WALL_HALF = (0.05, 0.5, 0.15)
WALL_ROOM_M = 0.3  # between the robot and what stops it
# An arch ahead, and one on a side: how far [m] and in which direction [rad]; how wide; and how far
# beyond it the robot ends.
ARCH, ARCH_ASIDE, ARCH_WIDTH_M, BEYOND_M = (1.3, 0.0), (1.45, math.radians(65)), 0.55, 0.5
PLACE_M, APART_M = 0.75, 0.4  # behind the start: the first place that has a name, and the next ones
# Two requests that leave the start, where it was before, and where it is, three places.
AWAY = (
    (Move(MoveDirection.BACKWARD, 0.6), Turn(Side.LEFT, 40.0)),
    (Move(MoveDirection.BACKWARD, 0.5), Turn(Side.RIGHT, 70.0)),
)

Request = tuple[Command, ...]


class InitialConditions:
    """Walks through a command list and puts things where they are needed.

    It goes as far as the words tell where the list leads. ``preludes`` are requests that come
    before, in their order: what is to be put down is picked up, places are given their names, and
    the robot leaves where it is to go back to.
    """

    def __init__(
        self, robot: Robot, commands: Sequence[Command], previous: Sequence[Command] = ()
    ) -> None:
        """``previous``: the request before the list, where there was one."""
        self._robot = robot
        self._course = Course(NORTH)
        self._things: list[WorldObject] = []
        self._fixtures: list[Fixture] = []
        self._taken: list[Place] = []
        self._held: WorldObject | None = None
        self._spots = iter(PLACES)
        both = (*previous, *commands)
        named = {getattr(command, "color", None) for command in both}
        self._colors = cycle(color for color in Color if color not in named)
        hold = self._begin_holding(both)
        away = AWAY[: 1 if previous else 2] if _goes_back(both) else ()
        before = (*_tours(both), *away, *([tuple(previous)] if previous else []))
        for request in (*before, tuple(commands)):
            self._walk(request)
        self.preludes: tuple[Request, ...] = (*hold, *before)

    @property
    def world(self) -> World:
        return World("stage", tuple(self._things), Scene(fixtures=tuple(self._fixtures)))

    def _begin_holding(self, commands: Iterable[Command]) -> tuple[Request, ...]:
        """Give the hand something where it first has to put something down.

        Such a thing has to be picked up before.
        """
        first = next(
            (command for command in commands if isinstance(command, (Grasp, Release))), None
        )
        if not isinstance(first, Release):
            return ()
        self._held = self._put(next(self._colors), Shape.CUBE, self._robot.cell(None))
        self._taken.clear()
        return ((Grasp(),),)

    def _walk(self, commands: Iterable[Command]) -> None:
        """Go through a request from its begin to its end."""
        self._course.begin()
        for command in commands:
            self._step(command)

    def _step(self, command: Command) -> None:
        here = self._course.here
        if isinstance(command, Grasp):
            self._held = self._to_be_grasped(command)
        elif isinstance(command, Release) and command.relation is not None:
            thing = self._named(command.color, command.shape)
            if thing is not None:
                self._course.ends_beside(thing.position[:2], self._reach_m)
            self._held = None
        elif isinstance(command, Release):
            self._taken.append(here.to_world(self._robot.cell(command.cell)))
            self._held = None
        elif isinstance(command, Approach):
            thing = self._named(command.color, command.shape)
            if thing is not None:
                away = ASIDE_M if command.relation is not None else self._reach_m
                self._course.ends_beside(thing.position[:2], away, command.relation)
        elif isinstance(command, Face) and command.heading_deg is None:
            thing = self._named(command.color, command.shape)
            if thing is not None:
                self._course.faces(thing.position[:2])
        elif isinstance(command, Report) and (command.color or command.shape):
            self._named(command.color, command.shape)
        elif isinstance(command, GoThrough):
            self._arch(command)
        elif isinstance(command, Move) and command.until is not None:
            self._until(command)
        else:
            self._course.follow(command)

    @property
    def _reach_m(self) -> float:
        """The distance ahead [m] at which the arm picks up."""
        return math.hypot(*self._robot.cell(None))

    def _to_be_grasped(self, command: Grasp) -> WorldObject | None:
        """A thing of that name, or any in the cell."""
        place = self._course.here.to_world(self._robot.cell(command.cell))
        if command_is_named(command):
            thing = self._named(
                command.color, command.shape, None if command.cell is None else place
            )
            if thing is not None and command.cell is None:
                self._course.ends_beside(thing.position[:2], self._reach_m)
            return thing
        if all(math.dist(place, taken) > SAME_M for taken in self._taken):
            return self._put(next(self._colors), Shape.CUBE, place)
        return None

    def _named(
        self, color: Color | None, shape: Shape | None, place: Place | None = None
    ) -> WorldObject | None:
        """Return the thing that is said, and put it there if there is none.

        At ``place`` in the world, else at the next that is in sight; None where that is none.
        """
        for thing in self._things:
            meant = color in (None, thing.color) and shape in (None, thing.shape)
            if meant and thing is not self._held:
                return thing
        spot = next(self._spots, None) if place is None else None
        place = self._course.here.to_world(spot) if spot is not None else place
        if place is None:
            return None
        return self._put(color or next(self._colors), shape or Shape.CUBE, place)

    def _put(self, color: Color, shape: Shape, place: Place) -> WorldObject:
        self._things.append(on_floor(color, shape, SIZE_M, place))
        self._taken.append(place)
        return self._things[-1]

    def _until(self, command: Move) -> None:
        """Something that ends a move on its way, before its limit does."""
        way, here = min(UNTIL_M, command.distance_m / 2), self._course.here
        if command.until is Until.OBSTACLE:
            ahead = way + Footprint.of(self._robot).front + WALL_ROOM_M + WALL_HALF[0]
            middle = (*here.to_world((ahead, 0.0)), WALL_HALF[2])
            name = f"wall_{len(self._fixtures)}"
            self._fixtures.append(Fixture(name, WALL_HALF, middle, yaw=here.yaw))
        else:
            sight = COLOR_IN_SIGHT_M if command.shape is None else SHAPE_IN_SIGHT_M
            afar = here.to_world((way + sight, BESIDE_M))
            thing = self._named(command.color, command.shape, afar)
            if thing is not None:
                ahead = here.to_local(thing.position[:2])[0] - sight
                way = max(0.0, min(command.distance_m, ahead))
        self._course.goes_to((way, 0.0))

    def _arch(self, command: GoThrough) -> None:
        """An arch ahead, or on a side; the robot is then behind it."""
        distance, bearing = ARCH if command.side is None else ARCH_ASIDE
        if command.side is Side.RIGHT:
            bearing = -bearing
        x, y = distance * math.cos(bearing), distance * math.sin(bearing)
        self._course.goes_to((x, y), bearing)
        name, color = f"arch_{len(self._fixtures)}", next(self._colors)
        self._fixtures += arch(self._robot, name, ARCH_WIDTH_M, self._course.here, color)
        self._course.goes_to((BEYOND_M, 0.0))


def _tours(commands: Iterable[Command]) -> tuple[Request, ...]:
    """Requests that give every place its name that is gone to unnamed."""
    known: set[str] = set()
    wanted: list[str] = []
    for command in commands:
        if isinstance(command, Remember) and command.place is not None:
            known.add(command.place)
        elif isinstance(command, GoTo) and command.place not in known:
            known.add(command.place)
            wanted.append(command.place)
    if not wanted:
        return ()
    tour: list[Command] = []
    for number, place in enumerate(wanted):
        tour += [Move(MoveDirection.BACKWARD, APART_M if number else PLACE_M), Remember(place)]
    way = PLACE_M + APART_M * (len(wanted) - 1)
    return ((*tour, Move(MoveDirection.FORWARD, way)),)


def _goes_back(commands: Iterable[Command]) -> bool:
    """Whether it goes back to where the robot was before the list."""
    return any(isinstance(one, GoBack) and one.to is not Past.HERE for one in commands)


def command_is_named(command: Command) -> bool:
    """Whether it is a grasp by color or shape."""
    return isinstance(command, Grasp) and (command.color is not None or command.shape is not None)


def needs_perception(commands: Iterable[Command]) -> bool:
    """Whether any command goes by what the camera sees."""
    return any(_looks(command) for command in commands)


def _looks(command: Command) -> bool:
    if isinstance(command, Face):
        return command.heading_deg is None
    if isinstance(command, Release):
        return command.relation is not None
    sought = isinstance(command, Move) and command.until is Until.OBJECT
    asked = isinstance(command, Report) and command.what is Topic.OBJECTS
    looks = isinstance(command, (Approach, GoThrough, TakePhoto))
    return sought or asked or looks or command_is_named(command)
