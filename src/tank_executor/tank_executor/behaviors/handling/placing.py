"""Puts what is held beside or on a thing: drive, measure, lower, look."""

from __future__ import annotations

import math

from tank_core.commands import Relation, Release, Shape
from tank_core.commands.fields import RELATION
from tank_core.geometry import Place
from tank_core.state import OTHER_SHAPE
from tank_executor.behaviors import looking
from tank_executor.behaviors.aiming import aim
from tank_executor.behaviors.driving import drive, turn
from tank_executor.behaviors.handling.laying import laid
from tank_executor.behaviors.handling.spots import spots
from tank_executor.behaviors.search import ObjectSearch, find
from tank_executor.behaviors.sides.relation import Beside
from tank_executor.behaviors.sides.rounding import arrived, leg
from tank_executor.hand import cannot_reach, holds, put_down, retreat
from tank_executor.memory import Thing
from tank_executor.motion import guard
from tank_executor.script import Context, Done, Failed, Reason, Script, Verdict

ATTEMPTS = 2  # of driving up to where it is put down
LEGS = 12
REFUSALS = 3  # legs that failed, after which it gives up
NEAR_M = 0.01  # not worth a drive
LITTLE_M = 0.03  # nearer than this to where it is best measured, a thing is measured well


def release_beside(context: Context, command: Release) -> Script[Verdict]:
    """Carry out a release with a relation.

    What went wrong is said with what is still held.
    """
    held = context.memory.held or "it"
    verdict = yield from _Placing(context, command, held).script()
    if isinstance(verdict, Failed) and context.memory.holding:
        return Failed(f"{verdict.message}; still holding {held}")
    return verdict


