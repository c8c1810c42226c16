"""Obstacles to a drive, straight or on an arc, by what was seen. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tank_core.commands import Cell
from tank_core.geometry import Place
from tank_core.robot import Robot
from tank_executor.memory import Thing
from tank_executor.motion.route import Disc, Footprint
from tank_executor.script import Context

THING_KEPT_S = 30.0  # what was not seen for longer may have gone
SOMETHING = "something"  # what the range sensor alone knows
HEARD_M = 0.05  # what was heard no nearer than this before what is heard now is that


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
UPRIGHT_M = 0.15  # what is this near to a gate's inner edge is the upright
UPRIGHT = "an upright of the gate"
POST_M = 0.03  # half of what an upright is thick, at least: it begins at the gate's inner edge
GATE_M = 0.035  # of room on each side of the robot: what is narrower is no gate to it
SURE_GATE = 0.8  # confidence below which a gate is too far away to be measured


def narrow(robot: Robot) -> Margin:
    """Return the narrow margin, or less for a robot with short arms.

    It is half of the room that such a robot leaves before what is in its front cell.
    """
    room = robot.cell(Cell.FRONT)[0] - robot.gripper.max_object / 2 - Footprint.of(robot).front
    return Margin(min(NARROW.ahead, max(0.0, room / 2)), NARROW.beside)


@dataclass(frozen=True)
class Obstacle:
    """A thing in the way: its distance [m] from the robot's edge, its name.

    Not ``sure``: it was heard in a wider part of the cone, and may stand beside the way.
    """

    distance: float
    name: str
    sure: bool = True

    @property
    def there(self) -> str:
        """Its name with "is", or with "may be"."""
        return f"{self.name} {'is' if self.sure else 'may be'}"


def obstacle(
    context: Context,
    backward: bool = False,
    but: int | None = None,
    beside: float = WIDE.beside,
    uprights: Sequence[Place] = (),
    from_front: bool = False,
    unsure: float = 0.0,
) -> Obstacle | None:
    """Return the nearest obstacle, ahead or behind; None when the way is free.

    The thing with the id ``but`` does not count. The distance is that from the part which would
    touch it, or ``from_front`` from the robot's front edge, as people see it. ``uprights``: places
    in odom, measured well, that are passed closely: they alone count of all that is seen or felt
    there. What is not sure counts as ``unsure`` [m] farther away than it may be.
    """

    def room(place: Place, radius: float) -> float | None:
        return _room(context, place, radius, backward, beside, from_front)

    base, ranges = context.state.odometry.pose, context.objects.range_memory
    posts = [
        Obstacle(gap, UPRIGHT)
        for post in uprights
        if (gap := _room(context, base.to_local(post), 0.0, backward, NARROW.beside, False))
        is not None
    ]
    felt = _felt(context, room, uprights)
    echo = heard(context)
    if echo is not None and not backward and not ranges.may_be(uprights):
        near = echo.distance - HEARD_M
        felt = [echo, *(replace(one, sure=one.distance >= near) for one in felt)]
    felt = [one if one.sure else replace(one, distance=one.distance + unsure) for one in felt]
    framed = _framed(context, room, uprights)
    return _nearest([*_seen(context, room, but, uprights), *framed, *posts, *felt])


def heard(context: Context) -> Obstacle | None:
    """Return what the range sensor hears ahead, from the front edge."""
    ahead = context.objects.range_memory.ahead
    if ahead is None:
        return None
    x, _ = context.state.odometry.pose.to_local(ahead)
    return Obstacle(max(0.0, x - Footprint.of(context.robot).front), SOMETHING)


def obstacle_on_arc(context: Context, radius: float) -> Obstacle | None:
    """Return the nearest obstacle on the circle ahead; None when it is free.

    Its ``radius`` [m] is positive to the left; the distance is along the arc. The range sensor
    looks straight on: what it has heard lies across its cone, and counts where the circle leads
    through that.
    """

    def room(place: Place, size: float) -> float | None:
        return _room_on_arc(context, place, size, radius)

    return _nearest([*_seen(context, room), *_framed(context, room), *_felt(context, room)])


Room = Callable[[Place, float], float | None]  # of a disc: its place in base_link, its radius [m]


def _nearest(obstacles: list[Obstacle]) -> Obstacle | None:
    return min(obstacles, key=lambda one: one.distance, default=None)


def _seen(
    context: Context, room: Room, but: int | None = None, uprights: Sequence[Place] = ()
) -> list[Obstacle]:
    """Return what the camera knows in the way."""
    base = context.state.odometry.pose
    gaps = [
        (room(thing.seen_from(base), thing.width / 2), thing)
        for thing in context.objects.things
        if thing.id != but
        and thing.stops
        and _is_known(context, thing)
        and not is_upright((thing.x, thing.y), uprights)
    ]
    return [Obstacle(gap, f"the {thing.name}") for gap, thing in gaps if gap is not None]


def frames(context: Context) -> list[Disc]:
    """Return the uprights of gates that were seen lately, as obstacles in odom.

    What the robot would not fit through is often none: shadows under a table that is near.
    """
    narrowest = 2 * (Footprint.of(context.robot).half_width + GATE_M)
    return [
        Disc(*gate.pose.to_world((0.0, side * (gate.width / 2 + POST_M))), POST_M)
        for gate in context.objects.gates
        if gate.confidence >= SURE_GATE
        and gate.width >= narrowest
        and context.now - gate.seen <= THING_KEPT_S
        for side in (1, -1)
    ]


def _framed(context: Context, room: Room, uprights: Sequence[Place] = ()) -> list[Obstacle]:
    """Return the uprights in the way but for those that are passed closely."""
    base = context.state.odometry.pose
    gaps = [
        room(base.to_local((post.x, post.y)), post.radius)
        for post in frames(context)
        if not is_upright((post.x, post.y), uprights)
    ]
    return [Obstacle(gap, UPRIGHT) for gap in gaps if gap is not None]


def _felt(context: Context, room: Room, uprights: Sequence[Place] = ()) -> list[Obstacle]:
    """Return what the range sensor saw a moment ago.

    The robot may not have passed that yet.
    """
    base, remembered = context.state.odometry.pose, context.objects.range_memory.remembered
    gaps = [room(base.to_local(at), 0.0) for at in remembered if not is_upright(at, uprights)]
    return [Obstacle(gap, SOMETHING, sure=False) for gap in gaps if gap is not None]


def is_upright(place: Place, uprights: Sequence[Place]) -> bool:
    """Whether what is known at a place in odom is one of some uprights."""
    return any(math.dist(place, upright) <= UPRIGHT_M for upright in uprights)


def _is_known(context: Context, thing: Thing) -> bool:
    return context.now - thing.seen <= THING_KEPT_S


def _room(
    context: Context, place: Place, radius: float, backward: bool, beside: float, from_front: bool
) -> float | None:
    """Return how far the robot may go [m] until it touches a disc.

    The disc is at ``place`` [m] in base_link. Chassis and wheels count; None when it is not in the
    way of either.
    """
    x, y = -place[0] if backward else place[0], place[1]
    footprint = Footprint.of(context.robot)
    ends = [
        footprint.front if from_front else end
        for half_width, end in footprint.parts
        if abs(y) - radius < half_width + beside and x > end
    ]
    return max(0.0, x - radius - max(ends)) if ends else None


def _room_on_arc(context: Context, place: Place, radius: float, arc_radius: float) -> float | None:
    """Return how far the robot may go along an arc [m] until it touches a disc.

    As ``_room``, about the circle's center: chassis and wheels sweep rings around it.
    """
    turn, x = abs(arc_radius), place[0]
    y = place[1] if arc_radius > 0 else -place[1]  # as if to the left
    away = max(math.hypot(x, turn - y), 1e-6)  # from the center
    bearing = math.atan2(x, turn - y) % (2 * math.pi)  # of the way round, from base_link
    gaps: list[float] = []
    for half_width, end in Footprint.of(context.robot).parts:
        side = half_width + WIDE.beside
        front = math.asin(min(1.0, end / away))  # of the part, as seen from the center
        if turn - side - radius < away < math.hypot(turn + side, end) + radius and bearing > front:
            gaps.append(bearing - front - math.asin(min(1.0, radius / away)))
    return max(0.0, turn * min(gaps)) if gaps else None
