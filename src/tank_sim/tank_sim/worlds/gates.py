"""The world ``gates``: four arches of several widths and colors.

By the seed one of them is ahead, or one on each side.
"""

from __future__ import annotations

import math
import random

from tank_core.commands import Color, Shape
from tank_core.geometry import Place, Pose2D
from tank_core.robot import Robot
from tank_sim.worlds.arches import arch
from tank_sim.worlds.placement import Kind, fitting, strewn_beside
from tank_sim.worlds.world import Opening, Scene, WorldObject

# width [m] of each arch, and its color
ARCHES: dict[str, tuple[float, Color | None]] = {
    "red_gate": (0.45, Color.RED),
    "yellow_gate": (0.55, Color.YELLOW),
    "blue_gate": (0.70, Color.BLUE),
    "gray_gate": (0.90, None),
}
# [m], [rad]: distance and bearing of the arches where one is ahead, and where two are
ONE_AHEAD = ((1.4, 0.0), (1.45, 1.6), (1.45, -1.6), (1.5, math.pi))
ONE_EACH_SIDE = ((1.45, 0.56), (1.45, -0.56), (1.45, 2.3), (1.45, -2.3))
FARTHER, ASIDE, TURNED = 0.12, 0.06, 0.25  # [m], [rad], [rad] either way, by the seed
# what lies about keeps this far [m] from the lines through the arches
LANE = 0.4
KINDS: list[Kind] = [
    (Color.GREEN, Shape.CUBE, 0.04),
    (Color.ORANGE, Shape.BALL, 0.045),
    (Color.PURPLE, Shape.CYLINDER, 0.04),
    (Color.RED, Shape.CUBE, 0.04),
]


def openings(dice: random.Random) -> tuple[Opening, ...]:
    """The arches by name, as a seed has them."""
    names = list(ARCHES)
    dice.shuffle(names)
    places = dice.choice((ONE_AHEAD, ONE_EACH_SIDE))
    found = []
    for name, (distance, bearing) in zip(names, places, strict=True):
        distance += dice.uniform(-FARTHER, FARTHER)
        bearing += dice.uniform(-ASIDE, ASIDE)
        x, y = distance * math.cos(bearing), distance * math.sin(bearing)
        pose = Pose2D(x, y, bearing + dice.uniform(-TURNED, TURNED))
        found.append(Opening(name, pose, *ARCHES[name]))
    return tuple(sorted(found, key=lambda one: one.name))


def scene(robot: Robot, dice: random.Random) -> Scene:
    """The arches."""
    found = openings(dice)
    arches = [arch(robot, one.name, one.width, one.pose, one.color) for one in found]
    return Scene(fixtures=tuple(part for parts in arches for part in parts), openings=found)


def objects(robot: Robot, dice: random.Random) -> tuple[WorldObject, ...]:
    """Four objects, none of them in the way to an arch or through it."""
    lines: list[tuple[Place, Place]] = []
    for pose in (one.pose for one in openings(dice)):
        lines.append(((0.0, 0.0), pose.to_world((-0.6, 0.0))))
        lines.append((pose.to_world((-0.6, 0.0)), pose.to_world((1.0, 0.0))))
    return strewn_beside(lines, LANE, fitting(robot, KINDS), dice)
