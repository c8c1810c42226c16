"""Worlds by name: which objects stand where on the floor.

Pure; a world is the same for the same name, robot and seed.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from tank_core.commands import Cell, Color, Shape
from tank_core.exceptions import TankError
from tank_core.geometry import Place
from tank_core.robot import Robot
from tank_core.robot.frames import link_poses

OBJECT_MASS = 0.04  # [kg]
RING = (0.6, 1.9)  # [m] objects are strewn this far from the robot's start
ROOM = 0.25  # [m] between the middles of two strewn objects, so that the hand fits beside each
# [m] x from, x to, half width: the way ahead stays free for the first drives
LANE = (-0.45, 1.6, 0.4)
# [m] of the middles of groups, so that every object is 0.5 to 1.6 m away
CLUTTER_RING = (0.55, 1.55)
CLUTTER_ROOM = 0.17  # [m] between the middles of objects of two groups
# [m] between the faces of objects that touch: near enough to look like one thing, and no force
# between them
TOUCH = 0.0003
# [m] how far ahead the gate is, and its room beside the robot and over it
GATE_X, GATE_ROOM, GATE_OVER = 1.0, 0.13, 0.09
POST = 0.025  # [m] half the thickness of a post
TRIES = 10_000

Kind = tuple[Color, Shape, float]  # the float: size [m]
UnitRgb = tuple[float, float, float]  # red, green, blue, each 0 to 1


class WorldError(TankError, ValueError):
    """A world that is not known."""


@dataclass(frozen=True)
class WorldObject:
    """One thing to pick up.

    ``size`` [m]: edge, diameter, or diameter and height; position of its center [m], yaw [rad].
    """

    color: Color
    shape: Shape
    size: float
    position: tuple[float, float, float]
    yaw: float = 0.0
    number: int = 1  # among those of its color and shape; a World counts them

    @property
    def name(self) -> str:
        return f"{self.color}_{self.shape}" + (f"_{self.number}" if self.number > 1 else "")


@dataclass(frozen=True)
class Fixture:
    """A box that stands fast.

    Half-sizes [m], its center [m], a color that none of the objects has.
    """

    name: str
    half_size: tuple[float, float, float]
    position: tuple[float, float, float]
    rgb: UnitRgb = (0.36, 0.44, 0.55)


@dataclass(frozen=True)
class Shade:
    """A panel under the lamp, over everything.

    Touches nothing, and its shadow sweeps over the floor as time goes on.
    """

    # [m]; half of the lamp's height up, it throws a shadow twice as large
    half_size: tuple[float, float] = (0.22, 3.0)
    # [m] so that the shadow's middle is half a meter ahead of the start
    center: tuple[float, float, float] = (-0.45, 0.9, 2.0)
    swing: tuple[float, float, float] = (1.0, 0.0, 0.0)  # [m] to each side
    period: float = 12.0  # [s] there and back

    def place(self, time: float) -> tuple[float, float, float]:
        """Its center [m] at ``time`` [s]."""
        share = math.sin(2 * math.pi * time / self.period)
        x, y, z = (
            middle + share * way for middle, way in zip(self.center, self.swing, strict=True)
        )
        return x, y, z


@dataclass(frozen=True)
class Scene:
    """What is there besides the objects.

    ``brightness``: of the light, 1 is a lit room.
    """

    brightness: float = 1.0
    fixtures: tuple[Fixture, ...] = ()
    shade: Shade | None = None


@dataclass(frozen=True)
class World:
    """A named set of objects.

    Another seed moves them, but never changes what they are. Objects of one kind get numbers.
    """

    name: str
    objects: tuple[WorldObject, ...] = ()
    scene: Scene = field(default_factory=Scene)

    def __post_init__(self) -> None:
        kinds = [(thing.color, thing.shape) for thing in self.objects]
        counted = (
            replace(thing, number=1 + kinds[:index].count(kinds[index]))
            for index, thing in enumerate(self.objects)
        )
        object.__setattr__(self, "objects", tuple(counted))


Builder = Callable[[Robot, random.Random], tuple[WorldObject, ...]]


def build_world(name: str, robot: Robot, seed: int = 0) -> World:
    """The world of that name with its objects placed by ``seed``.

    Raises WorldError for an unknown name.
    """
    if name not in _BUILDERS:
        raise WorldError(f"world {name!r} is not known; say one of {', '.join(world_names())}")
    scene = _SCENES[name](robot) if name in _SCENES else Scene()
    return World(name, _BUILDERS[name](robot, random.Random(seed)), scene)


def world_names() -> list[str]:
    """The worlds that come with Tank."""
    return sorted(_BUILDERS)


def on_floor(
    color: Color, shape: Shape, size: float, place: Place, yaw: float = 0.0
) -> WorldObject:
    """An object that stands on the floor at (x, y) [m]."""
    return WorldObject(color, shape, size, (place[0], place[1], size / 2), yaw)


def fitting(robot: Robot, kinds: Iterable[Kind]) -> list[Kind]:
    """The same kinds of things, those that are too large for this robot's gripper made as large
    as fits.
    """
    return [(color, shape, min(size, robot.gripper.max_object)) for color, shape, size in kinds]


def _empty(robot: Robot, dice: random.Random) -> tuple[WorldObject, ...]:
    return ()


def _playground(robot: Robot, dice: random.Random) -> tuple[WorldObject, ...]:
    """A cube where the front cell is after "forward one meter, then turn left", and seven
    objects strewn about; the lane is free.
    """
    reach = robot.cell(Cell.FRONT)[0]
    fixed = [on_floor(Color.GREEN, Shape.CUBE, 0.04, (1.0, reach), dice.uniform(-0.2, 0.2))]
    kinds: list[Kind] = [
        (Color.RED, Shape.CUBE, 0.04),
        (Color.BLUE, Shape.BALL, 0.045),
        (Color.YELLOW, Shape.CYLINDER, 0.04),
        (Color.ORANGE, Shape.BALL, 0.05),
        (Color.PURPLE, Shape.CUBE, 0.045),
        (Color.WHITE, Shape.CYLINDER, 0.035),
        (Color.BLACK, Shape.CUBE, 0.03),
    ]
    return _strew(fixed, fitting(robot, kinds), dice)


def _clutter(robot: Robot, dice: random.Random) -> tuple[WorldObject, ...]:
    """Fifteen objects: three that touch, two pairs that touch, and eight on their own, two of
    which are of the same kind.
    """
    groups: list[list[Kind]] = [
        [
            (Color.YELLOW, Shape.CYLINDER, 0.04),
            (Color.BLUE, Shape.CUBE, 0.045),
            (Color.RED, Shape.BALL, 0.04),
        ],
        [(Color.GREEN, Shape.BALL, 0.045), (Color.ORANGE, Shape.CUBE, 0.045)],
        [(Color.PURPLE, Shape.CYLINDER, 0.035), (Color.WHITE, Shape.CUBE, 0.04)],
        [(Color.RED, Shape.CUBE, 0.04)],
        [(Color.BLUE, Shape.BALL, 0.045)],
        [(Color.BLUE, Shape.BALL, 0.045)],
        [(Color.GREEN, Shape.CUBE, 0.04)],
        [(Color.YELLOW, Shape.CUBE, 0.035)],
        [(Color.BLACK, Shape.CYLINDER, 0.04)],
        [(Color.ORANGE, Shape.BALL, 0.05)],
        [(Color.PURPLE, Shape.CUBE, 0.045)],
    ]
    objects: list[WorldObject] = []
    for kinds in groups:
        objects += _free_group(fitting(robot, kinds), objects, dice)
    return tuple(objects)


def _gate(robot: Robot, dice: random.Random) -> tuple[WorldObject, ...]:
    """Two objects on each side of the gate and two behind it.

    The way through is free until the far ones.
    """
    places: dict[Place, Kind] = {
        (0.75, 0.60): (Color.BLUE, Shape.BALL, 0.045),
        (1.15, 0.80): (Color.PURPLE, Shape.CUBE, 0.045),
        (0.75, -0.60): (Color.GREEN, Shape.CYLINDER, 0.04),
        (1.15, -0.80): (Color.ORANGE, Shape.BALL, 0.05),
        (1.80, 0.15): (Color.RED, Shape.CUBE, 0.04),
        (1.75, -0.40): (Color.YELLOW, Shape.CYLINDER, 0.04),
    }
    return tuple(
        on_floor(
            *kind,
            (x + dice.uniform(-0.08, 0.08), y + dice.uniform(-0.08, 0.08)),
            dice.uniform(-math.pi, math.pi),
        )
        for (x, y), kind in zip(places, fitting(robot, places.values()), strict=True)
    )


def gate_fixtures(robot: Robot) -> tuple[Fixture, ...]:
    """An arch that this robot drives through with room on every side.

    Two posts and a lintel.
    """
    inside = robot.drive.wheel_separation / 2 + robot.drive.wheel_half_width + GATE_ROOM
    masts = [
        point[2] + robot.camera.mast_radius for point in (robot.camera.position, *robot.camera.mast)
    ]
    folded = [
        float(place[2]) + max(link.half_size)
        for link, (_, place) in zip(robot.arm.links, link_poses(robot.arm, {}), strict=True)
    ]
    under = max(*masts, *folded) + GATE_OVER
    across = inside + POST
    posts = [
        Fixture(f"gate_{side}", (POST, POST, under / 2), (GATE_X, y, under / 2))
        for side, y in (("left", across), ("right", -across))
    ]
    return (
        *posts,
        Fixture("gate_lintel", (POST, across + POST, POST), (GATE_X, 0.0, under + POST)),
    )


def _cells(robot: Robot, dice: random.Random) -> tuple[WorldObject, ...]:
    """One object in each cell of the arm zone."""
    kinds = {
        Cell.FRONT: (Color.RED, Shape.CUBE, 0.04),
        Cell.FRONT_LEFT: (Color.GREEN, Shape.CYLINDER, 0.04),
        Cell.FRONT_RIGHT: (Color.BLUE, Shape.BALL, 0.04),
        Cell.LEFT: (Color.YELLOW, Shape.CUBE, 0.035),
        Cell.RIGHT: (Color.PURPLE, Shape.CYLINDER, 0.035),
    }
    return tuple(on_floor(*kind, robot.cell(cell)) for cell, kind in kinds.items())


def _pyramid(robot: Robot, dice: random.Random) -> tuple[WorldObject, ...]:
    """Six cubes stacked in a pyramid half a meter ahead of the arm zone."""
    size, ahead = 0.04, robot.cell(Cell.FRONT)[0] + 0.5
    colors = iter((Color.RED, Color.ORANGE, Color.YELLOW, Color.GREEN, Color.BLUE, Color.PURPLE))
    places = [(column - (2 - row) / 2, row) for row in range(3) for column in range(3 - row)]
    return tuple(
        WorldObject(
            next(colors), Shape.CUBE, size, (ahead, across * size * 1.05, size * (row + 0.5))
        )
        for across, row in places
    )


def _strew(
    fixed: list[WorldObject], kinds: list[Kind], dice: random.Random
) -> tuple[WorldObject, ...]:
    objects = list(fixed)
    for color, shape, size in kinds:
        place = _free_place(objects, dice)
        objects.append(on_floor(color, shape, size, place, dice.uniform(-math.pi, math.pi)))
    return tuple(objects)


def _free_place(objects: list[WorldObject], dice: random.Random) -> Place:
    for _ in range(TRIES):
        radius, bearing = dice.uniform(*RING), dice.uniform(-math.pi, math.pi)
        place = (radius * math.cos(bearing), radius * math.sin(bearing))
        in_lane = LANE[0] < place[0] < LANE[1] and abs(place[1]) < LANE[2]
        if not in_lane and all(math.dist(place, thing.position[:2]) > ROOM for thing in objects):
            return place
    raise WorldError(f"no room for another object among {len(objects)}; make the ring wider")


def _free_group(
    kinds: list[Kind], others: list[WorldObject], dice: random.Random
) -> list[WorldObject]:
    """Objects that touch, somewhere in the ring of the clutter."""
    for _ in range(TRIES):
        radius, bearing, turn = (
            dice.uniform(*CLUTTER_RING),
            dice.uniform(-math.pi, math.pi),
            dice.uniform(-math.pi, math.pi),
        )
        group = _touching(kinds, (radius * math.cos(bearing), radius * math.sin(bearing)), turn)
        if all(
            math.dist(one.position[:2], other.position[:2]) > CLUTTER_ROOM
            for one in group
            for other in others
        ):
            return group
    raise WorldError(f"no room for another group among {len(others)} objects; make the ring wider")


def _touching(kinds: list[Kind], middle: Place, turn: float) -> list[WorldObject]:
    """The second kind in the middle, the first beside it, the third before it, face to face; one
    alone stands in the middle.
    """
    center = kinds[1] if len(kinds) > 1 else kinds[0]
    objects = []
    for kind, angle in zip(
        kinds, (turn, None, turn + math.pi / 2) if len(kinds) > 1 else (None,), strict=False
    ):
        away = 0.0 if angle is None else (kind[2] + center[2]) / 2 + TOUCH
        place = (
            middle[0] + away * math.cos(angle or 0.0),
            middle[1] + away * math.sin(angle or 0.0),
        )
        objects.append(on_floor(*kind, place, turn))
    return objects


_BUILDERS: dict[str, Builder] = {
    "empty": _empty, "playground": _playground, "cells": _cells, "pyramid": _pyramid,
    "clutter": _clutter, "gate": _gate,
    "dim": _playground, "light": _playground,
}  # fmt: skip
_SCENES: dict[str, Callable[[Robot], Scene]] = {
    "gate": lambda robot: Scene(fixtures=gate_fixtures(robot)),
    "dim": lambda robot: Scene(brightness=0.3),
    "light": lambda robot: Scene(shade=Shade()),
}