class _Placing:
    """A release beside or on the thing that a command names."""

    def __init__(self, context: Context, command: Release, held: str) -> None:
        self.context, self.command, self.held = context, command, held
        self.relation = command.relation or Relation.NEXT_TO
        self.search = ObjectSearch(context, command)
        base = context.state.odometry.pose
        self.origin = base.x, base.y  # what is left and right is told as seen from here

    def script(self) -> Script[Verdict]:
        reason = self._unstackable(self.command.shape)
        if reason:
            return Failed(reason)
        for _ in range(ATTEMPTS):
            thing = yield from self._staged()
            if isinstance(thing, Failed):
                return thing
            reason = self.search.mistakable(thing) or self._unstackable(thing.shape)
            reason = reason or self._loaded(thing)
            if reason:
                return Failed(reason)
            verdict = yield from self._placed(thing)
            if isinstance(verdict, Done) or not holds(self.context):
                break
        return verdict

    def _unstackable(self, shape: str | None) -> Reason:
        """Say why what is held cannot be put on a thing of that shape."""
        if self.relation is not Relation.ON:
            return None
        if shape == Shape.BALL:
            return f'nothing stays on a ball; say "next to {self.search.name}"'
        if shape == OTHER_SHAPE:
            return f"{self.search.name} is neither a cube nor a cylinder; nothing is put on it"
        if self.held.endswith(f" {Shape.BALL}"):
            return f"{self.held} would roll off {self.search.name}"
        return None

    def _loaded(self, thing: Thing) -> Reason:
        """Say why nothing more can be put on a thing: stacks are of two."""
        if self.relation is not Relation.ON:
            return None
        if thing.stacked:
            return f"the {thing.name} stands on something itself"
        over = self.context.objects.over(thing)
        return f"the {over.name} stands on the {thing.name} already" if over else None

    def _beside(self, thing: Thing) -> Beside:
        x, y = self.origin
        return Beside(self.relation, math.atan2(thing.y - y, thing.x - x))

    def _staged(self) -> Script[Thing | Failed]:
        """Drive to where the last leg begins, and measure the thing from there."""
        context, refused, doing = self.context, 0, f"going round to {self.search.name}"
        words = f"{RELATION.said(self.relation)} {self.search.name}"
        for _ in range(LEGS):
            thing = yield from find(self.search)
            if isinstance(thing, Failed):
                return thing
            found = spots(context, thing, self._beside(thing))
            if not found:
                return Failed(f"there is no room {words}")
            goals = [(spot.staging, spot.cost) for spot in found]
            there = arrived(context, goals)
            if there is not None:
                self.spot = found[[place for place, _ in goals].index(there)]
                return (yield from self._measured(thing))
            verdict = yield from leg(context, goals, doing, words)
            refused += isinstance(verdict, Failed)
            if isinstance(verdict, Failed) and refused == REFUSALS:
                return verdict
            if not (yield from looking.look(context, f"looking for {self.search.name}")):
                return Failed(looking.NO_DETECTIONS)
            if not holds(context):
                return Failed(f"{self.held} was lost on the way")
        return Failed(f"the place {words} is not reached")

    def _measured(self, thing: Thing) -> Script[Thing | Failed]:
        """Turn to the spot, and measure the thing from here."""
        verdict = yield from self._turn_to(thing)
        return verdict if isinstance(verdict, Failed) else (yield from self._seen(thing))

    def _seen(self, thing: Thing) -> Script[Thing | Failed]:
        if not (yield from looking.look(self.context, f"looking at {self.search.name}")):
            return Failed(looking.NO_DETECTIONS)
        same = ObjectSearch(self.context, self.command, only=thing).choose()
        return same or (yield from find(self.search))

    def _placed(self, thing: Thing) -> Script[Verdict]:
        """Drive the last leg, and put it down.

        A low camera sees the thing well from a little farther away than the arm reaches: there it
        is measured once more, and the rest goes by odometry.
        """
        context, name = self.context, self.search.name
        viewing = looking.viewing_distance(context)
        stops = [self.spot.reach]
        if viewing - self.spot.reach > LITTLE_M:
            stops.insert(0, viewing)
        for ahead in stops:
            verdict = yield from self._turn_to(thing)
            if isinstance(verdict, Failed):
                return verdict
            way = math.hypot(*self._spot_at(thing)) - ahead
            if abs(way) > NEAR_M:
                doing, margin = f"closing in on {name}", guard.narrow(context.robot)
                verdict = yield from drive(context, way, None, doing, margin, thing.id)
            if isinstance(verdict, Failed):
                return verdict
            if math.hypot(*thing.seen_from(context.state.odometry.pose)) > viewing - LITTLE_M:
                seen = yield from self._seen(thing)
                if isinstance(seen, Failed):
                    return seen
                thing = seen
        return (yield from self._let_go(thing))

    def _let_go(self, thing: Thing) -> Script[Verdict]:
        context, words = self.context, self._words(thing)
        aimed = yield from aim(context, self._spot_at(thing))
        if isinstance(aimed, Failed):
            return aimed
        place, there = self._spot_at(thing), self.spot.beside(thing)
        reason = cannot_reach(context, place)
        if reason:
            return Failed(f"the place {words} is {reason}")
        in_hand, began = context.grasp_check.in_hand(context, 0.0), context.now
        on = thing if self.relation is Relation.ON else None
        failure = yield from put_down(context, place, on.height if on else 0.0)
        raised = yield from retreat(context, place)
        if failure:
            return Failed(failure)
        if raised:
            return Failed(f"put {self.held} down {words}, but {raised}")
        lies = yield from laid(context, there, in_hand.color if in_hand else None, began, on)
        if isinstance(lies, Failed):
            return Failed(f"let go of {self.held} {words}, but {lies.message}")
        what = f"put {self.held} {'down ' if on is None and self.held != 'it' else ''}{words}"
        return Done(what + lies.message + self.search.untold(thing))

    def _turn_to(self, thing: Thing) -> Script[Verdict]:
        x, y = self._spot_at(thing)
        return (
            yield from turn(self.context, math.atan2(y, x), None, f"turning to {self.search.name}")
        )

    def _spot_at(self, thing: Thing) -> Place:
        """Return the spot's place [m] in base_link."""
        return self.context.state.odometry.pose.to_local(self.spot.beside(thing))

    def _words(self, thing: Thing) -> str:
        return self._beside(thing).words(thing)
