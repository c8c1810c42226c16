"""Finds the thing that is meant, by looking all around for it."""

from __future__ import annotations

import math
from collections import Counter

from tank_core.commands import Approach, Cell, Face, Grasp, Move, Release
from tank_executor.answering import words
from tank_executor.behaviors.driving import drive, sweep
from tank_executor.behaviors.looking import (
    BEYOND_M,
    NO_DETECTIONS,
    fresh,
    look,
    standing_things,
    viewing_distance,
)
from tank_executor.behaviors.panorama import Panorama
from tank_executor.hand import knows_held, tuck
from tank_executor.memory import Thing
from tank_executor.plan import object_name
from tank_executor.script import Context, Done, Failed, Script

SAME_THING_M = 0.06  # what has the same color this near to where a thing was is that thing
WIDE_M = 0.006  # a thing that is measured this much too wide for the gripper may still fit
ALL_DEG = 359  # of what images show: all around, but for rounding
SHAPE_SURE_M = 0.55  # farther away the camera may take one shape for another

Sought = Grasp | Face | Approach | Move | Release
_FITS, _MAY_FIT, _DOUBTFUL = range(3)


class ObjectSearch:
    """The search for one thing.

    It knows which is meant, and how far around was looked for it in vain.
    """

    def __init__(
        self, context: Context, sought: Sought, only: Thing | None = None, nearing: bool = True
    ) -> None:
        """Search what a command names, or just the thing ``only``.

        ``nearing``: what cannot be told from here will be seen from nearer.
        """
        self.context, self.sought, self._only, self._nearing = context, sought, only, nearing
        self.name = object_name(sought)
        self.searched = 0.0  # [rad]
        self._shown = Panorama(context.robot.camera)
        self.looked_before = False  # right before the robot, where a low camera does not see
        # things that once were known to fit: believed until they are known to be something else
        self._told: set[int] = set()

    @property
    def searched_all(self) -> bool:
        """Whether all around was looked."""
        return self.searched >= 2 * math.pi - 0.01

    def look_on(self) -> Thing | None:
        """Take over the newest image, and ``choose``."""
        objects = self.context.objects
        if fresh(self.context):
            self._shown.note(objects.time, objects.pose_at(objects.time).yaw)
        return self.choose()

    def choose(self) -> Thing | None:
        """Return the nearest thing that is meant, or None.

        If there is none, it is one whose shape cannot be told from here. When none is known all
        around, one that has another shape counts, too, if it was only ever seen from far away. A
        search that comes no nearer takes what it cannot tell only when there is nothing else that
        could be meant.
        """
        base = self.context.state.odometry.pose
        known = [
            (rank, thing)
            for thing in standing_things(self.context)
            if (rank := self._rank(thing)) is not None
        ]

        def order(entry: tuple[int, Thing]) -> tuple[int, bool, float]:
            rank, thing = entry
            return rank, self._is_too_wide(thing), math.hypot(*thing.seen_from(base))

        best = min(known, key=order, default=None)
        if best is None or best[0] == _FITS:
            return best[1] if best else None
        if self._nearing:
            return best[1] if best[0] == _MAY_FIT or self.searched_all else None
        only = best[0] == _MAY_FIT and self.searched_all and len(self._unclear()) == 1
        return best[1] if only else None

    def seen_since(self, time: float) -> Thing | None:
        """Return a thing that surely is meant, seen after ``time`` [s].

        None where there is none. What is only remembered does not count.
        """
        return next(
            (
                thing
                for thing in standing_things(self.context)
                if thing.seen >= time and self._rank(thing) == _FITS
            ),
            None,
        )

    def _rank(self, thing: Thing) -> int | None:
        """Rank how well a thing fits; None: it does not."""
        if self._only is not None:
            same = (
                thing.color == self._only.color
                and math.dist((thing.x, thing.y), (self._only.x, self._only.y)) < SAME_THING_M
            )
            return _FITS if same else None
        if self.sought.color not in (None, thing.color):
            return None
        if self.sought.shape in (None, thing.shape):
            self._told.add(thing.id)
            return _FITS
        if thing.shape is None:
            return _FITS if thing.id in self._told else _MAY_FIT
        self._told.discard(thing.id)
        return _DOUBTFUL if thing.nearest > SHAPE_SURE_M else None

    def doubtful(self) -> list[Thing]:
        """Return what may be meant, as far as is told from here; nearest first."""
        base = self.context.state.odometry.pose
        things = [
            one for one in standing_things(self.context) if self._rank(one) in (_MAY_FIT, _DOUBTFUL)
        ]
        return sorted(things, key=lambda one: math.hypot(*one.seen_from(base)))

    def _is_too_wide(self, thing: Thing) -> bool:
        return (
            isinstance(self.sought, Grasp)
            and thing.width > self.context.robot.gripper.max_object + WIDE_M
        )

    def not_found(self) -> str:
        """Say what is there instead."""
        held = self.context.memory.held
        if held and self.sought.color is not None and f" {self.sought.color} " in f"{held} ":
            holding = "am holding" if knows_held(self.context) else "picked up"
            return f"{self._none()} beside {held}, which I {holding}"
        if self._only is not None:
            return f"I lost sight of the {self._only.name}"
        if self._unclear() and not self._nearing:
            number = len(self._unclear())
            return f'{self._cannot_tell(number)} from here; say "go to" to come nearer'
        return self._none()

    def mistakable(self, thing: Thing) -> str | None:
        """Say why a thing that was driven up to may be the wrong one.

        None where it may not. What was told from afar does not count when it cannot be told from
        near, and another one may be meant as well.
        """
        if self._only is not None or self.sought.shape in (None, thing.shape):
            return None
        others = [
            one
            for one in standing_things(self.context)
            if one.id != thing.id and self._rank(one) in (_FITS, _MAY_FIT)
        ]
        return self._cannot_tell(1 + len(others)) if others else None

    def untold(self, thing: Thing) -> str:
        """Say that a thing may be another shape than was asked for; "": no."""
        told = self.sought.shape in (None, thing.shape)
        return "" if told else "; its shape cannot be told from here"

    def _none(self) -> str:
        """Say what is seen instead: "I see a blue cube, but no red cube"."""
        counts = Counter(thing.name for thing in standing_things(self.context))
        names = [
            words.with_article(name) if number == 1 else f"{words.number(number)} {name}s"
            for name, number in sorted(counts.items())
        ]
        wanted = (
            f"no {object_name(self.sought).removeprefix('the ')}"
            if self.sought.shape
            else f"nothing {self.sought.color or 'else'}"
        )
        shown = self._shown.shown_deg
        but = f"; my camera showed me only {shown} of the 360 degrees" if shown < ALL_DEG else ""
        if names:
            return f"I see {words.listed(names)}, but {wanted}{but}"
        none = wanted if self.sought.color or self.sought.shape else "nothing"
        return f"I looked {'around' if but else 'all around'} and see {none}{but}"

    def _unclear(self) -> list[Thing]:
        """Return what may be meant or not, because its shape is not told."""
        return [thing for thing in standing_things(self.context) if self._rank(thing) == _MAY_FIT]

    def _cannot_tell(self, number: int) -> str:
        things = "things" if self.sought.color is None else f"{self.sought.color} things"
        return (
            f"I see {words.number(number)} {things}, but cannot tell which is the "
            f"{self.sought.shape}"
        )


