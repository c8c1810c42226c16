"""Looks at things: when the camera's word counts, and from where it sees."""

from __future__ import annotations

import math

from tank_core.commands import Cell
from tank_core.geometry import Place, Pose2D, wrap
from tank_executor.behaviors.driving import drive, standing, turn, turning
from tank_executor.memory import Thing
from tank_executor.motion import guard
from tank_executor.script import Context, Done, Failed, Script, TickOutput, Verdict

NO_DETECTIONS = "no camera detections"
FRESH_S = 1.0  # older detections count as none
# images taken this long after the robot stood still show its new place, two of them at 5 Hz
LOOK_S = 0.25
LOOK_PATIENCE_S = 2.0
LEAST_CONFIDENCE = 0.15  # confidence below which a thing is not worth going to
# what is driven up to ends this far beyond the middle of the front cell: nearer, the folded arm
# begins to hide it
BEYOND_M = 0.015
EDGE_RAD = math.radians(1.5)  # what is this near to the image's edge may be cut
STRAY_M = 0.015  # how far off the robot may be where it looks at a thing
# from farther away a place is not measured well enough to drive the rest of the way by odometry
LAST_LOOK_M = 0.6


def fresh(context: Context) -> bool:
    """Whether the camera has told anything lately."""
    return abs(context.now - context.objects.time) <= FRESH_S


def has_seen(context: Context) -> bool:
    """Whether the camera has ever told anything."""
    return context.objects.time > -math.inf


def in_sight(context: Context, thing: Thing) -> bool:
    """Whether the camera sees it now, or did a moment ago."""
    return context.now - thing.seen <= FRESH_S


def viewing_distance(context: Context) -> float:
    """Return how far ahead [m] a thing is to be when it is measured at last.

    It is counted from base_link, and the camera must see all of the thing. A camera that is low, or
    that looks past the folded arm, sees the floor from farther away on than the arm reaches. The
    rest of the way then goes by odometry.
    """
    camera, robot = context.robot.camera, context.robot
    depression = camera.pitch + math.radians(camera.fovy) / 2 - EDGE_RAD
    nearest = (
        camera.position[0] + camera.position[2] / math.tan(depression)
        if depression < math.pi / 2
        else -math.inf
    )
    wanted, hidden = robot.cell(Cell.FRONT)[0] + BEYOND_M, context.hidden_view
    if hidden.nearest < wanted < hidden.farthest + STRAY_M < LAST_LOOK_M:
        nearest = max(nearest, hidden.farthest)
    return max(wanted, nearest + robot.gripper.max_object / 2 + STRAY_M)


def look(context: Context, message: str) -> Script[bool]:
    """Stand still until the detections show the world from here.

    False when none come.
    """
    began = context.now
    while context.now - began < LOOK_PATIENCE_S:
        if context.objects.time >= began + LOOK_S:
            return True
        yield TickOutput(message=message)
    return False


def look_at(context: Context, place: Place, message: str) -> Script[Verdict]:
    """Turn to a place [m] in base_link, back up until it is seen, and look.

    ``come_back`` takes that back.
    """
    angle = math.atan2(place[1], place[0])
    verdict = yield from turn(context, angle, None, turning(angle, "to look"))
    back = viewing_distance(context) - math.hypot(*place)
    if isinstance(verdict, Done) and back > 0.0:
        verdict = yield from drive(context, -back, None, message)
    if isinstance(verdict, Done) and not (yield from look(context, message)):
        return Failed(NO_DETECTIONS)
    return verdict


def come_back(context: Context, before: Pose2D) -> Script[Verdict]:
    """Return to the pose in odom that ``look_at`` left."""
    here = standing(context)
    way = math.dist((here.x, here.y), (before.x, before.y))
    verdict: Verdict = Done()
    if way >= STRAY_M:
        verdict = yield from drive(context, way, None, "returning", guard.narrow(context.robot))
    if isinstance(verdict, Failed):
        return verdict
    return (yield from turn(context, wrap(before.yaw - here.yaw), None, "turning back"))


def on_floor(context: Context) -> list[Thing]:
    """Return everything that the camera knows on the floor."""
    return [
        thing
        for thing in context.objects.things
        if thing.on_floor and thing.confidence >= LEAST_CONFIDENCE
    ]


def standing_things(context: Context) -> list[Thing]:
    """Return everything that the camera knows to stand on something."""
    return [
        thing
        for thing in context.objects.things
        if not thing.hangs and thing.confidence >= LEAST_CONFIDENCE
    ]


def nearest(context: Context, place: Place, radius: float) -> Thing | None:
    """Return the thing on the floor nearest to a place in base_link [m].

    It must be within ``radius`` [m] of the place; None when the camera sees none.
    """
    if not fresh(context):
        return None
    base = context.state.odometry.pose
    near = min(
        on_floor(context), key=lambda thing: math.dist(thing.seen_from(base), place), default=None
    )
    return near if near is not None and math.dist(near.seen_from(base), place) <= radius else None
