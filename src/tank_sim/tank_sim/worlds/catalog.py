"""The worlds by name: which objects stand where on the floor.

Pure; a world is the same for the same name, robot and seed. A new world is a function here, named
in BUILDERS; light, a moving shadow and things that stand fast go into SCENES. Both get dice of the
same seed: what they draw first is the same for both.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable

from tank_core.commands import Cell, Color, Shape
from tank_core.geometry import Place, Pose2D
from tank_core.robot import Robot
from tank_sim.worlds import gates, rooms
from tank_sim.worlds.arches import arch
from tank_sim.worlds.placement import Kind, fitting, free_group, strew
from tank_sim.worlds.world import (
    Opening,
    Scene,
    ShadowPanel,
    World,
    WorldError,
    WorldObject,
    on_floor,
)

GATE_X, GATE_ROOM = 1.0, 0.13  # [m] how far ahead the gate is, and its room beside the robot

Builder = Callable[[Robot, random.Random], tuple[WorldObject, ...]]


def build_world(name: str, robot: Robot, seed: int = 0) -> World:
    """The world of that name with its objects placed by ``seed``.

    Raises WorldError for an unknown name.
    """
    if name not in BUILDERS:
        raise WorldError(f"world {name!r} is not known; say one of {', '.join(world_names())}")
    scene = SCENES[name](robot, random.Random(seed)) if name in SCENES else Scene()
    return World(name, BUILDERS[name](robot, random.Random(seed)), scene)


def world_names() -> list[str]:
    """The worlds that come with Tank."""
    return sorted(BUILDERS)


def _empty(robot: Robot, dice: random.Random) -> tuple[WorldObject, ...]:
    return ()


def _playground(robot: Robot, dice: random.Random) -> tuple[WorldObject, ...]:
    """A cube to drive to, and seven objects strewn about; the lane is free.

    The cube is where the front cell is after "forward one meter, then turn left".
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
    return strew(fixed, fitting(robot, kinds), dice)


def _clutter(robot: Robot, dice: random.Random) -> tuple[WorldObject, ...]:
    """Fifteen objects: three that touch, two pairs that touch, eight alone.

    Two of the eight are of the same kind.
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
        objects += free_group(fitting(robot, kinds), objects, dice)
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


def _gate_scene(robot: Robot, dice: random.Random) -> Scene:
    """An arch that this robot drives through with room on every side."""
    inside = robot.drive.wheel_separation / 2 + robot.drive.wheel_half_width + GATE_ROOM
    opening = Opening("gate", Pose2D(GATE_X), 2 * inside)
    return Scene(fixtures=arch(robot, "gate", opening.width, opening.pose), openings=(opening,))


def _cells(robot: Robot, dice: random.Random) -> tuple[WorldObject, ...]:
    """An object in each cell of the arm zone."""
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


BUILDERS: dict[str, Builder] = {
    "empty": _empty, "playground": _playground, "cells": _cells, "pyramid": _pyramid,
    "clutter": _clutter, "gate": _gate, "gates": gates.objects, "rooms": rooms.objects,
    "dim": _playground, "light": _playground,
}  # fmt: skip
SCENES: dict[str, Callable[[Robot, random.Random], Scene]] = {
    "gate": _gate_scene,
    "gates": gates.scene,
    "rooms": rooms.scene,
    "dim": lambda robot, dice: Scene(brightness=0.3),
    "light": lambda robot, dice: Scene(shadow_panel=ShadowPanel()),
}