def find(search: ObjectSearch) -> Script[Thing | Failed]:
    """Return the thing that is meant, known or found by looking all around."""
    context, name = search.context, search.name
    reason = yield from tuck(context, f"folding the arm to look for {name}")
    if reason:
        return Failed(reason)
    if not fresh(context) and not (yield from look(context, f"looking for {name}")):
        return Failed(NO_DETECTIONS)
    while (thing := search.look_on()) is None:
        if search.searched_all:
            if search.looked_before or not (yield from _look_before(search)):
                return Failed(search.not_found())
            continue
        left = 2 * math.pi - search.searched
        turned = yield from sweep(
            context, left, f"searching for {name}", lambda: search.look_on() is not None
        )
        if isinstance(turned, Failed):
            return turned
        search.searched += turned
        if not (yield from look(context, f"looking for {name}")):
            return Failed(NO_DETECTIONS)
    return thing


def _look_before(search: ObjectSearch) -> Script[bool]:
    """Back up, once, to look where a low camera does not see: before the robot.

    False where that is not possible.
    """
    context, search.looked_before = search.context, True
    back = viewing_distance(context) - context.robot.cell(Cell.FRONT)[0] - BEYOND_M
    if back <= 0.0:
        return False
    verdict = yield from drive(context, -back, None, f"backing up to look for {search.name}")
    return isinstance(verdict, Done) and (yield from look(context, f"looking for {search.name}"))
