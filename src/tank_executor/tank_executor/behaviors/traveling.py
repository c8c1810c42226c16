"""Drives to a remembered place, round what is seen, and turns as it was.

The place may move along in odom meanwhile, when it is recognized.
"""

from __future__ import annotations

import math

from tank_core.geometry import Place, Pose2D, wrap
from tank_executor.behaviors.driving import drive, standing, sweep, turn
from tank_executor.behaviors.gates.going_through import go_through
from tank_executor.behaviors.looking import has_seen, look
from tank_executor.behaviors.posing import fold_in
from tank_executor.memory import Thing
from tank_executor.motion import guard, route
from tank_executor.motion.route import Disc, Footprint
from tank_executor.places import Key, listed
from tank_executor.script import Context, Done, Failed, Script, Verdict

LEG_M = 1.0  # plan anew after this much way: things are seen, and places recognized
LEGS = 60
REFUSALS = 4  # legs that failed, after which it gives up
NEAR_M, NEAR_RAD = 0.04, math.radians(1.5)  # this near to the place nothing needs to be driven
ROUNDS = 5  # the place may be recognized, and found elsewhere, when the robot gets there
KNOWN_M = 0.12  # a place that is known this well needs no look around
# a place that may be farther off than this was not found; a way of 1.5 m and back costs so much
FOUND_M = 0.5
FELT_M = 0.10  # how far something that only the range sensor felt is taken to reach


def travel(context: Context, key: Key, where: str) -> Script[Verdict]:
    """Drive to a place of the book and turn to the heading of it.

    ``where`` names it: "the kitchen". Says how far off the robot may be.
    """
    places, felt, looked = context.memory.places, list[Disc](), not has_seen(context)
    reason = yield from fold_in(context)
    if reason:
        return Failed(reason)
    for gate in places.gates_to(key):
        if isinstance((yield from go_through(context, gate)), Failed):
            break  # there may be another way
    for _ in range(ROUNDS):
        verdict = yield from _drive_to(context, key, where, felt)
        if isinstance(verdict, Done):
            verdict = yield from _face(context, key, where)
        if isinstance(verdict, Failed):
            return verdict
        if verdict is not None and has_seen(context):
            yield from look(context, f"looking whether this is {where}")
        if not looked and _is_doubtful(context, key):
            looked = True
            turned = yield from _look_around(context, key, where)
            if isinstance(turned, Failed):
                return turned
        elif verdict is None or _is_there(context, key):
            break
    if verdict is None:
        return Failed(_no_way(context, places[key].pose, where, felt))
    off, spot = places.off(key), places[key]
    if off.distance > FOUND_M:
        why = "do not recognize it" if spot.landmarks else "saw nothing there to know it by"
        return Failed(
            f"I drove to {where} by odometry alone, and may be {off.distance:.1f} m off: I {why}"
        )
    by = listed(spot.known_by[:2]) if spot.known_by else "odometry alone"
    return Done(f"give or take {max(1, round(off.distance * 100))} cm, by {by}")


def _is_there(context: Context, key: Key) -> bool:
    goal, here = context.memory.places[key].pose, context.state.odometry.pose
    return goal.distance(here) <= 1.5 * NEAR_M and goal.turned(here) <= 2 * NEAR_RAD


def _is_doubtful(context: Context, key: Key) -> bool:
    places = context.memory.places
    return bool(places[key].landmarks) and places.off(key).distance > KNOWN_M


def _look_around(context: Context, key: Key, where: str) -> Script[Verdict]:
    """Turn until the place is recognized, at most once all around."""
    places, doing = context.memory.places, f"looking around for what stands at {where}"
    turned = yield from sweep(
        context, 2 * math.pi, doing, lambda: places.off(key).distance <= KNOWN_M
    )
    return turned if isinstance(turned, Failed) else Done()


def _face(context: Context, key: Key, where: str) -> Script[Verdict]:
    angle = wrap(context.memory.places[key].pose.yaw - standing(context).yaw)
    if abs(angle) <= NEAR_RAD:
        return Done()
    return (yield from turn(context, angle, None, f"turning as at {where}"))


def _drive_to(context: Context, key: Key, where: str, felt: list[Disc]) -> Script[Verdict | None]:
    """Drive to the place, leg by leg, each planned anew.

    None: no way leads there, where it seems to be by now.
    """
    refused = 0
    for _ in range(LEGS):
        goal, base = context.memory.places[key].pose, standing(context)
        if goal.distance(base) <= NEAR_M:
            return Done()
        corner = _next_corner(context, base, (goal.x, goal.y), felt)
        if corner is None:
            return None
        verdict = yield from _leg(context, corner, where)
        if isinstance(verdict, Failed):
            refused += 1
            if refused == REFUSALS or not _feel(context, felt):
                return Failed(f"I do not get to {where}: {verdict.message}")
    return Failed(f"I do not get to {where}: it comes no nearer")


def _leg(context: Context, corner: Place, where: str) -> Script[Verdict]:
    doing, base = f"driving to {where}", standing(context)
    bearing = math.atan2(corner[1] - base.y, corner[0] - base.x)
    verdict = yield from turn(context, wrap(bearing - base.yaw), None, doing)
    if isinstance(verdict, Failed):
        return verdict
    base = standing(context)
    way = min(LEG_M, math.dist(corner, (base.x, base.y)))
    return (yield from drive(context, way, None, doing, guard.narrow(context.robot)))


def _next_corner(context: Context, base: Pose2D, goal: Place, felt: list[Disc]) -> Place | None:
    footprint = Footprint.of(context.robot)
    obstacles = [*map(_disc, _in_the_way(context)), *guard.frames(context), *felt]
    corners = route.plan(base, [(goal, 0.0)], obstacles, footprint)
    if corners is None:
        return None
    here = (base.x, base.y)
    return next((place for place in corners if math.dist(place, here) > NEAR_M), corners[-1])


def _in_the_way(context: Context) -> list[Thing]:
    """Return what stands around and was seen lately: old knowledge has drifted."""
    return [
        thing
        for thing in context.objects.things
        if thing.on_floor and thing.stops and context.now - thing.seen <= guard.THING_KEPT_S
    ]


def _disc(thing: Thing) -> Disc:
    return Disc(thing.x, thing.y, thing.width / 2)


def _feel(context: Context, felt: list[Disc]) -> bool:
    """Take over what stopped the robot and no camera knows.

    False: nothing stands there.
    """
    margin = guard.narrow(context.robot)
    found = guard.obstacle(context, beside=margin.beside)
    if found is None:
        return False
    if found.name == guard.SOMETHING:
        ahead = Footprint.of(context.robot).front + found.distance + FELT_M
        felt.append(Disc(*context.state.odometry.pose.to_world((ahead, 0.0)), FELT_M))
    return True


def _no_way(context: Context, goal: Pose2D, where: str, felt: list[Disc]) -> str:
    reach = Footprint.of(context.robot).turning + route.ROOM_M
    on_it = [
        thing
        for thing in _in_the_way(context)
        if math.dist((thing.x, thing.y), (goal.x, goal.y)) < thing.width / 2 + reach
    ]
    if on_it:
        return f"I cannot stand at {where}: the {on_it[0].name} is in the way"
    if felt:
        return f"there is no free way to {where}: something is in the way"
    return f"there is no free way to {where}"
