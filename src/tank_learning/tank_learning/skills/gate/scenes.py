"""Starts before a gate of the world ``gates``, drawn by a seed. Pure."""

from __future__ import annotations

import math
import random

from tank_core.geometry import Pose2D
from tank_core.robot import Robot
from tank_sim.worlds import Opening, build_world
from tank_sim.worlds.gate_starts import GATES, USUAL, GateScene, Region, is_clear

APART_RAD = math.radians(70)  # from ahead, at least: of gates that are not meant

# Farther away, and turned farther than any demonstration is.
OTHER = Region((-2.0, -1.6), (-0.6, 0.6), (-math.radians(35), math.radians(35)))


def scene(robot: Robot, seed: int, region: Region = USUAL) -> GateScene:
    """The scene of a seed: one gate ahead, and nothing on the way through it."""
    dice = random.Random(f"gate {seed}")
    while True:
        number = dice.randrange(1_000_000)
        world = build_world(GATES, robot, number)
        gate = min(world.scene.openings, key=lambda one: abs(_bearing(Pose2D(), one)))
        local = region.draw(dice)
        start = gate.pose.compose(local)
        others = [one for one in world.scene.openings if one is not gate]
        alone = all(abs(_bearing(start, one)) > APART_RAD for one in others)
        if alone and is_clear(world, gate, local):
            return GateScene(number, gate, start)


def _bearing(start: Pose2D, opening: Opening) -> float:
    x, y = start.to_local((opening.pose.x, opening.pose.y))
    return math.atan2(y, x)
