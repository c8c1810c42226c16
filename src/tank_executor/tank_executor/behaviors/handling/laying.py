"""Looks whether what was let go of lies or stands where it should."""

from __future__ import annotations

import math

from tank_core.geometry import Place, Pose2D
from tank_executor.behaviors import looking
from tank_executor.memory import Thing
from tank_executor.script import Context, Done, Failed, Script, Verdict, pause

LAID_M = 0.035  # what was put down is seen this near to its place
NEAR_M = 0.3  # what is seen this near to it may be what was put down, fallen or rolled
STANDS_S = 2.0  # a stack must stand so long
# a thing on another one that it hides is taken to lie behind it, this near to where it then looks
APPARENT_M = 0.015
SIGHT_M = 0.02  # as near to the line of sight


def laid(
    context: Context, there: Place, color: str | None, began: float, on: Thing | None
) -> Script[Verdict]:
    """Look at a place in odom where something was let go of.

    That has a ``color``, as far as it is known, and was held until after ``began`` [s].

    ``on``: the thing on which it should stand. Done may say that it could not be checked.
    """
    if not looking.has_seen(context):
        return Done(_unchecked(looking.NO_DETECTIONS, on))
    local = context.state.odometry.pose.to_local(there)
    doing = f"looking whether it {'lies' if on is None else 'stands'} there"
    looked = yield from looking.look_at(context, local, doing)
    if isinstance(looked, Failed):
        return Done(_unchecked(looked.message, on))
    if on is not None:
        yield from pause(context, STANDS_S, doing)
        yield from looking.look(context, doing)
    seen = [
        one
        for one in context.objects.things
        if one.seen >= began
        and not one.hangs
        and color in (None, one.color)
        and (on is None or one.id != on.id)
        and math.dist((one.x, one.y), there) < NEAR_M
    ]
    if on is None:
        seen = [one for one in seen if one.on_floor]
    if not seen:
        return Failed("the camera does not see it there")
    return _lies(seen, there) if on is None else _stands(context, seen, there, on, began)


def _lies(seen: list[Thing], there: Place) -> Verdict:
    away = min(math.dist((one.x, one.y), there) for one in seen)
    return Done() if away <= LAID_M else Failed(f"it lies {away * 100:.0f} cm from there")


def _stands(context: Context, seen: list[Thing], there: Place, on: Thing, began: float) -> Verdict:
    """Judge a stack.

    One that is not seen as such is taken to lie somewhere on the line of sight, beyond: what lies
    elsewhere fell off.
    """
    if any(one.stacked and math.dist((one.x, one.y), there) <= LAID_M for one in seen):
        return Done()
    camera = context.state.odometry.pose.to_world(context.robot.camera.position[:2])
    sight = Pose2D(*there, math.atan2(there[1] - camera[1], there[0] - camera[0]))
    high, half = context.robot.camera.position[2], on.height / 2
    apparent = math.dist(camera, there) * on.height / max(high - on.height - half, 1e-3)
    beyond = [
        along
        for along, across in (sight.to_local((one.x, one.y)) for one in seen)
        if abs(across) <= SIGHT_M and -SIGHT_M <= along <= apparent + SIGHT_M
    ]
    if not beyond:
        return Failed("it fell off")
    hidden = all(one.id != on.id or one.seen < began for one in context.objects.things)
    if hidden and any(abs(along - apparent) <= APPARENT_M for along in beyond):
        return Done()  # nothing else would hide what it stands on
    return Done(_unchecked("the camera does not tell how high it is", on))


def _unchecked(reason: str, on: Thing | None) -> str:
    return f"; that it {'lies' if on is None else 'stands'} there could not be checked: {reason}"
