"""Drives up to a thing: straight where the way is free, else by a detour."""

from __future__ import annotations

import math
from collections.abc import Iterator

from tank_core.commands import Approach, Cell
from tank_core.geometry import Place, Pose2D, clamp, wrap
from tank_executor.behaviors.driving import drive, standing, turn
from tank_executor.behaviors.facing import face
from tank_executor.behaviors.handling.finger_room import crowding, has_room, others
from tank_executor.behaviors.looking import (
    BEYOND_M,
    NO_DETECTIONS,
    STRAY_M,
    come_back,
    in_sight,
    look,
    look_at,
    nearest,
    viewing_distance,
)
from tank_executor.behaviors.search import ObjectSearch, find
from tank_executor.behaviors.sides.siding import approach_side
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
BEARINGS = 24  # from which a thing may be driven up to
GONE_BY_M = 0.05  # a detour has arrived at its corner


def approach(search: ObjectSearch, grasping: bool = False) -> Script[Thing | Failed]:
    """Drive until the thing lies in the front cell, and return it as seen then.

    ``grasping``: from a side where the fingers have room.
    """
    context, name = search.context, search.name
    refused = stalled = 0
    for _ in range(LEGS):
        thing = yield from find(search)
        if isinstance(thing, Failed):
            return thing
        if _is_near(context, thing) and not in_sight(context, thing):
            thing = yield from face(search)
            if isinstance(thing, Failed):
                return thing
        if grasping and _no_better_way(context, thing):
            grasping = False  # what is too near is put aside, or it is told
        if _has_arrived(context, thing) and not (grasping and _is_better_elsewhere(context, thing)):
            reason = search.mistakable(thing)
            return Failed(reason) if reason else (yield from _close_in(context, thing, name))
        before, direct = context.state.odometry.pose, _is_direct(context, thing, grasping)
        verdict = yield from _leg(context, thing, name, grasping)
        refused += isinstance(verdict, Failed)
        if isinstance(verdict, Failed) and refused == REFUSALS:
            return verdict
        if not (yield from look(context, f"looking for {name}")):
            return Failed(NO_DETECTIONS)
        stalled = stalled + 1 if direct and _comes_no_nearer(context, search, thing, before) else 0
        if stalled == REFUSALS:
            return Failed(
                f"{name} comes no nearer: does it move, or does the camera's picture stand still?"
            )
    return Failed(f"{name} does not come into the arm zone")


def look_near(context: Context, place: Place, radius: float) -> Script[Thing | Failed | None]:
    """Return what is seen within ``radius`` [m] of a place, or None.

    The place [m] is in base_link. If need be the robot turns to it, backs up, and returns.
    """
    there = context.state.odometry.pose.to_world(place)
    seen, before = _nearest_to(context, there, radius), standing(context)
    if seen is not None:
        return seen
    verdict = yield from look_at(context, place, "looking whether something is there")
    seen = _nearest_to(context, there, radius)
    if seen is None and isinstance(verdict, Done):
        verdict = yield from come_back(context, before)
    return verdict if isinstance(verdict, Failed) else seen


def _nearest_to(context: Context, there: Place, radius: float) -> Thing | None:
    """Return the nearest thing to a place in odom."""
    return nearest(context, context.state.odometry.pose.to_local(there), radius)


def _comes_no_nearer(context: Context, search: ObjectSearch, thing: Thing, before: Pose2D) -> bool:
    """Whether the robot drove, and the thing is as far away as before."""
    after, seen = context.state.odometry.pose, search.choose()
    driven = math.dist((before.x, before.y), (after.x, after.y))
    if seen is None or driven < STALL_M:
        return False
    return math.hypot(*thing.seen_from(before)) - math.hypot(*seen.seen_from(after)) < driven / 2


def _is_near(context: Context, thing: Thing) -> bool:
    return math.hypot(*thing.seen_from(context.state.odometry.pose)) < MEASURED_M


def _bearing(context: Context, thing: Thing) -> float:
    """Return the direction [rad] in odom from the robot to the thing."""
    base = context.state.odometry.pose
    return math.atan2(thing.y - base.y, thing.x - base.x)


def _ahead(context: Context) -> float:
    """Return the distance [m] ahead of base_link at which a thing is to end."""
    front = context.robot.cell(Cell.FRONT)[0]
    return front + BEYOND_M if viewing_distance(context) <= front + BEYOND_M else front


def _close_in(context: Context, thing: Thing, name: str) -> Script[Thing | Failed]:
    """Drive the rest of the way, on which the camera loses the thing."""
    rest = math.hypot(*thing.seen_from(context.state.odometry.pose)) - _ahead(context)
    if rest > ARRIVED_M:
        doing, margin = f"closing in on {name}", guard.narrow(context.robot)
        verdict = yield from drive(context, rest, None, doing, margin, thing.id)
        if isinstance(verdict, Failed):
            return verdict
    return thing


def _has_arrived(context: Context, thing: Thing) -> bool:
    x, y = thing.seen_from(context.state.odometry.pose)
    return (
        in_sight(context, thing)
        and abs(math.hypot(x, y) - viewing_distance(context)) <= ARRIVED_M
        and abs(math.atan2(y, x)) <= ARRIVED_RAD
    )


