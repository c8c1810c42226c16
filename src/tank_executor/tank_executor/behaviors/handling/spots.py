"""Spots: where what is held may go, and where the robot stands for it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from tank_core.commands import Cell, Relation
from tank_core.geometry import Place, wrap
from tank_executor.arm import FLOOR_CLEARANCE_M
from tank_executor.behaviors.looking import on_floor
from tank_executor.behaviors.sides.relation import Beside, place_beside
from tank_executor.behaviors.sides.rounding import discs
from tank_executor.hand import cannot_reach
from tank_executor.memory import Thing
from tank_executor.motion import route
from tank_executor.motion.route import Footprint
from tank_executor.script import Context

GAP_M = 0.042  # from edge to edge
# room between what is put down and what else lies there: a finger, and the error of measuring
TAKEN_M = 0.03
BEARINGS = 24  # from which a spot may be worked at
FARTHER_M = (0.0, 0.06, 0.12)  # beyond the front cell that the arm is tried
STEEP = 0.02  # the hand points down there as it does over the front cell, in sines
BACK_M = 0.185  # the last leg, before which the thing is measured
ASIDE_M = 0.1  # [m/rad] what it costs to come from another direction than that of looking


@dataclass(frozen=True)
class ReleaseSpot:
    """A place for what is held, and the robot's way to it.

    ``offset`` [m] in odom is from the thing's middle, ``staging`` [m] in odom where the last leg
    begins, ``reach`` [m] how far ahead of base_link the place is after it.
    """

    offset: Place
    staging: Place
    reach: float
    cost: float

    def beside(self, thing: Thing) -> Place:
        """Return the place [m] in odom, beside the thing as it is measured now."""
        return thing.x + self.offset[0], thing.y + self.offset[1]


def reaches(context: Context) -> list[float]:
    """Return how far ahead [m] the arm puts things down upright."""
    front = context.robot.cell(Cell.FRONT)[0]
    upright = _sine(context, front)
    return [
        front + more
        for more in FARTHER_M
        if cannot_reach(context, (front + more, 0.0)) is None
        and abs(_sine(context, front + more) - upright) <= STEEP
    ]


def _sine(context: Context, ahead: float) -> float:
    """Return how steeply the hand points over the floor ``ahead`` [m]."""
    arm = context.arm
    q = arm.reach((ahead, 0.0, FLOOR_CLEARANCE_M), arm.home).q
    return float(arm.solver.chain.forward(q)[1][2, 0])


def spots(context: Context, thing: Thing, beside: Beside) -> list[ReleaseSpot]:
    """Return all spots beside or on a thing that can be driven up to."""
    on, ahead = beside.relation is Relation.ON, reaches(context)
    return [
        spot
        for place, cost in ([((thing.x, thing.y), 0.0)] if on else _places(context, thing, beside))
        for spot in _from_all_sides(context, thing, place, cost, beside, ahead)
    ]


def _places(context: Context, thing: Thing, beside: Beside) -> Iterator[tuple[Place, float]]:
    """Yield the places beside a thing that nothing takes."""
    held = context.grasp_check.held_width(context)
    away = thing.width / 2 + GAP_M + held / 2
    for direction, cost in beside.directions():
        place = place_beside(thing, direction, away)
        if all(
            math.dist(place, (one.x, one.y)) >= (held + one.width) / 2 + TAKEN_M
            for one in on_floor(context)
            if one.id != thing.id
        ):
            yield place, cost


def _from_all_sides(
    context: Context, thing: Thing, place: Place, cost: float, beside: Beside, ahead: list[float]
) -> Iterator[ReleaseSpot]:
    # what it is put on is driven up to like what is grasped
    but = thing.id if beside.relation is Relation.ON else None
    footprint, obstacles = Footprint.of(context.robot), discs(context, but)
    for number in range(BEARINGS):
        bearing = beside.facing + 2 * math.pi * number / BEARINGS
        for reach in ahead:
            end, staging = (
                (place[0] - away * math.cos(bearing), place[1] - away * math.sin(bearing))
                for away in (reach, reach + BACK_M)
            )
            if route.is_free(staging, end, obstacles, footprint):
                aside = ASIDE_M * abs(wrap(bearing - beside.facing))
                offset = place[0] - thing.x, place[1] - thing.y
                yield ReleaseSpot(offset, staging, reach, cost + aside)
                break
