"""Drives to one side of a thing: approach with a relation."""

from __future__ import annotations

import math

from tank_core.commands import Approach, Relation
from tank_core.commands.fields import STAND
from tank_executor.behaviors.driving import drive
from tank_executor.behaviors.facing import face
from tank_executor.behaviors.looking import NO_DETECTIONS, STRAY_M, look
from tank_executor.behaviors.search import ObjectSearch, find
from tank_executor.behaviors.sides.relation import Beside, place_beside
from tank_executor.behaviors.sides.rounding import arrived, leg
from tank_executor.memory import Thing
from tank_executor.motion import guard
from tank_executor.script import Context, Done, Failed, Script, Verdict

AWAY_M = 0.4  # from the thing's middle
LEGS = 15
REFUSALS = 3  # legs that failed, after which it gives up


def approach_side(context: Context, command: Approach) -> Script[Verdict]:
    """Drive round the thing to the side that was said, and face it from there.

    Sides are as the robot sees them when it faces the thing from where it stands now.
    """
    search, relation = ObjectSearch(context, command), command.relation or Relation.NEXT_TO
    base, name, refused = context.state.odometry.pose, search.name, 0
    words = f"{STAND.said(relation)} {name}"
    for _ in range(LEGS):
        thing = yield from find(search)
        if isinstance(thing, Failed):
            return thing
        beside = Beside(relation, math.atan2(thing.y - base.y, thing.x - base.x))
        goals = [
            (place_beside(thing, direction, AWAY_M), cost)
            for direction, cost in beside.directions()
        ]
        if arrived(context, goals):
            return (yield from _faced(search, beside))
        verdict = yield from leg(context, goals, f"going round to {name}", words)
        refused += isinstance(verdict, Failed)
        if isinstance(verdict, Failed) and refused == REFUSALS:
            return verdict
        if not (yield from look(context, f"looking for {name}")):
            return Failed(NO_DETECTIONS)
    return Failed(f"the place {words} is not reached")


def _faced(search: ObjectSearch, beside: Beside) -> Script[Verdict]:
    """Turn to the thing, and mend how far away it is."""
    context = search.context
    thing = yield from face(search)
    if isinstance(thing, Failed):
        return thing
    reason = search.mistakable(thing)
    if reason:
        return Failed(reason)
    off = _distance(context, thing) - AWAY_M
    if abs(off) > STRAY_M:
        doing, margin = f"facing {search.name}", guard.narrow(context.robot)
        verdict = yield from drive(context, off, None, doing, margin, thing.id)
        if isinstance(verdict, Failed):
            return verdict
    away = f"{_distance(context, thing):.2f} m from it{search.untold(thing)}"
    return Done(f"{beside.words(thing)}, {away}")


def _distance(context: Context, thing: Thing) -> float:
    return math.hypot(*thing.seen_from(context.state.odometry.pose))
