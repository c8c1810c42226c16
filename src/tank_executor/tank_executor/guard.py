"""What is in the way of a straight drive, by camera and range sensor. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tank_executor.route import Footprint
from tank_executor.script import Context
from tank_executor.sight import Thing

SHORT_M = 0.10  # a move stops this far before what is in its way
BESIDE_M = 0.02  # what is this far beside the robot is not in its way
REMEMBERED_S = 30.0  # what was not seen for longer may have gone
SURE = 0.4  # confidence below which nothing stops for a thing


@dataclass(frozen=True)
class Obstacle:
    """What is in the way: how far from the robot's edge [m], and what to call it."""

    distance: float
    name: str


def obstacle(context: Context, backward: bool = False, but: int | None = None) -> Obstacle | None:
    """The nearest in the way, ahead or behind; the thing with the id ``but`` does not count. None when the way is free."""
    things = [thing for thing in context.sight.things if thing.id != but and thing.on_floor and _is_known(context, thing)]
    gaps = [(_gap(context, thing, backward), thing) for thing in things]
    seen = [Obstacle(gap, f"the {thing.name}") for gap, thing in gaps if gap is not None]
    felt = [] if backward else _felt(context)
    return min([*seen, *felt], key=lambda one: one.distance, default=None)


def _is_known(context: Context, thing: Thing) -> bool:
    return thing.confidence >= SURE and context.now - thing.seen <= REMEMBERED_S


def _gap(context: Context, thing: Thing, backward: bool) -> float | None:
    """How far the robot may go until chassis or wheels touch a thing [m]; None when it is not in the way of either."""
    x, y = thing.seen_from(context.state.odometry.pose)
    x, radius = -x if backward else x, thing.width / 2
    ends = [end for half_width, end in Footprint.of(context.robot).parts if abs(y) - radius < half_width + BESIDE_M and x > end]
    return max(0.0, x - radius - max(ends)) if ends else None


def _felt(context: Context) -> list[Obstacle]:
    sensor = context.robot.range_sensor
    if sensor is None or not math.isfinite(context.sight.range):
        return []
    return [Obstacle(max(0.0, context.sight.range + sensor.position[0] - Footprint.of(context.robot).front), "something")]
