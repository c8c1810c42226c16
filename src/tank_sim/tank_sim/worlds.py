"""Worlds by name: which objects stand where on the floor. Pure; a world is the same for the same name, robot and seed."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass

from tank_core.commands import Cell, Color, Shape
from tank_core.exceptions import TankError
from tank_core.robot import Point, Robot

OBJECT_MASS = 0.04  # [kg]
RING = (0.6, 1.9)  # [m] objects are strewn this far from the robot's start
ROOM = 0.25  # [m] between the middles of two strewn objects, so that the hand fits beside each
LANE = (-0.45, 1.6, 0.4)  # [m] x from, x to, half width: the way ahead stays free for the first drives
TRIES = 10_000


class WorldError(TankError, ValueError):
    """A world that is not known."""


@dataclass(frozen=True)
class WorldObject:
    """One thing to pick up. ``size`` [m]: edge, diameter, or diameter and height; position of its centre [m], yaw [rad]."""

    color: Color
    shape: Shape
    size: float
    position: tuple[float, float, float]
    yaw: float = 0.0

    @property
    def name(self) -> str:
        return f"{self.color}_{self.shape}"


@dataclass(frozen=True)
class World:
    """A named set of objects; another seed moves them, but never changes what they are."""

    name: str
    objects: tuple[WorldObject, ...] = ()


Builder = Callable[[Robot, random.Random], tuple[WorldObject, ...]]


def build_world(name: str, robot: Robot, seed: int = 0) -> World:
    """The world of that name with its objects placed by ``seed``. Raises WorldError for an unknown name."""
    if name not in _BUILDERS:
        raise WorldError(f"world {name!r} is not known; say one of {', '.join(world_names())}")
    return World(name, _BUILDERS[name](robot, random.Random(seed)))


def world_names() -> list[str]:
    """The worlds that come with Tank."""
    return sorted(_BUILDERS)


def on_floor(color: Color, shape: Shape, size: float, place: Point, yaw: float = 0.0) -> WorldObject:
    """An object that stands on the floor at (x, y) [m]."""
    return WorldObject(color, shape, size, (place[0], place[1], size / 2), yaw)


def _empty(robot: Robot, dice: random.Random) -> tuple[WorldObject, ...]:
    return ()


def _playground(robot: Robot, dice: random.Random) -> tuple[WorldObject, ...]:
    """A cube in the front cell, one where the front cell is after "forward one meter, then turn left", and six strewn about."""
    reach = robot.cell(Cell.FRONT)[0]
    fixed = [
        on_floor(Color.RED, Shape.CUBE, 0.04, robot.cell(Cell.FRONT), dice.uniform(-0.2, 0.2)),
        on_floor(Color.GREEN, Shape.CUBE, 0.04, (1.0, reach), dice.uniform(-0.2, 0.2)),
    ]
    kinds = [
        (Color.BLUE, Shape.BALL, 0.045),
        (Color.YELLOW, Shape.CYLINDER, 0.04),
        (Color.ORANGE, Shape.BALL, 0.05),
        (Color.PURPLE, Shape.CUBE, 0.045),
        (Color.WHITE, Shape.CYLINDER, 0.035),
        (Color.BLACK, Shape.CUBE, 0.03),
    ]
    return _strew(fixed, kinds, dice)


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
    """Six cubes stacked in a pyramid half a metre ahead of the arm zone."""
    size, ahead = 0.04, robot.cell(Cell.FRONT)[0] + 0.5
    colors = iter((Color.RED, Color.ORANGE, Color.YELLOW, Color.GREEN, Color.BLUE, Color.PURPLE))
    places = [(column - (2 - row) / 2, row) for row in range(3) for column in range(3 - row)]
    return tuple(WorldObject(next(colors), Shape.CUBE, size, (ahead, across * size * 1.05, size * (row + 0.5))) for across, row in places)


def _strew(fixed: list[WorldObject], kinds: list[tuple[Color, Shape, float]], dice: random.Random) -> tuple[WorldObject, ...]:
    objects = list(fixed)
    for color, shape, size in kinds:
        place = _free_place(objects, dice)
        objects.append(on_floor(color, shape, size, place, dice.uniform(-math.pi, math.pi)))
    return tuple(objects)


def _free_place(objects: list[WorldObject], dice: random.Random) -> Point:
    for _ in range(TRIES):
        radius, bearing = dice.uniform(*RING), dice.uniform(-math.pi, math.pi)
        place = (radius * math.cos(bearing), radius * math.sin(bearing))
        in_lane = LANE[0] < place[0] < LANE[1] and abs(place[1]) < LANE[2]
        if not in_lane and all(math.dist(place, thing.position[:2]) > ROOM for thing in objects):
            return place
    raise WorldError(f"no room for another object among {len(objects)}; make the ring wider")


_BUILDERS: dict[str, Builder] = {"empty": _empty, "playground": _playground, "cells": _cells, "pyramid": _pyramid}
