"""Turns the robot until a thing is in the middle of the image, or to a heading."""

from __future__ import annotations

import math

from tank_core.commands import Face
from tank_core.geometry import clamp
from tank_core.robot.self_view import hidden_view_warning
from tank_executor.behaviors.driving import drive, turn
from tank_executor.behaviors.looking import NO_DETECTIONS, in_sight, look, viewing_distance
from tank_executor.behaviors.moves.headings import face_heading
from tank_executor.behaviors.search import ObjectSearch, find
from tank_executor.memory import Thing
from tank_executor.script import Context, Done, Failed, Primitive, Script, Verdict, pause

CENTERED_RAD = math.radians(1.2)
TRIES = 8
# what is this near may be hidden by the folded arm, and comes in sight from this much farther away
HIDDEN_M, BACK_M = 0.4, 0.08
CLOSELY_S = 1.6  # eight images: the last of them outweigh those before


def face(search: ObjectSearch) -> Script[Thing | Failed]:
    """Turn until the thing is in the middle of the image, the shorter way.

    The way is known where the thing is. Returns it as it is seen at the end.
    """
    context, name = search.context, search.name
    for _ in range(TRIES):
        thing = yield from find(search)
        if isinstance(thing, Failed):
            thing = yield from _look_closely(search, thing)
        if isinstance(thing, Failed):
            return thing
        angle = to_middle(context, thing)
        if abs(angle) <= CENTERED_RAD and in_sight(context, thing):
            return thing
        if abs(angle) > CENTERED_RAD:
            verdict = yield from turn(context, angle, None, f"turning to {name}")
            if isinstance(verdict, Failed):
                return verdict
        elif _may_be_hidden(context, thing):
            yield from drive(context, -BACK_M, None, f"backing up to see {name}")
        if not (yield from look(context, f"looking at {name}")):
            return Failed(NO_DETECTIONS)
    return Failed(f"{name} does not stay in the middle of the image{_hidden(context)}")


def _look_closely(search: ObjectSearch, failed: Failed) -> Script[Thing | Failed]:
    """Turn to each thing whose shape is in doubt, and look for longer.

    What was swept over, and at the image's edge, is told less well. Returns the thing that is
    meant, or what ``failed`` to be found.
    """
    context = search.context
    for doubtful in search.doubtful():
        what = f"looking closely at the {doubtful.name}"
        verdict = yield from turn(context, to_middle(context, doubtful), None, what)
        if isinstance(verdict, Failed):
            return verdict
        yield from pause(context, CLOSELY_S, what)
        thing = search.choose()
        if thing is not None:
            return thing
    return Failed(search.not_found()) if search.doubtful() else failed


def _may_be_hidden(context: Context, thing: Thing) -> bool:
    distance = math.hypot(*thing.seen_from(context.state.odometry.pose))
    return distance < max(HIDDEN_M, viewing_distance(context) + BACK_M)


def _hidden(context: Context) -> str:
    """Say why a robot may not see what is straight ahead of it."""
    warning = hidden_view_warning(context.robot)
    return f"; {warning}" if warning else ""


def to_middle(context: Context, thing: Thing) -> float:
    """Return the turn [rad] that brings a thing into the camera's middle plane.

    The camera need not be on the robot's own.
    """
    x, y = thing.seen_from(context.state.odometry.pose)
    distance, aside = math.hypot(x, y), context.robot.camera.position[1]
    return math.atan2(y, x) - math.asin(clamp(aside / max(distance, 1e-6), -1.0, 1.0))


class FacePrimitive(Primitive):
    """The command face: the object in the middle of the image, or a heading."""

    def __init__(self, command: Face, context: Context) -> None:
        super().__init__(context)
        self.command = command

    def script(self) -> Script[Verdict]:
        if self.command.heading_deg is not None:
            return (yield from face_heading(self.context, self.command.heading_deg))
        search = ObjectSearch(self.context, self.command, nearing=False)
        thing = yield from face(search)
        if isinstance(thing, Failed):
            return thing
        distance = math.hypot(*thing.seen_from(self.context.state.odometry.pose))
        return Done(f"facing the {thing.name}, {distance:.2f} m away{search.untold(thing)}")
