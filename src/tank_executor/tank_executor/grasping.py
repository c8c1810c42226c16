"""grasp and release as primitives."""

from __future__ import annotations

from tank_core.commands import Cell, Grasp, Release
from tank_executor import looking
from tank_executor.arm import SPEED_SHARE
from tank_executor.fetching import grasp_named
from tank_executor.hand import cannot_reach, fold, grip_gap, holds, move_grip, put_down, straight
from tank_executor.picking import PROBES, SEARCH_RADIUS_M, pick
from tank_executor.script import Context, Done, Failed, Primitive, Script, Verdict

TAKEN_M = 0.015  # room between what is put down and what lies there: a finger, and the error of measuring


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
            return (yield from pick(context, near, PROBES, str(cell)))
        return (yield from pick(context, place, PROBES, str(cell)))


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
        reason = cannot_reach(context, place) or self._taken(cell)
        if reason:
            return Failed(f"{cell} is {reason}; still holding {held}")
        reason = yield from put_down(context, place)
        if reason:
            return Failed(reason)
        reason = yield from straight(context, [(*place, context.arm.carry_height)], "raising the arm", SPEED_SHARE)
        yield from move_grip(context, context.arm.open_gap, "opening the gripper")
        reason = reason or (yield from fold(context, "folding the arm"))
        what = f"put {held} down in {cell}" if held != "it" else f"put down in {cell}"
        return Failed(f"{what}, but {reason}") if reason else Done(what)

    def _taken(self, cell: Cell) -> str | None:
        """What lies in the cell, as far as the camera knows."""
        context = self.context
        reach = grip_gap(context) / 2 + TAKEN_M
        seen = looking.nearest(context, context.robot.cell(cell), reach + context.robot.gripper.max_object)
        if seen is None:
            return None
        x, y = seen.seen_from(context.state.odometry.pose)
        cell_x, cell_y = context.robot.cell(cell)
        near = (x - cell_x) ** 2 + (y - cell_y) ** 2 < (reach + seen.width / 2) ** 2
        return f"taken by the {seen.name}" if near else None
