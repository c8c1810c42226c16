"""What is in the way of a straight drive, by camera and range sensor. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from tank_core.commands import Cell
from tank_core.geometry import Place
from tank_core.robot import Robot
from tank_executor.memory import Thing
from tank_executor.motion.route import Footprint
from tank_executor.script import Context

THING_KEPT_S = 30.0  # what was not seen for longer may have gone
SURE_ENOUGH = 0.4  # confidence below which nothing stops for a thing


@dataclass(frozen=True)
class Margin:
    """How far before what is in the way a drive ends [m], and how far beside the robot a thing
    is not in its way [m].
    """

    ahead: float
    beside: float


WIDE = Margin(0.10, 0.02)  # of a move
# where the way was planned around what stands there, which keeps more room than this
NARROW = Margin(0.05, 0.005)


def narrow(robot: Robot) -> Margin:
    """That margin, or half of the room that a robot with short arms leaves before what is in its
    front cell.
    """
    room = robot.cell(Cell.FRONT)[0] - robot.gripper.max_object / 2 - Footprint.of(robot).front
    return Margin(min(NARROW.ahead, max(0.0, room / 2)), NARROW.beside)


@dataclass(frozen=True)
class Obstacle:
    """What is in the way.

    How far from the robot's edge [m], and what to call it.
    """

    distance: float
    name: str


def obstacle(
    context: Context, backward: bool = False, but: int | None = None, beside: float = WIDE.beside
) -> Obstacle | None:
    """The nearest in the way, ahead or behind.

    The thing with the id ``but`` does not count. None when the way is free.
    """
    things = [
        thing
        for thing in context.objects.things
        if thing.id != but and thing.on_floor and _is_known(context, thing)
    ]
    base = context.state.odometry.pose
    gaps = [
        (_room(context, thing.seen_from(base), thing.width / 2, backward, beside), thing)
        for thing in things
    ]
    seen = [Obstacle(gap, f"the {thing.name}") for gap, thing in gaps if gap is not None]
    return min(
        [*seen, *_felt(context, backward, beside)], key=lambda one: one.distance, default=None
    )


def _is_known(context: Context, thing: Thing) -> bool:
    return thing.confidence >= SURE_ENOUGH and context.now - thing.seen <= THING_KEPT_S


def _room(
    context: Context, place: Place, radius: float, backward: bool, beside: float
) -> float | None:
    """How far the robot may go until chassis or wheels touch a disc [m] in base_link; None when
    it is not in the way of either.
    """
    x, y = -place[0] if backward else place[0], place[1]
    ends = [
        end
        for half_width, end in Footprint.of(context.robot).parts
        if abs(y) - radius < half_width + beside and x > end
    ]
    return max(0.0, x - radius - max(ends)) if ends else None


def _felt(context: Context, backward: bool, beside: float) -> list[Obstacle]:
    """What the range sensor sees now, and what it saw a moment ago that it may not have passed
    yet.
    """
    base, ranges = context.state.odometry.pose, context.objects.range_memory
    gaps = [
        _room(context, base.to_local(place), 0.0, backward, beside) for place in ranges.remembered
    ]
    if ranges.ahead is not None and not backward:
        gaps.append(max(0.0, base.to_local(ranges.ahead)[0] - Footprint.of(context.robot).front))
    return [Obstacle(gap, "something") for gap in gaps if gap is not None]
