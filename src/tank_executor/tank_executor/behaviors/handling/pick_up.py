"""Picks up the object of a color and shape.

Find it, drive up to it, measure it again, grasp it, and make sure of it.
"""

from __future__ import annotations

import math

from tank_core.commands import Cell, Grasp
from tank_core.geometry import Place
from tank_executor.behaviors import looking
from tank_executor.behaviors.aiming import aim
from tank_executor.behaviors.approaching import (
    MEASURED_M,
    approach,
)
from tank_executor.behaviors.handling.finger_room import has_room, in_the_way_of_fingers
from tank_executor.behaviors.handling.grasp_check import HELD_GAP_M
from tank_executor.behaviors.handling.picking import PROBES, SEARCH_RADIUS_M, SEEN_PROBES, pick
from tank_executor.behaviors.looking import on_floor
from tank_executor.behaviors.search import WIDE_M, ObjectSearch, find
from tank_executor.hand import cannot_reach, holds, put_down, retreat
from tank_executor.memory import Thing
from tank_executor.plan import cell_name, object_name, place_name
from tank_executor.script import Context, Done, Failed, Script, Verdict

ATTEMPTS = 2
CLEARINGS = 2  # how many things are put out of the way for one
BESIDE_M = 0.03  # another thing of the same color is known by lying this near to where it lay
FREE_CELL_M = 0.06  # room in a cell into which something is put aside
STILL_THERE_M = 0.05  # a thing of the right kind this near the place where it lay was not picked up


def grasp_named(context: Context, command: Grasp) -> Script[Verdict]:
    """Pick it up and check that it is held, or say why not.

    Without a camera only the cell itself is tried, by touch.
    """
    name = object_name(command)
    if not looking.fresh(context) and not (yield from looking.look(context, f"looking for {name}")):
        return (yield from _by_touch(context, command))
    failure, attempts, moved = "", 0, list[str]()
    while attempts < ATTEMPTS:
        search = ObjectSearch(context, command)
        thing = yield from _in_reach(context, search)
        reason = thing.message if isinstance(thing, Failed) else unfit(context, thing)
        if reason or isinstance(thing, Failed):
            return Failed(f"{failure}; then: {reason}" if failure else reason or "")
        blocker = in_the_way_of_fingers(context, thing, _grasping_direction(context, thing))
        if blocker is not None:
            if len(moved) == CLEARINGS:
                return Failed(_no_room(blocker, thing))
            verdict = yield from _clear_away(context, blocker, thing)
            if isinstance(verdict, Failed):
                return verdict
            moved.append(blocker.name)
        else:
            attempts += 1
            verdict = yield from _grasp(context, thing, name)
            if isinstance(verdict, Done):
                held = f"{verdict.message}{search.untold(thing)}"
                return Done("; moved ".join([held, *(f"the {one} aside" for one in moved)]))
            failure = verdict.message
        yield from looking.look(context, f"looking for {name} again")
    return Failed(f"{failure} ({ATTEMPTS} attempts)")


def _no_room(blocker: Thing, thing: Thing) -> str:
    return f"the fingers have no room beside the {thing.name}: the {blocker.name} is too near"


def _clear_away(context: Context, blocker: Thing, thing: Thing) -> Script[Verdict]:
    """Take what leaves the fingers no room, and put it aside."""
    other = yield from _in_reach(context, ObjectSearch(context, Grasp(), only=blocker))
    if isinstance(other, Failed):
        return other
    if in_the_way_of_fingers(
        context, other, _grasping_direction(context, other)
    ) is not None or unfit(context, other):
        return Failed(_no_room(other, thing))
    verdict = yield from _grasp(
        context, other, f"the {other.name}, which is in the way of the {thing.name}"
    )
    if isinstance(verdict, Failed):
        return verdict
    cell = max((Cell.LEFT, Cell.RIGHT), key=lambda cell: _emptiness(context, cell))
    if _emptiness(context, cell) < FREE_CELL_M:
        return Failed(f"there is no room to put the {other.name} aside; still holding it")
    place = context.robot.cell(cell)
    verdict = yield from aim(context, place)
    if isinstance(verdict, Failed):
        return verdict
    place = context.arm.in_plane(place)
    failure = yield from put_down(context, place)
    reason = failure or (yield from retreat(context, place))
    return Failed(reason) if reason else Done()


def _emptiness(context: Context, cell: Cell) -> float:
    """Return the distance [m] from a cell to what lies nearest to it."""
    middle = context.robot.cell(cell)
    things = on_floor(context)
    return min((math.dist(_place(context, thing), middle) for thing in things), default=math.inf)


def _grasping_direction(context: Context, thing: Thing) -> float:
    """Return the direction [rad] in odom in which the aimed arm grasps.

    It is that from the arm's first joint to the thing; the fingers open across it.
    """
    if not context.arm.turns:
        return context.state.odometry.pose.yaw + context.arm.turn_to(_place(context, thing))
    x, y = _place(context, thing)
    arm_x, arm_y, _ = context.arm.solver.chain.origins[0]
    return context.state.odometry.pose.yaw + math.atan2(y - arm_y, x - arm_x)


