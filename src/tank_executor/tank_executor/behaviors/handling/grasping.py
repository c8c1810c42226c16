"""The commands grasp and release."""

from __future__ import annotations

import math
from dataclasses import replace

from tank_core.commands import Cell, Grasp, Release
from tank_core.geometry import Place
from tank_executor.behaviors import looking
from tank_executor.behaviors.aiming import aim, heading_kept
from tank_executor.behaviors.approaching import approach, look_near
from tank_executor.behaviors.handling.pick_up import grasp_named, unfit
from tank_executor.behaviors.handling.picking import PROBES, SEARCH_RADIUS_M, pick
from tank_executor.behaviors.handling.placing import release_beside
from tank_executor.behaviors.search import ObjectSearch
from tank_executor.hand import cannot_reach, grip_gap, holds, put_down, retreat
from tank_executor.plan import cell_name, place_name
from tank_executor.script import Context, Done, Failed, Primitive, Script, Verdict

# room between what is put down and what lies there: a finger, and the error of measuring
TAKEN_M = 0.02


class GraspPrimitive(Primitive):
    """The command grasp: what is in a cell, or the object of a color and shape.

    In a cell it takes what the camera sees near it, or feels around; the object of a color and
    shape is fetched from wherever it is.
    """

    def __init__(self, command: Grasp, context: Context) -> None:
        super().__init__(context)
        self.command = command

    def script(self) -> Script[Verdict]:
        verdict = yield from self._grasp()
        notes = dict.fromkeys([verdict.message, *self.context.notes])
        return replace(verdict, message="; ".join(filter(None, notes)))

    def _grasp(self) -> Script[Verdict]:
        context, command = self.context, self.command
        if holds(context):
            return Failed(f"already holding {context.memory.held or 'something'}; release it first")
        named = command.color or command.shape
        if named and command.cell is None:
            return (yield from grasp_named(context, command))
        cell = command.cell or Cell.FRONT
        script = grasp_named(context, command) if named else self._at_cell(cell)
        return (yield from heading_kept(context, script))

    def _at_cell(self, cell: Cell) -> Script[Verdict]:
        context, place = self.context, self.context.robot.cell(cell)
        if not context.grasp_check.feels and (
            looking.fresh(context)
            or (yield from looking.look(context, f"looking at {place_name(cell)}"))
        ):
            return (yield from self._by_sight(cell, place))
        seen, floor = looking.nearest(context, place, SEARCH_RADIUS_M), 0.0
        if (
            seen is not None
            and cannot_reach(context, near := seen.seen_from(context.state.odometry.pose)) is None
        ):
            place, over = near, context.objects.over(seen)
            floor = over.floor if over else 0.0  # of a stack the upper one: the hand meets it first
        return (yield from self._there(place, place_name(cell), floor=floor))

    def _there(
        self, place: Place, name: str, width: float | None = None, floor: float = 0.0
    ) -> Script[Verdict]:
        verdict = yield from aim(self.context, place)
        if isinstance(verdict, Failed):
            return verdict
        return (yield from pick(self.context, place, PROBES, name, width, floor))

    def _by_sight(self, cell: Cell, place: Place) -> Script[Verdict]:
        """Lead a hand that feels nothing to what the camera sees in the cell.

        It is led to the cell's middle, once, where the camera sees nothing.
        """
        context = self.context
        apart = min(
            math.dist(place, other) for name, other in context.robot.cells.items() if name != cell
        )
        seen = yield from look_near(context, place, min(SEARCH_RADIUS_M, apart / 2))
        if isinstance(seen, Failed):
            return seen
        if seen is None:
            return (yield from self._there(place, place_name(cell)))
        near = yield from approach(ObjectSearch(context, Grasp(), only=seen))
        if isinstance(near, Failed):
            return near
        reason = unfit(context, near)
        if reason:
            return Failed(reason)
        place = near.seen_from(context.state.odometry.pose)
        return (yield from self._there(place, f"the {near.name}", near.width))


class ReleasePrimitive(Primitive):
    """The command release: what is held, down into a cell or beside a thing."""

    def __init__(self, command: Release, context: Context) -> None:
        super().__init__(context)
        self.command = command

    def script(self) -> Script[Verdict]:
        context, cell = self.context, self.command.cell or Cell.FRONT
        if not holds(context):
            return Failed("nothing is held")
        if self.command.relation is not None:
            return (yield from release_beside(context, self.command))
        place = context.robot.cell(cell)
        if not looking.fresh(context):
            yield from looking.look(context, f"looking at {place_name(cell)}")
        reason = cannot_reach(context, place) or self._taken(place)
        if reason:
            return Failed(
                f"{place_name(cell)} is {reason}; still holding {context.memory.held or 'it'}"
            )
        return (yield from heading_kept(context, self._into(cell, place)))

    def _into(self, cell: Cell, place: Place) -> Script[Verdict]:
        """Bring the hand down, let go, and up again."""
        context, held = self.context, self.context.memory.held or "it"
        aimed = yield from aim(context, place)
        if isinstance(aimed, Failed):
            return Failed(f"{aimed.message}; still holding {held}")
        blind = looking.has_seen(context) and not looking.fresh(context)
        failure = yield from put_down(context, place)
        reason = yield from retreat(context, place)
        if failure:
            return Failed(failure)
        what = f"put {held} down" if held != "it" else "put down"
        what = f"{what} {cell_name(cell)}"
        if reason:
            return Failed(f"{what}, but {reason}")
        lies = yield from context.grasp_check.lies_there(context, context.arm.in_plane(place))
        if isinstance(lies, Failed):
            return Failed(f"let go of {held} {cell_name(cell)}, but {lies.message}")
        unchecked = f"; that it was empty could not be checked: {looking.NO_DETECTIONS}"
        return Done(what + lies.message + (unchecked if blind else ""))

    def _taken(self, place: Place) -> str | None:
        """Say what lies there, as far as the camera knows; None: nothing."""
        context = self.context
        reach, base = grip_gap(context) / 2 + TAKEN_M, context.state.odometry.pose
        near = [
            one
            for one in looking.on_floor(context)
            if math.dist(one.seen_from(base), place) < reach + one.width / 2
        ]
        return f"taken by the {near[0].name}" if near else None
