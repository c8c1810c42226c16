"""Scenes by number, for environments and trainers.

Pure: the same number is the same scene.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from tank_core.commands import Cell, Color, Shape
from tank_core.geometry import Place, Pose2D, Vector, clamp, wrap
from tank_core.robot import Robot
from tank_core.robot.arm_room import ROOM_M, ArmRoom
from tank_core.state import Array
from tank_ik import Chain
from tank_sim.worlds import Opening, World, WorldObject, build_world, on_floor

POSTURES = 16  # drawn at once
OVER_FLOOR_M = 0.015  # of a target to reach

GATES = "gates"  # the world
GATE_AHEAD = math.radians(11.5)  # the bearing of a gate that is ahead, at most
GATE_X, GATE_Y = (-1.6, -0.9), (-0.5, 0.5)  # [m] of a start in the gate's frame
GATE_OFF = math.radians(26)  # of a start, from the direction to the gate
WAY_M = 0.32  # from the way through a gate to the middle of what lies about

NEAR, FAR = 0.35, 1.1  # [m] of things, from a robot that turns among them
APART_M = 0.12
FACE_OFF = math.radians(25)  # the bearing of the wanted thing at the start, at most

SCATTER_M, SCATTER_RAD = 0.012, 0.3  # of a thing in its cell


def dice(task: str, number: int) -> random.Random:
    """The dice of a scene. Of text, so that they are the same in every process."""
    return random.Random(f"{task} {number}")


class ReachTargets:
    """Places that the hand of one robot's arm can be brought to.

    Each is the tool's place in a posture drawn at random, in which the arm has room to the floor
    and to the robot's own body. They lie ahead of the body, where things are taken, or
    ``anywhere``: over the body and behind it, too.
    """

    def __init__(self, robot: Robot, anywhere: bool = False) -> None:
        self._from = -math.inf if anywhere else robot.chassis.half_size[0]
        self.chain, self._room = Chain.from_robot(robot), ArmRoom(robot)

    def postures(self, drawn: np.random.Generator, count: int) -> Array:
        """Draw ``count`` postures [rad] (count, n) with room."""
        found = np.zeros((0, len(self.chain)))
        while len(found) < count:
            some = drawn.uniform(self.chain.lower, self.chain.upper, (POSTURES, len(self.chain)))
            found = np.concatenate([found, some[self._room.least(some) >= ROOM_M]])
        return found[:count]

    def target(self, number: int) -> Vector:
        """The target [m] in base_link of a scene."""
        drawn = np.random.default_rng([number, 3])
        while True:
            x, y, z = self.chain.tips(self.postures(drawn, 1))[0].tolist()
            if x >= self._from and z >= OVER_FLOOR_M:
                return x, y, z


@dataclass(frozen=True)
class GateScene:
    """A world's seed, the gate that is meant, and the robot's start in it."""

    world_seed: int
    gate: Opening
    start: Pose2D

    def local(self, pose: Pose2D) -> Pose2D:
        """A pose of the world in the gate's frame: x leads through it."""
        gate = self.gate.pose
        return Pose2D(*gate.to_local((pose.x, pose.y)), wrap(pose.yaw - gate.yaw))


def gate_scene(robot: Robot, number: int) -> GateScene:
    """The scene: a single gate ahead, and nothing on the way through it."""
    drawn = dice("gate", number)
    while True:
        seed = drawn.randrange(1_000_000)
        world = build_world(GATES, robot, seed)
        bearings = {one: math.atan2(one.pose.y, one.pose.x) for one in world.scene.openings}
        ahead = [one for one, bearing in bearings.items() if abs(bearing) < GATE_AHEAD]
        if len(ahead) == 1:
            gate = ahead[0]
            x, y = drawn.uniform(*GATE_X), drawn.uniform(*GATE_Y)
            yaw = math.atan2(-y, -x) + drawn.uniform(-GATE_OFF, GATE_OFF)
            if _is_clear(world, gate, (x, y)):
                start = Pose2D(*gate.pose.to_world((x, y)), wrap(yaw + gate.pose.yaw))
                return GateScene(seed, gate, start)


def _is_clear(world: World, gate: Opening, start: Place) -> bool:
    way: list[Place] = [start, (-0.6, 0.0), (0.8, 0.0)]
    things = [gate.pose.to_local(thing.position[:2]) for thing in world.objects]
    return all(_away(thing, *leg) > WAY_M for thing in things for leg in pairwise(way))


def _away(place: Place, start: Place, end: Place) -> float:
    """The distance [m] of a place from a line with two ends."""
    line = Pose2D(*start, math.atan2(end[1] - start[1], end[0] - start[0]))
    x, y = line.to_local(place)
    return math.hypot(x - clamp(x, 0.0, math.dist(start, end)), y)


def face_world() -> World:
    """Things of five colors; where they stand is for ``strewn`` to say."""
    kinds = (
        (Color.RED, Shape.CUBE, 0.04),
        (Color.GREEN, Shape.CYLINDER, 0.04),
        (Color.BLUE, Shape.BALL, 0.045),
        (Color.YELLOW, Shape.CUBE, 0.042),
        (Color.PURPLE, Shape.CUBE, 0.045),
    )
    things = (on_floor(*kind, (0.5 + 0.2 * at, 1.0)) for at, kind in enumerate(kinds))
    return World("face", tuple(things))


def strewn(world: World, wanted: Color, number: int) -> tuple[WorldObject, ...]:
    """The things of a world all around the robot, the wanted one nearly ahead."""
    drawn = dice("face", number)
    found: list[WorldObject] = []
    for thing in world.objects:
        most = FACE_OFF if thing.color is wanted else math.pi
        while True:
            away, bearing = drawn.uniform(NEAR, FAR), drawn.uniform(-most, most)
            place = away * math.cos(bearing), away * math.sin(bearing)
            if all(math.dist(place, other.position[:2]) > APART_M for other in found):
                break
        yaw = drawn.uniform(-math.pi, math.pi)
        found.append(replace(thing, position=(*place, thing.position[2]), yaw=yaw))
    return tuple(found)


@dataclass(frozen=True)
class PickPlaceScene:
    """A thing in one cell, and the cell that it is to be brought to.

    ``place`` [m] and ``yaw`` [rad] are those of the thing on the floor.
    """

    start: Cell
    goal: Cell
    place: Place
    yaw: float


def pick_place(robot: Robot, number: int) -> PickPlaceScene:
    """Two of the robot's cells, and the thing somewhere in the first."""
    drawn = dice("pick and place", number)
    start, goal = drawn.sample(sorted(robot.cells), 2)
    x, y = (middle + drawn.uniform(-SCATTER_M, SCATTER_M) for middle in robot.cells[start])
    return PickPlaceScene(start, goal, (x, y), drawn.uniform(-SCATTER_RAD, SCATTER_RAD))
