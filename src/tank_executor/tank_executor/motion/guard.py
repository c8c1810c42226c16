"""Obstacles to a straight drive, by camera and range sensor. Pure."""

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
    """The room that a drive keeps [m]: before what is in the way, and beside.

    What is farther than ``beside`` from the robot's side is not in its way.
    """

    ahead: float
    beside: float


WIDE = Margin(0.10, 0.02)  # of a move
# where the way was planned around what stands there, which keeps more room than this
NARROW = Margin(0.05, 0.005)


def narrow(robot: Robot) -> Margin:
    """Return the narrow margin, or less for a robot with short arms.

    It is half of the room that such a robot leaves before what is in its front cell.
    """
    room = robot.cell(Cell.FRONT)[0] - robot.gripper.max_object / 2 - Footprint.of(robot).front
    return Margin(min(NARROW.ahead, max(0.0, room / 2)), NARROW.beside)


@dataclass(frozen=True)
class Obstacle:
    """A thing in the way: its distance [m] from the robot's edge, its name."""

    distance: float
    name: str


def obstacle(
    context: Context, backward: bool = False, but: int | None = None, beside: float = WIDE.beside
) -> Obstacle | None:
    """Return the nearest obstacle, ahead or behind; None when the way is free.

    The thing with the id ``but`` does not count.
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
    """Return how far the robot may go [m] until it touches a disc.

    The disc is at ``place`` [m] in base_link. Chassis and wheels count; None when it is not in the
    way of either.
    """
    x, y = -place[0] if backward else place[0], place[1]
    ends = [
        end
        for half_width, end in Footprint.of(context.robot).parts
        if abs(y) - radius < half_width + beside and x > end
    ]
    return max(0.0, x - radius - max(ends)) if ends else None


def _felt(context: Context, backward: bool, beside: float) -> list[Obstacle]:
    """Return what the range sensor sees, and what it saw a moment ago.

    The robot may not have passed that yet.
    """
    base, ranges = context.state.odometry.pose, context.objects.range_memory
    gaps = [
        _room(context, base.to_local(place), 0.0, backward, beside) for place in ranges.remembered
    ]
    if ranges.ahead is not None and not backward:
        gaps.append(max(0.0, base.to_local(ranges.ahead)[0] - Footprint.of(context.robot).front))
    return [Obstacle(gap, "something") for gap in gaps if gap is not None]
