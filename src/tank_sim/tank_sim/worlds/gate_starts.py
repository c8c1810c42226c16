"""Starts before a gate of the world ``gates``, drawn at random. Pure."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from itertools import pairwise

from tank_core.geometry import Place, Pose2D, segment_distance
from tank_sim.worlds.world import Opening, World

GATES = "gates"  # the world
CLEAR_M = 0.32  # from the way through a gate to the middle of what lies about


@dataclass(frozen=True)
class Region:
    """The places of starts in the gate's frame [m], and their headings.

    ``off``: from the direction to the gate's middle [rad].
    """

    x: tuple[float, float] = (-1.6, -0.9)
    y: tuple[float, float] = (-0.5, 0.5)
    off: tuple[float, float] = (-math.radians(26), math.radians(26))

    def draw(self, dice: random.Random) -> Pose2D:
        """A start, in the gate's frame."""
        x, y = dice.uniform(*self.x), dice.uniform(*self.y)
        return Pose2D(x, y, math.atan2(-y, -x) + dice.uniform(*self.off))


USUAL = Region()


@dataclass(frozen=True)
class GateScene:
    """A world's seed, the gate that is meant, and the robot's start in it."""

    world_seed: int
    gate: Opening
    start: Pose2D

    def local(self, pose: Pose2D) -> Pose2D:
        """A pose of the world in the gate's frame: x leads through it."""
        return pose.relative_to(self.gate.pose)


def is_clear(world: World, gate: Opening, start: Pose2D) -> bool:
    """Whether nothing lies on the way through a gate from a start in its frame."""
    way: list[Place] = [(start.x, start.y), (-0.6, 0.0), (0.8, 0.0)]
    things = [gate.pose.to_local(thing.position[:2]) for thing in world.objects]
    return all(segment_distance(thing, *leg) > CLEAR_M for thing in things for leg in pairwise(way))
