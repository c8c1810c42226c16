"""The way of a plan, as far as its steps alone tell it. Pure.

Poses are in the frame of the start.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tank_core.commands import (
    Arc,
    Arm,
    Command,
    Grasp,
    Move,
    MoveDirection,
    Release,
    Remember,
    Report,
    Stop,
    TakePhoto,
    Turn,
    Wait,
)
from tank_core.diff_drive import arc_end
from tank_core.geometry import Pose2D

BEND_RAD = math.radians(10.0)  # between two points of a curve
STANDING = (Arm, Remember, Report, Stop, TakePhoto, Wait)  # none of these moves the base


@dataclass(frozen=True)
class Leg:
    """A step's part of the way: from the first pose to the last.

    ``open``: where it leads depends on what is found, and so does all that follows.
    """

    index: int
    command: Command
    poses: tuple[Pose2D, ...]
    open: bool = False


def legs(commands: Sequence[Command], start: Pose2D, first: int = 0) -> list[Leg]:
    """The legs of the steps from ``first`` on, begun at ``start``.

    They end with the first that is open.
    """
    found: list[Leg] = []
    here = start
    for index, command in enumerate(commands[first:], start=first):
        poses = step_poses(command, here)
        found.append(Leg(index, command, (here, *(poses or ())), poses is None))
        if poses is None:
            break
        here = poses[-1] if poses else here
    return found


def step_poses(command: Command, here: Pose2D) -> tuple[Pose2D, ...] | None:
    """The poses that a command leads to, in order; None: nobody knows yet."""
    match command:
        case Move(direction=direction, distance_m=distance, until=None):
            ahead = distance if direction is MoveDirection.FORWARD else -distance
            return (here.compose(Pose2D(ahead)),)
        case Turn(direction=side, angle_deg=degrees):
            return (Pose2D(here.x, here.y, here.yaw + side.sign * math.radians(degrees)),)
        case Arc():
            return _curve(here, command)
        # what names a cell ends with the heading that it began with: behaviors/aiming.py
        case Grasp(cell=cell, color=color, shape=shape):
            return () if cell is not None or (color is None and shape is None) else None
        case Release(relation=relation):
            return () if relation is None else None
        case _:
            return () if isinstance(command, STANDING) else None


def _curve(here: Pose2D, arc: Arc) -> tuple[Pose2D, ...]:
    side, angle = arc.direction.sign, math.radians(arc.angle_deg)
    steps = max(1, math.ceil(angle / BEND_RAD))
    bends = [side * angle * step / steps for step in range(1, steps + 1)]
    return tuple(here.compose(arc_end(side * arc.radius_m, bend)) for bend in bends)
