"""Starts before a gate of the world ``gates``, drawn by a seed. Pure."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from itertools import pairwise

from tank_core.geometry import Place, Pose2D, clamp, wrap
from tank_core.robot import Robot
from tank_sim.worlds import Opening, World, build_world

WORLD = "gates"
APART_RAD = math.radians(70)  # from ahead, at least: of gates that are not meant
CLEAR_M = 0.32  # from the way through the gate to the middle of what lies about


@dataclass(frozen=True)
class Region:
    """The places of starts in the gate's frame [m], and their headings.

    ``off``: from the direction to the gate's middle [rad].
    """

    x: tuple[float, float] = (-1.6, -0.9)
    y: tuple[float, float] = (-0.5, 0.5)
    off: tuple[float, float] = (-math.radians(26), math.radians(26))


USUAL = Region()
# Farther away, and turned farther than any demonstration is.
OTHER = Region((-2.0, -1.6), (-0.6, 0.6), (-math.radians(35), math.radians(35)))


@dataclass(frozen=True)
class Scene:
    """A world's seed, the gate that is meant, and the robot's start."""

    world_seed: int
    gate: Opening
    start: Pose2D

    def local(self, pose: Pose2D) -> Pose2D:
        """A pose of the world in the gate's frame."""
        gate = self.gate.pose
        return Pose2D(*gate.to_local((pose.x, pose.y)), wrap(pose.yaw - gate.yaw))


def scene(robot: Robot, seed: int, region: Region = USUAL) -> Scene:
    """The scene of a seed: one gate ahead, and nothing on the way through it."""
    dice = random.Random(f"gate {seed}")
    while True:
        number = dice.randrange(1_000_000)
        world = build_world(WORLD, robot, number)
        gate = min(world.scene.openings, key=lambda one: abs(_bearing(Pose2D(), one)))
        local = _start(dice, region)
        start = gate.pose.compose(local)
        others = [one for one in world.scene.openings if one is not gate]
        alone = all(abs(_bearing(start, one)) > APART_RAD for one in others)
        if alone and _is_clear(world, gate, local):
            return Scene(number, gate, start)


def _start(dice: random.Random, region: Region) -> Pose2D:
    x, y = dice.uniform(*region.x), dice.uniform(*region.y)
    return Pose2D(x, y, math.atan2(-y, -x) + dice.uniform(*region.off))


def _is_clear(world: World, gate: Opening, start: Pose2D) -> bool:
    way: list[Place] = [(start.x, start.y), (-0.6, 0.0), (0.8, 0.0)]
    things = [gate.pose.to_local(thing.position[:2]) for thing in world.objects]
    return all(_away(thing, *leg) > CLEAR_M for thing in things for leg in pairwise(way))


def _bearing(start: Pose2D, opening: Opening) -> float:
    x, y = start.to_local((opening.pose.x, opening.pose.y))
    return math.atan2(y, x)


def _away(place: Place, start: Place, end: Place) -> float:
    """The distance [m] of a place from a line with two ends."""
    line = Pose2D(*start, math.atan2(end[1] - start[1], end[0] - start[0]))
    x, y = line.to_local(place)
    return math.hypot(x - clamp(x, 0.0, math.dist(start, end)), y)
