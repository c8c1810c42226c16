"""Room for the fingers beside a thing that is to be grasped."""

from __future__ import annotations

import math

from tank_core.geometry import Pose2D
from tank_executor.memory import Thing
from tank_executor.script import Context

FINGERS_M = 0.006  # room that a finger needs beside it, at least,
EASY_M = 0.02  # and so that it is no matter
CROWDED_M = 3.0  # what a direction costs in way in which a finger has no room at all
LEAST_M = 0.035  # things are at least so wide; what is half hidden looks smaller


def others(context: Context, thing: Thing) -> list[Thing]:
    """Return what else is known to lie on the floor.

    What the thing stands on is left out.
    """
    return [
        one
        for one in context.objects.things
        if one.id != thing.id and one.on_floor and not thing.stands_on(one)
    ]


def has_room(context: Context, thing: Thing, bearing: float) -> bool:
    """Whether the fingers, set down open beside the thing, hit nothing else.

    They are set down on both sides of it as seen along ``bearing`` [rad], and closed.
    """
    return _room(context, thing, bearing) >= FINGERS_M


def in_the_way_of_fingers(context: Context, thing: Thing, bearing: float) -> Thing | None:
    """Return the nearest thing that leaves the fingers no room, or None."""
    tight = [
        (room, other)
        for other in others(context, thing)
        if (room := _room_beside(context, thing, other, bearing)) < 0.0
    ]
    return min(tight, key=lambda entry: entry[0])[1] if tight else None


def crowding(context: Context, thing: Thing, bearing: float) -> float:
    """Return the cost [m] of having little room for the fingers."""
    return CROWDED_M * min(1.0, max(0.0, 1.0 - _room(context, thing, bearing) / EASY_M))


def _room(context: Context, thing: Thing, bearing: float) -> float:
    """Return the least distance [m] from the fingers' way to another thing.

    It is negative where they meet.
    """
    return min(
        (_room_beside(context, thing, other, bearing) for other in others(context, thing)),
        default=math.inf,
    )


def _room_beside(context: Context, thing: Thing, other: Thing, bearing: float) -> float:
    """Return the distance [m] from the fingers' way to one other thing.

    That thing is a circle from above. The way of a finger that closes is a box, from where it is
    when it is open to the side of the thing.
    """
    gap, (_, half_across, half_along) = context.arm.open_gap, context.robot.gripper.finger_half_size
    inner, outer = min(thing.width, gap) / 2, gap / 2 + 2 * half_across
    along, across = map(abs, Pose2D(thing.x, thing.y, bearing).to_local((other.x, other.y)))
    outside = math.hypot(max(0.0, along - half_along), max(0.0, across - outer, inner - across))
    return outside - max(other.width, LEAST_M) / 2