def _leg(context: Context, thing: Thing, name: str, grasping: bool) -> Script[Verdict]:
    """Drive a straight piece of the way.

    It leads to the thing itself where that is free, else to the next corner of a detour.
    """
    base = context.state.odometry.pose
    if _is_direct(context, thing, grasping):
        verdict = yield from _turn_to(context, thing, name)
        left = math.hypot(*thing.seen_from(context.state.odometry.pose)) - viewing_distance(context)
        if isinstance(verdict, Failed) or abs(left) <= ARRIVED_M:
            return verdict
        way, margin = clamp(left, -LEG_M, LEG_M), guard.narrow(context.robot)
        return (yield from drive(context, way, None, f"driving to {name}", margin, thing.id))
    corners = _detour(context, thing, grasping)
    if corners is None:
        return Failed(f"there is no free way to {name}")
    here = base.x, base.y
    corner = next((place for place in corners if math.dist(place, here) > GONE_BY_M), None)
    if corner is None:
        return (yield from _turn_to(context, thing, name))
    bearing = math.atan2(corner[1] - base.y, corner[0] - base.x)
    verdict = yield from turn(context, wrap(bearing - base.yaw), None, f"going round to {name}")
    if isinstance(verdict, Failed):
        return verdict
    base, margin = context.state.odometry.pose, guard.narrow(context.robot)
    way = min(LEG_M, math.dist(corner, (base.x, base.y)))
    return (yield from drive(context, way, None, f"going round to {name}", margin))


def _turn_to(context: Context, thing: Thing, name: str) -> Script[Verdict]:
    angle = wrap(_bearing(context, thing) - context.state.odometry.pose.yaw)
    return (yield from turn(context, angle, None, f"turning to {name}"))


def _is_direct(context: Context, thing: Thing, grasping: bool) -> bool:
    """Whether it can be driven up to straight from here."""
    base, bearing = context.state.odometry.pose, _bearing(context, thing)
    if grasping and _is_better_elsewhere(context, thing):
        return False
    return _free(context, (base.x, base.y), _before(context, thing, bearing), thing)


def _before(context: Context, thing: Thing, bearing: float, distance: float | None = None) -> Place:
    """Return the place from which the thing lies straight ahead.

    It looks along ``bearing`` [rad], ``distance`` [m] away (default: in the front cell).
    """
    away = _ahead(context) if distance is None else distance
    return thing.x - away * math.cos(bearing), thing.y - away * math.sin(bearing)


def _discs(things: list[Thing]) -> list[Disc]:
    return [Disc(one.x, one.y, one.width / 2) for one in things]


def _free(context: Context, start: Place, end: Place, thing: Thing) -> bool:
    return route.is_free(start, end, _discs(others(context, thing)), Footprint.of(context.robot))


def _directions() -> Iterator[float]:
    yield from (2 * math.pi * number / BEARINGS for number in range(BEARINGS))


def _is_better_elsewhere(context: Context, thing: Thing) -> bool:
    """Whether the fingers have no room from here, but have from another side.

    That side must be one that can be driven up to.
    """
    if has_room(context, thing, _bearing(context, thing)):
        return False
    return any(
        has_room(context, thing, bearing) and _end_is_free(context, thing, bearing)
        for bearing in _directions()
    )


def _no_better_way(context: Context, thing: Thing) -> bool:
    """Whether there is a better side, but none that the way from here leads to."""
    if not _is_better_elsewhere(context, thing):
        return False
    base, corners = context.state.odometry.pose, _detour(context, thing, grasping=True)
    return corners is not None and all(
        math.dist(place, (base.x, base.y)) <= GONE_BY_M for place in corners
    )


def _end_is_free(context: Context, thing: Thing, bearing: float) -> bool:
    end = _before(context, thing, bearing)
    return _free(context, _staging(context, thing, bearing), end, thing)


def _staging(context: Context, thing: Thing, bearing: float) -> Place:
    """Return the place from which the last leg to the thing begins."""
    return _before(context, thing, bearing, viewing_distance(context) + STAGING_M)


def _detour(context: Context, thing: Thing, grasping: bool) -> list[Place] | None:
    """Return the way to a place from which the thing lies straight ahead."""
    goals = [
        (
            _staging(context, thing, bearing),
            crowding(context, thing, bearing) if grasping else 0.0,
        )
        for bearing in _directions()
        if _end_is_free(context, thing, bearing)
    ]
    obstacles = [*_discs(others(context, thing)), *guard.frames(context)]
    obstacles.append(Disc(thing.x, thing.y, thing.width / 2))
    if not goals:
        return None
    footprint = Footprint.of(context.robot)
    return route.plan(context.state.odometry.pose, goals, obstacles, footprint)


class ApproachPrimitive(Primitive):
    """The command approach: the object in the arm zone, or one side of it."""

    def __init__(self, command: Approach, context: Context) -> None:
        super().__init__(context)
        self.command = command

    def script(self) -> Script[Verdict]:
        if self.command.relation is not None:
            return (yield from approach_side(self.context, self.command))
        search = ObjectSearch(self.context, self.command)
        thing = yield from approach(search)
        if isinstance(thing, Failed):
            return thing
        return Done(f"the {thing.name} is in front of the arm{search.untold(thing)}")
