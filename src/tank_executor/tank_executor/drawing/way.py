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
    Move,
    MoveDirection,
    Remember,
    Report,
    Side,
    Stop,
    TakePhoto,
    Turn,
    Wait,
)
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
    if isinstance(command, Move) and command.until is None:
        way = command.distance_m * (1 if command.direction is MoveDirection.FORWARD else -1)
        return (Pose2D(*here.to_world((way, 0.0)), here.yaw),)
    if isinstance(command, Turn):
        turned = math.radians(command.angle_deg) * _sign(command.direction)
        return (Pose2D(here.x, here.y, here.yaw + turned),)
    if isinstance(command, Arc):
        return _curve(here, command)
    return () if isinstance(command, STANDING) else None


def _sign(side: Side) -> int:
    return 1 if side is Side.LEFT else -1


def _curve(here: Pose2D, arc: Arc) -> tuple[Pose2D, ...]:
    side, angle = _sign(arc.direction), math.radians(arc.angle_deg)
    steps = max(1, math.ceil(angle / BEND_RAD))
    bends = [angle * step / steps for step in range(1, steps + 1)]
    return tuple(
        Pose2D(
            *here.to_world(
                (arc.radius_m * math.sin(bend), side * arc.radius_m * (1 - math.cos(bend)))
            ),
            here.yaw + side * bend,
        )
        for bend in bends
    )
