"""Free places for objects, drawn at random: strewn, or in touching groups."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Sequence

from tank_core.commands import Color, Shape
from tank_core.geometry import Place, segment_distance
from tank_core.robot import Robot
from tank_sim.worlds.world import WorldError, WorldObject, on_floor

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
TRIES = 10_000

Kind = tuple[Color, Shape, float]  # the float: size [m]


def fitting(robot: Robot, kinds: Iterable[Kind]) -> list[Kind]:
    """The same kinds of things, none larger than the gripper can hold."""
    return [(color, shape, min(size, robot.gripper.max_object)) for color, shape, size in kinds]


def strew(
    fixed: list[WorldObject], kinds: list[Kind], dice: random.Random
) -> tuple[WorldObject, ...]:
    """Objects strewn about, beside those that stand fast already."""
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


def free_group(
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
    """Objects of up to three kinds that touch face to face.

    The second kind stands in the middle, the first beside it, the third before it; one alone stands
    in the middle.
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


def strewn_beside(
    lines: Sequence[tuple[Place, Place]], room: float, kinds: list[Kind], dice: random.Random
) -> tuple[WorldObject, ...]:
    """Objects in the ring, at least ``room`` [m] away from some lines [m]."""
    objects: list[WorldObject] = []
    for color, shape, size in kinds:
        for _ in range(TRIES):
            radius, bearing = dice.uniform(*RING), dice.uniform(-math.pi, math.pi)
            place = (radius * math.cos(bearing), radius * math.sin(bearing))
            others = [thing.position[:2] for thing in objects]
            if all(math.dist(place, other) > ROOM for other in others) and all(
                segment_distance(place, *line) > room for line in lines
            ):
                break
        else:
            raise WorldError(f"no room for another object beside {len(lines)} ways")
        objects.append(on_floor(color, shape, size, place, dice.uniform(-math.pi, math.pi)))
    return tuple(objects)
