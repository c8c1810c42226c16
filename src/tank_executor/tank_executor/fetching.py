"""Picking up the object of a color and shape: find it, drive up to it, measure it again, grasp it, and make sure of it."""

from __future__ import annotations

import math

from tank_core.commands import Cell, Grasp
from tank_executor import looking
from tank_executor.approaching import MEASURED_M, approach, has_room
from tank_executor.arm import SPEED_SHARE
from tank_executor.hand import Place, cannot_reach, fold, put_down, straight
from tank_executor.picking import PROBES, SEARCH_RADIUS_M, SEEN_PROBES, pick
from tank_executor.plan import object_name
from tank_executor.script import Context, Done, Failed, Script, Verdict
from tank_executor.sight import Thing

ATTEMPTS = 2
WIDE_M = 0.006  # a thing that is measured this much too wide may still fit
SAME_PLACE_M = 0.05  # a thing of the right kind this near the place where it lay was not picked up


def grasp_named(context: Context, command: Grasp) -> Script[Verdict]:
    """To the end: held and checked, or why not. Without a camera only the cell itself is tried, by touch."""
    name = object_name(command)
    if not looking.fresh(context) and not (yield from looking.look(context, f"looking for {name}")):
        return (yield from _by_touch(context, command))
    failure = ""
    for _ in range(ATTEMPTS):
        thing = yield from _in_reach(context, command)
        reason = thing.message if isinstance(thing, Failed) else _unfit(context, thing)
        if reason or isinstance(thing, Failed):
            return Failed(f"{failure}; then: {reason}" if failure else reason or "")
        verdict = yield from _grasp(context, command, thing)
        if isinstance(verdict, Done):
            return verdict
        failure = verdict.message
        yield from looking.look(context, f"looking for {name} again")
    return Failed(f"{failure} ({ATTEMPTS} attempts)")


def _in_reach(context: Context, command: Grasp) -> Script[Thing | Failed]:
    """The thing, measured from near and within reach of the arm, with room for the fingers."""
    quest = looking.Quest(context, command)
    thing = yield from looking.find(quest)
    if isinstance(thing, Failed):
        return thing
    if command.cell is not None and math.dist(_place(context, thing), context.robot.cell(command.cell)) > SEARCH_RADIUS_M:
        return Failed(f"I see no {thing.name} in {command.cell}; the nearest is {_whereabouts(context, thing)}")
    if _can_grasp_from_here(context, thing):
        return thing
    return (yield from approach(quest, grasping=True))


def _place(context: Context, thing: Thing) -> Place:
    return thing.seen_from(context.state.odometry.pose)


def _whereabouts(context: Context, thing: Thing) -> str:
    x, y = _place(context, thing)
    angle = round(math.degrees(math.atan2(y, x)))
    side = "straight ahead" if abs(angle) < 5 else f"{abs(angle)} degrees to the {'left' if angle > 0 else 'right'}"
    return f"{math.hypot(x, y):.2f} m away, {side}"


def _can_grasp_from_here(context: Context, thing: Thing) -> bool:
    x, y = _place(context, thing)
    if not looking.in_sight(context, thing) or math.hypot(x, y) > MEASURED_M or cannot_reach(context, (x, y)):
        return False
    arm_x, arm_y, _ = context.arm.solver.chain.origins[0]
    azimuth = math.atan2(y - arm_y, x - arm_x)
    return has_room(context, thing, context.state.odometry.pose.yaw + azimuth)


def _unfit(context: Context, thing: Thing) -> str | None:
    """Why the gripper cannot take it."""
    widest = context.robot.gripper.max_object
    if thing.width > widest + WIDE_M:
        return f"the {thing.name} is {thing.width * 100:.0f} cm wide; the gripper takes at most {widest * 100:.0f} cm"
    reason = cannot_reach(context, _place(context, thing))
    return f"the {thing.name} is {reason}" if reason else None


def _grasp(context: Context, command: Grasp, thing: Thing) -> Script[Verdict]:
    """One attempt: pick up, carry, and look whether it is the right one."""
    place = _place(context, thing)
    verdict = yield from pick(context, place, SEEN_PROBES, f"the {thing.name}")
    if isinstance(verdict, Failed):
        return verdict
    yield from looking.look(context, "looking at what is held")
    wrong = _wrong(context, command, thing)
    if wrong is None:
        context.memory.held = f"the {thing.name}"
        return Done(f"holding the {thing.name}")
    reason = yield from put_down(context, place)
    yield from straight(context, [(*place, context.arm.carry_height)], "raising the arm", SPEED_SHARE)
    yield from fold(context, "folding the arm")
    return Failed(f"{wrong}; {reason or 'it was put back'}")


def _wrong(context: Context, command: Grasp, thing: Thing) -> str | None:
    """What the camera says against the claim that the right thing is held; None when it has nothing against it."""
    held = next((one for one in context.sight.things if not one.on_floor and looking.in_sight(context, one)), None)
    if held is not None and held.color is not None and held.color != thing.color:
        return f"picked up something {held.color} instead of {object_name(command)}"
    left = [one for one in context.sight.things if one.on_floor and one.color == thing.color and looking.in_sight(context, one)]
    if held is None and any(math.dist((one.x, one.y), (thing.x, thing.y)) < SAME_PLACE_M for one in left):
        return f"closed on something, but {object_name(command)} still lies on the floor"
    return None


def _by_touch(context: Context, command: Grasp) -> Script[Verdict]:
    cell = command.cell or Cell.FRONT
    verdict = yield from pick(context, context.robot.cell(cell), PROBES, str(cell))
    said = " and ".join(word for word, value in (("color", command.color), ("shape", command.shape)) if value)
    if isinstance(verdict, Failed):
        return Failed(f"{looking.NO_DETECTIONS}, and by touch: {verdict.message}")
    return Done(f"{verdict.message}; its {said} could not be checked: {looking.NO_DETECTIONS}")
