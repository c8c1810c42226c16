"""Driving up to a thing.

Straight on where the way is free, else around what is in the way.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from tank_core.commands import Approach, Cell
from tank_core.geometry import Place, Pose2D, wrap
from tank_executor.behaviors.driving import drive, standing, turn
from tank_executor.behaviors.search import (
    BEYOND_M,
    NO_DETECTIONS,
    STRAY_M,
    ObjectSearch,
    come_back,
    face,
    find,
    glance,
    in_sight,
    look,
    nearest,
    seen_from,
)
from tank_executor.memory import Thing
from tank_executor.motion import guard, route
from tank_executor.motion.route import Disc, Footprint
from tank_executor.script import Context, Done, Failed, Primitive, Script, Verdict

ARRIVED_M, ARRIVED_RAD = STRAY_M, math.radians(2.0)  # how well
MEASURED_M = 0.6  # from this near a thing's place is known well enough to grasp it
# the last leg begins so much farther away than where the thing is measured, where the camera sees
# it well
STAGING_M = 0.185
LEG_M = 1.0  # look again after this much way
LEGS = 20
REFUSALS = 3  # legs that failed, or brought the thing no nearer, after which it gives up
STALL_M = 0.15  # shorter legs say nothing about that
DIRECTIONS = 24  # from which a thing may be driven up to
FINGERS_M = 0.006  # room that a finger needs beside it, at least,
EASY_M = 0.02  # and so that it is no matter
CROWDED_M = 3.0  # what a direction costs in way in which a finger has no room at all
LEAST_M = 0.035  # things are at least so wide; what is half hidden looks smaller
GONE_BY_M = 0.05  # a detour has arrived at its corner


def approach(quest: ObjectSearch, grasping: bool = False) -> Script[Thing | Failed]:
    """Drive until the thing lies in the front cell.

    ``grasping``: from a side where the fingers have room. Returns it as seen then.
    """
    context, name = quest.context, quest.name
    refused = stalled = 0
    for _ in range(LEGS):
        thing = yield from find(quest)
        if isinstance(thing, Failed):
            return thing
        if _is_near(context, thing) and not in_sight(context, thing):
            thing = yield from face(quest)
            if isinstance(thing, Failed):
                return thing
        if _has_arrived(context, thing) and not (grasping and _is_better_elsewhere(context, thing)):
            reason = quest.mistakable(thing)
            return Failed(reason) if reason else (yield from _close_in(context, thing, name))
        before, direct = context.state.odometry.pose, _is_direct(context, thing, grasping)
        verdict = yield from _leg(context, thing, name, grasping)
        refused += isinstance(verdict, Failed)
        if isinstance(verdict, Failed) and refused == REFUSALS:
            return verdict
        if not (yield from look(context, f"looking for {name}")):
            return Failed(NO_DETECTIONS)
        stalled = stalled + 1 if direct and _comes_no_nearer(context, quest, thing, before) else 0
        if stalled == REFUSALS:
            return Failed(
                f"{name} comes no nearer: does it move, or does the camera's picture stand still?"
            )
    return Failed(f"{name} does not come into the arm zone")


def peek(context: Context, place: Place, radius: float) -> Script[Thing | Failed | None]:
    """What is seen within ``radius`` [m] of a place in base_link; if need be the robot turns to
    it, backs up, and returns.
    """
    there = context.state.odometry.pose.to_world(place)
    seen, before = _nearest_to(context, there, radius), standing(context)
    if seen is not None:
        return seen
    verdict = yield from glance(context, place, "looking whether something is there")
    seen = _nearest_to(context, there, radius)
    if seen is None and isinstance(verdict, Done):
        verdict = yield from come_back(context, before)
    return verdict if isinstance(verdict, Failed) else seen


def _nearest_to(context: Context, there: Place, radius: float) -> Thing | None:
    """The same for a place in odom."""
    return nearest(context, context.state.odometry.pose.to_local(there), radius)


def _comes_no_nearer(context: Context, quest: ObjectSearch, thing: Thing, before: Pose2D) -> bool:
    """Whether what was driven up to is as far away as it was before that."""
    after, seen = context.state.odometry.pose, quest.choose()
    driven = math.dist((before.x, before.y), (after.x, after.y))
    if seen is None or driven < STALL_M:
        return False
    return math.hypot(*thing.seen_from(before)) - math.hypot(*seen.seen_from(after)) < driven / 2


def _is_near(context: Context, thing: Thing) -> bool:
    return math.hypot(*thing.seen_from(context.state.odometry.pose)) < MEASURED_M


def _bearing(context: Context, thing: Thing) -> float:
    """Direction [rad] in odom from the robot to the thing."""
    base = context.state.odometry.pose
    return math.atan2(thing.y - base.y, thing.x - base.x)


def _ahead(context: Context) -> float:
    """How far ahead of base_link the thing is to end [m]."""
    front = context.robot.cell(Cell.FRONT)[0]
    return front + BEYOND_M if seen_from(context) <= front + BEYOND_M else front


def _close_in(context: Context, thing: Thing, name: str) -> Script[Thing | Failed]:
    """The rest of the way, on which the camera loses the thing out of sight."""
    rest = math.hypot(*thing.seen_from(context.state.odometry.pose)) - _ahead(context)
    if rest > ARRIVED_M:
        verdict = yield from drive(
            context, rest, None, f"closing in on {name}", guard.narrow(context.robot), thing.id
        )
        if isinstance(verdict, Failed):
            return verdict
    return thing


def _has_arrived(context: Context, thing: Thing) -> bool:
    x, y = thing.seen_from(context.state.odometry.pose)
    return (
        in_sight(context, thing)
        and abs(math.hypot(x, y) - seen_from(context)) <= ARRIVED_M
        and abs(math.atan2(y, x)) <= ARRIVED_RAD
    )


def _leg(context: Context, thing: Thing, name: str, grasping: bool) -> Script[Verdict]:
    """One straight piece of the way.

    To the thing itself where that is free, else to the next corner of a detour.
    """
    base = context.state.odometry.pose
    if _is_direct(context, thing, grasping):
        verdict = yield from turn(
            context, wrap(_bearing(context, thing) - base.yaw), None, f"turning to {name}"
        )
        left = math.hypot(*thing.seen_from(context.state.odometry.pose)) - seen_from(context)
        if isinstance(verdict, Failed) or abs(left) <= ARRIVED_M:
            return verdict
        return (
            yield from drive(
                context,
                max(-LEG_M, min(LEG_M, left)),
                None,
                f"driving to {name}",
                guard.narrow(context.robot),
                thing.id,
            )
        )
    corners = _detour(context, thing, grasping)
    if corners is None:
        return Failed(f"there is no free way to {name}")
    corner = next(
        (place for place in corners if math.dist(place, (base.x, base.y)) > GONE_BY_M), None
    )
    if corner is None:
        return (
            yield from turn(
                context, wrap(_bearing(context, thing) - base.yaw), None, f"turning to {name}"
            )
        )
    bearing = math.atan2(corner[1] - base.y, corner[0] - base.x)
    verdict = yield from turn(context, wrap(bearing - base.yaw), None, f"going round to {name}")
    if isinstance(verdict, Failed):
        return verdict
    here = context.state.odometry.pose
    way = min(LEG_M, math.dist(corner, (here.x, here.y)))
    return (
        yield from drive(context, way, None, f"going round to {name}", guard.narrow(context.robot))
    )


def _is_direct(context: Context, thing: Thing, grasping: bool) -> bool:
    """Whether it can be driven up to straight from here."""
    base, bearing = context.state.odometry.pose, _bearing(context, thing)
    if grasping and _is_better_elsewhere(context, thing):
        return False
    return _free(context, (base.x, base.y), _before(context, thing, bearing), thing)


def _before(context: Context, thing: Thing, bearing: float, distance: float | None = None) -> Place:
    """The place from which the thing lies straight ahead at ``bearing`` [rad], ``distance`` [m]
    away (default: in the front cell).
    """
    away = _ahead(context) if distance is None else distance
    return thing.x - away * math.cos(bearing), thing.y - away * math.sin(bearing)


def _others(context: Context, thing: Thing) -> list[Thing]:
    return [one for one in context.objects.things if one.id != thing.id and one.on_floor]


def _discs(things: list[Thing]) -> list[Disc]:
    return [Disc(one.x, one.y, one.width / 2) for one in things]


def _free(context: Context, start: Place, end: Place, thing: Thing) -> bool:
    return route.is_free(start, end, _discs(_others(context, thing)), Footprint.of(context.robot))


def _directions() -> Iterator[float]:
    yield from (2 * math.pi * number / DIRECTIONS for number in range(DIRECTIONS))


def _is_better_elsewhere(context: Context, thing: Thing) -> bool:
    """Whether the fingers have no room as seen from here, but would from another side that can
    be driven up to.
    """
    if has_room(context, thing, _bearing(context, thing)):
        return False
    return any(
        has_room(context, thing, bearing) and _end_is_free(context, thing, bearing)
        for bearing in _directions()
    )


def _end_is_free(context: Context, thing: Thing, bearing: float) -> bool:
    return _free(
        context,
        _before(context, thing, bearing, seen_from(context) + STAGING_M),
        _before(context, thing, bearing),
        thing,
    )


def _detour(context: Context, thing: Thing, grasping: bool) -> list[Place] | None:
    """The way to a place from which the thing can be driven up to straight."""
    goals = [
        (
            _before(context, thing, bearing, seen_from(context) + STAGING_M),
            _crowding(context, thing, bearing) if grasping else 0.0,
        )
        for bearing in _directions()
        if _end_is_free(context, thing, bearing)
    ]
    obstacles = [*_discs(_others(context, thing)), Disc(thing.x, thing.y, thing.width / 2)]
    return (
        route.plan(context.state.odometry.pose, goals, obstacles, Footprint.of(context.robot))
        if goals
        else None
    )


def has_room(context: Context, thing: Thing, bearing: float) -> bool:
    """Whether the fingers, set down open on both sides of the thing as seen along ``bearing``
    [rad] and closed, hit nothing else.
    """
    return _room(context, thing, bearing) >= FINGERS_M


def in_the_way_of_fingers(context: Context, thing: Thing, bearing: float) -> Thing | None:
    """The nearest thing that leaves the fingers no room at all.

    None when there is some.
    """
    tight = [
        (room, other)
        for other in _others(context, thing)
        if (room := _room_beside(context, thing, other, bearing)) < 0.0
    ]
    return min(tight, key=lambda entry: entry[0])[1] if tight else None


def _crowding(context: Context, thing: Thing, bearing: float) -> float:
    """What little room for the fingers costs [m]."""
    return CROWDED_M * min(1.0, max(0.0, 1.0 - _room(context, thing, bearing) / EASY_M))


def _room(context: Context, thing: Thing, bearing: float) -> float:
    """Least distance [m] between the way of a finger and another thing.

    Negative where they meet.
    """
    return min(
        (_room_beside(context, thing, other, bearing) for other in _others(context, thing)),
        default=math.inf,
    )


def _room_beside(context: Context, thing: Thing, other: Thing, bearing: float) -> float:
    """The same for one other thing, which is a circle from above.

    The way of a finger that closes is a box, from where it is when it is open to the side of the
    thing.
    """
    gap, (_, half_across, half_along) = context.arm.open_gap, context.robot.gripper.finger_half_size
    inner, outer = min(thing.width, gap) / 2, gap / 2 + 2 * half_across
    along, across = map(abs, Pose2D(thing.x, thing.y, bearing).to_local((other.x, other.y)))
    outside = math.hypot(max(0.0, along - half_along), max(0.0, across - outer, inner - across))
    return outside - max(other.width, LEAST_M) / 2


class ApproachPrimitive(Primitive):
    """approach: the object in the arm zone."""

    def __init__(self, command: Approach, context: Context) -> None:
        super().__init__(context)
        self.command = command

    def script(self) -> Script[Verdict]:
        thing = yield from approach(ObjectSearch(self.context, self.command))
        if isinstance(thing, Failed):
            return thing
        return Done(f"the {thing.name} is in front of the arm")
