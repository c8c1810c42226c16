"""The worlds by name: which objects stand where on the floor.

Pure; a world is the same for the same name, robot and seed. A new world is a function here, named
in BUILDERS; light, a moving shadow and things that stand fast go into SCENES.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable

from tank_core.commands import Cell, Color, Shape
from tank_core.geometry import Place
from tank_core.robot import Robot
from tank_core.robot.frames import link_poses
from tank_sim.worlds.placement import Kind, fitting, free_group, strew
from tank_sim.worlds.world import (
    Fixture,
    Scene,
    ShadowPanel,
    World,
    WorldError,
    WorldObject,
    on_floor,
)

# [m] how far ahead the gate is, and its room beside the robot and over it
GATE_X, GATE_ROOM, GATE_OVER = 1.0, 0.13, 0.09
POST = 0.025  # [m] half the thickness of a post

Builder = Callable[[Robot, random.Random], tuple[WorldObject, ...]]


def build_world(name: str, robot: Robot, seed: int = 0) -> World:
    """The world of that name with its objects placed by ``seed``.

    Raises WorldError for an unknown name.
    """
    if name not in BUILDERS:
        raise WorldError(f"world {name!r} is not known; say one of {', '.join(world_names())}")
    scene = SCENES[name](robot) if name in SCENES else Scene()
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


def gate_fixtures(robot: Robot) -> tuple[Fixture, ...]:
    """An arch that this robot drives through with room on every side.

    It has two posts and a lintel.
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
    "clutter": _clutter, "gate": _gate,
    "dim": _playground, "light": _playground,
}  # fmt: skip
SCENES: dict[str, Callable[[Robot], Scene]] = {
    "gate": lambda robot: Scene(fixtures=gate_fixtures(robot)),
    "dim": lambda robot: Scene(brightness=0.3),
    "light": lambda robot: Scene(shadow_panel=ShadowPanel()),
}
