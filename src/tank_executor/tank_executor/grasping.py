"""grasp and release as primitives."""

from __future__ import annotations

import math

from tank_core.commands import Cell, Grasp, Release
from tank_executor import looking
from tank_executor.fetching import grasp_named
from tank_executor.hand import Place, cannot_reach, grip_gap, holds, put_down, retreat
from tank_executor.picking import PROBES, SEARCH_RADIUS_M, pick
from tank_executor.plan import cell_name
from tank_executor.script import Context, Done, Failed, Primitive, Script, Verdict

TAKEN_M = 0.02  # room between what is put down and what lies there: a finger, and the error of measuring


class GraspPrimitive(Primitive):
    """grasp: at a cell by touch, at what the camera sees near it, or the object of that color and shape wherever it is."""

    def __init__(self, command: Grasp, context: Context) -> None:
        super().__init__(context)
        self.command = command

    def script(self) -> Script[Verdict]:
        context, command = self.context, self.command
        if holds(context):
            return Failed(f"already holding {context.memory.held or 'something'}; release it first")
        if command.color or command.shape:
            return (yield from grasp_named(context, command))
        cell = command.cell or Cell.FRONT
        place = context.robot.cell(cell)
        seen = looking.nearest(context, place, SEARCH_RADIUS_M)
        if seen is not None and cannot_reach(context, near := seen.seen_from(context.state.odometry.pose)) is None:
            return (yield from pick(context, near, PROBES, cell_name(cell)))
        return (yield from pick(context, place, PROBES, cell_name(cell)))


class ReleasePrimitive(Primitive):
    """release: the other way round, into a cell."""

    def __init__(self, command: Release, context: Context) -> None:
        super().__init__(context)
        self.command = command

    def script(self) -> Script[Verdict]:
        context, cell = self.context, self.command.cell or Cell.FRONT
        if not holds(context):
            return Failed("nothing is held")
        held = context.memory.held or "it"
        place = context.robot.cell(cell)
        if not looking.fresh(context):
            yield from looking.look(context, f"looking at {cell_name(cell)}")
        reason = cannot_reach(context, place) or self._taken(place)
        if reason:
            return Failed(f"{cell_name(cell)} is {reason}; still holding {held}")
        blind = looking.was_seeing(context) and not looking.fresh(context)
        failure = yield from put_down(context, place)
        reason = yield from retreat(context, place)
        if failure:
            return Failed(failure)
        what = f"put {held} down in {cell_name(cell)}" if held != "it" else f"put down in {cell_name(cell)}"
        unchecked = f"; that it was empty could not be checked: {looking.NO_DETECTIONS}" if blind else ""
        return Failed(f"{what}, but {reason}") if reason else Done(what + unchecked)

    def _taken(self, place: Place) -> str | None:
        """What lies there, as far as the camera knows."""
        context = self.context
        reach, base = grip_gap(context) / 2 + TAKEN_M, context.state.odometry.pose
        near = [one for one in looking.on_floor(context) if math.dist(one.seen_from(base), place) < reach + one.width / 2]
        return f"taken by the {near[0].name}" if near else None
