"""The world ``rooms``: three doorways, a table, and rooms around.

Walls have no color. The seed says which doorway is where, and where in the room the robot starts.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from tank_core.commands import Color, Shape
from tank_core.geometry import Place, Pose2D
from tank_core.robot import Robot
from tank_sim.worlds.placement import Kind, fitting
from tank_sim.worlds.world import Fixture, Opening, Scene, UnitRgb, WorldObject, on_floor

DOORS = (0.5, 0.7, 0.9)  # [m] widths of the doorways
INSIDE, OUTSIDE = 1.3, 2.9  # [m] from the room's middle to its walls, and to the outer ones
THICK, HIGH = 0.04, 0.3  # [m] half of a wall's thickness and height
OFF = 0.22  # [m] how far each doorway is off its wall's middle
START, TURNED = 0.15, 0.12  # [m], [rad] the robot is off the room's middle either way, by the seed
WALL: UnitRgb = (0.47, 0.43, 0.35)  # has no color that a person would name, and is not the floor's
WOOD: UnitRgb = (0.45, 0.41, 0.37)
TABLE = (0.22, 0.38, 0.36)  # [m] half its depth, half its width, its height
LEG, TOP = 0.02, 0.015  # [m] half the thickness of a leg and of the top
# where things lie, in the room's frame [m]: in its corners, behind it, and in the rooms around it
THINGS: tuple[tuple[Place, Kind], ...] = (
    ((0.95, 0.95), (Color.RED, Shape.CUBE, 0.04)),
    ((0.95, -0.95), (Color.BLUE, Shape.BALL, 0.045)),
    ((-0.6, 0.98), (Color.GREEN, Shape.CYLINDER, 0.04)),
    ((2.3, 1.0), (Color.YELLOW, Shape.CUBE, 0.04)),
    ((1.0, -2.3), (Color.PURPLE, Shape.CYLINDER, 0.04)),
    ((-1.0, 2.3), (Color.ORANGE, Shape.BALL, 0.045)),
)
STRAY = 0.08  # [m] either way, by the seed


@dataclass(frozen=True)
class Layout:
    """The room as one seed has it.

    ``room``: its pose in the world, x to the wall ahead. ``doors``: their width [m] in the walls
    ahead, on the left and on the right, and where along the wall they are [m] to the left of its
    middle, seen from inside.
    """

    room: Pose2D
    doors: tuple[tuple[float, float], ...]

    @classmethod
    def drawn(cls, dice: random.Random) -> Layout:
        """The first that is drawn by a seed."""
        widths = list(DOORS)
        dice.shuffle(widths)
        doors = tuple((width, dice.choice((-OFF, OFF))) for width in widths)
        x, y = (dice.uniform(-START, START) for _ in range(2))
        return cls(Pose2D(x, y, dice.uniform(-TURNED, TURNED)), doors)


_SIDES = {
    "ahead": Pose2D(),
    "left": Pose2D(yaw=math.pi / 2),
    "right": Pose2D(yaw=-math.pi / 2),
    "back": Pose2D(yaw=math.pi),
}


def scene(robot: Robot, dice: random.Random) -> Scene:
    """The walls and the table."""
    layout = Layout.drawn(dice)
    fixtures = [*_table(layout.room)]
    for number, (name, side) in enumerate(_SIDES.items()):
        if name == "back":
            fixtures.append(_wall(layout.room, side, "back", INSIDE, -INSIDE, INSIDE))
        else:
            fixtures += _wall_with_door(layout.room, side, *layout.doors[number])
        # with those of the other sides like the sails of a mill
        sail = Pose2D(*side.to_world((INSIDE, INSIDE)), side.yaw + math.pi / 2)
        fixtures.append(_wall(layout.room, sail, f"between_{name}", 0.0, -THICK, INSIDE - OUTSIDE))
        fixtures.append(_wall(layout.room, side, f"outer_{name}", OUTSIDE, -OUTSIDE, OUTSIDE))
    doors = tuple(
        Opening(f"door_{name}", _out(layout.room, side, (INSIDE, off)), width)
        for (name, side), (width, off) in zip(_SIDES.items(), layout.doors, strict=False)
    )
    return Scene(fixtures=tuple(sorted(fixtures, key=lambda fixture: fixture.name)), openings=doors)


def objects(robot: Robot, dice: random.Random) -> tuple[WorldObject, ...]:
    """Objects in the room's corners and in the rooms around it."""
    room = Layout.drawn(dice).room
    kinds = fitting(robot, (kind for _, kind in THINGS))
    return tuple(
        on_floor(
            *kind,
            room.to_world((x + dice.uniform(-STRAY, STRAY), y + dice.uniform(-STRAY, STRAY))),
            dice.uniform(-math.pi, math.pi),
        )
        for ((x, y), _), kind in zip(THINGS, kinds, strict=True)
    )


def _wall_with_door(room: Pose2D, side: Pose2D, width: float, off: float) -> list[Fixture]:
    """Two pieces of one wall; mirrored they only change places."""
    name, toward = f"door_{round(100 * width)}", math.copysign(1.0, off)
    near, far = abs(off) + width / 2, abs(off) - width / 2
    pieces = (("near", near, INSIDE), ("far", -INSIDE, far))
    return [
        _wall(room, side, f"{name}_{piece}", INSIDE, toward * start, toward * end)
        for piece, start, end in pieces
    ]


def _wall(room: Pose2D, side: Pose2D, name: str, ahead: float, start: float, end: float) -> Fixture:
    """A wall across the way that ``side`` looks, [m] to its left."""
    half = abs(end - start) / 2
    pose = _out(room, side, (ahead, (start + end) / 2))
    return Fixture(name, (THICK, half, HIGH), (pose.x, pose.y, HIGH), WALL, pose.yaw)


def _table(room: Pose2D) -> list[Fixture]:
    """A table at the wall behind the robot's start."""
    deep, wide, high = TABLE
    x = THICK + deep + 0.01 - INSIDE
    boxes = [("table_top", (deep, wide, TOP), (x, 0.0), high - TOP)]
    for along in (-1, 1):
        for across in (-1, 1):
            name = (
                f"table_leg_{'back' if along < 0 else 'front'}_{'right' if across < 0 else 'left'}"
            )
            place = x + along * (deep - 2 * LEG), across * (wide - 2 * LEG)
            boxes.append((name, (LEG, LEG, high / 2 - TOP), place, high / 2 - TOP))
    return [
        Fixture(name, half_size, (*room.to_world(place), z), WOOD, room.yaw)
        for name, half_size, place, z in boxes
    ]


def _out(room: Pose2D, side: Pose2D, place: Place) -> Pose2D:
    """The pose in the world at a place of one side, looking as that side does."""
    return Pose2D(*room.to_world(side.to_world(place)), room.yaw + side.yaw)