def _in_reach(context: Context, search: ObjectSearch) -> Script[Thing | Failed]:
    """Return the thing, measured from near and within reach of the arm.

    It is reached from the side where the fingers have most room.
    """
    thing = yield from find(search)
    if isinstance(thing, Failed):
        return thing
    cell = search.sought.cell if isinstance(search.sought, Grasp) else None
    place = _place(context, thing)
    if cell is not None and math.dist(place, context.robot.cell(cell)) > SEARCH_RADIUS_M:
        where = _whereabouts(context, thing)
        return Failed(f"I see no {thing.name} {cell_name(cell)}; the nearest is {where}")
    if _can_grasp_from_here(context, thing):
        return thing
    return (yield from approach(search, grasping=True))


def _place(context: Context, thing: Thing) -> Place:
    return thing.seen_from(context.state.odometry.pose)


def _whereabouts(context: Context, thing: Thing) -> str:
    x, y = _place(context, thing)
    angle = round(math.degrees(math.atan2(y, x)))
    side = f"{abs(angle)} degrees to the {'left' if angle > 0 else 'right'}"
    if abs(angle) < 5:
        side = "straight ahead"
    return f"{math.hypot(x, y):.2f} m away, {side}"


def _can_grasp_from_here(context: Context, thing: Thing) -> bool:
    x, y = _place(context, thing)
    if (
        not looking.in_sight(context, thing)
        or math.hypot(x, y) > MEASURED_M
        or cannot_reach(context, (x, y))
    ):
        return False
    return has_room(context, thing, _grasping_direction(context, thing))


def unfit(context: Context, thing: Thing) -> str | None:
    """Say why the gripper cannot take it; None when it can."""
    widest = context.robot.gripper.max_object
    over = context.objects.over(thing)
    if over is not None:
        return f"the {over.name} stands on the {thing.name}; take that down first"
    if thing.width > widest + WIDE_M:
        return (
            f"the {thing.name} is {thing.width * 100:.0f} cm wide; the gripper takes at most "
            f"{widest * 100:.0f} cm"
        )
    if 0.0 < thing.width < HELD_GAP_M:
        return (
            f"the {thing.name} is {thing.width * 100:.1f} cm wide; the gripper feels nothing "
            f"under {HELD_GAP_M * 100:.1f} cm"
        )
    reason = cannot_reach(context, _place(context, thing))
    return f"the {thing.name} is {reason}" if reason else None


def _grasp(context: Context, thing: Thing, name: str) -> Script[Verdict]:
    """Make an attempt: pick up, carry, and look whether it is the right one."""
    aimed = yield from aim(context, _place(context, thing))
    if isinstance(aimed, Failed):
        return aimed
    place = _place(context, thing)
    beside = [
        (one.x, one.y)
        for one in on_floor(context)
        if one.id != thing.id and one.color == thing.color
    ]
    verdict = yield from pick(
        context, place, SEEN_PROBES, f"the {thing.name}", thing.width, thing.floor
    )
    if isinstance(verdict, Failed):
        return verdict
    began = context.now
    yield from looking.look(context, "looking at what is held")
    if not holds(context):
        return Failed(f"the {thing.name} slipped out of the fingers")
    wrong = _wrong(context, thing, name, beside, began)
    if wrong is None:
        context.memory.held = f"the {thing.name}"
        return Done(f"holding the {thing.name}")
    failure = yield from put_down(context, place, thing.floor)
    reason = failure or (yield from retreat(context, place))
    return Failed(f"{wrong}; {reason or 'it was put back'}")


def _wrong(
    context: Context, thing: Thing, name: str, beside: list[Place], began: float
) -> str | None:
    """Say what speaks against the claim that the right thing is held.

    None when the camera sees it between the fingers. ``beside``: where in odom others of its color
    lay before. ``began`` [s]: older sightings do not count.
    """
    lying = [
        (one.x, one.y)
        for one in on_floor(context)
        if one.color == thing.color and one.seen >= began
    ]
    left = [place for place in lying if all(math.dist(place, other) > BESIDE_M for other in beside)]
    if any(math.dist(place, (thing.x, thing.y)) < STILL_THERE_M for place in left):
        return f"closed on something, but {name} still lies on the floor"
    held = context.grasp_check.in_hand(context, began)
    if held is None:
        return f"closed on something, but the camera does not see {name} between the fingers"
    if held.color == thing.color:
        return None
    return f"picked up something {held.color} instead of {name}"


def _by_touch(context: Context, command: Grasp) -> Script[Verdict]:
    cell = command.cell or Cell.FRONT
    verdict = yield from aim(context, context.robot.cell(cell))
    if isinstance(verdict, Done):
        verdict = yield from pick(context, context.robot.cell(cell), PROBES, place_name(cell))
    if not context.grasp_check.feels:
        if isinstance(verdict, Failed):
            return Failed(f"{looking.NO_DETECTIONS}, and {verdict.message}")
        return verdict
    said = " and ".join(
        word for word, value in (("color", command.color), ("shape", command.shape)) if value
    )
    if isinstance(verdict, Failed):
        return Failed(f"{looking.NO_DETECTIONS}, and by touch: {verdict.message}")
    return Done(f"{verdict.message}; its {said} could not be checked: {looking.NO_DETECTIONS}")
