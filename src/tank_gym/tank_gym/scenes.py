"""Scenes by number, for environments and trainers.

Pure: the same number is the same scene.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, replace

import numpy as np

from tank_core.commands import Cell, Color, Shape
from tank_core.geometry import Place, Vector, wrap
from tank_core.robot import Robot
from tank_core.robot.arm_room import ROOM_M, ArmRoom
from tank_core.state import Array
from tank_ik import Chain
from tank_sim.worlds import World, WorldObject, build_world, on_floor
from tank_sim.worlds.gate_starts import GATES, USUAL, GateScene, is_clear

POSTURES = 16  # drawn at once
OVER_FLOOR_M = 0.015  # of a target to reach

GATE_AHEAD = math.radians(11.5)  # the bearing of a gate that is ahead, at most

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
            local = USUAL.draw(drawn)
            if is_clear(world, gate, local):
                start = gate.pose.compose(local)
                return GateScene(seed, gate, replace(start, yaw=wrap(start.yaw)))


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
