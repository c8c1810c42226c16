"""Acting on what the camera sees: face and approach, and where an object is for grasp."""

from __future__ import annotations

import math

from tank_core.commands import Approach, Cell, Face, Grasp
from tank_core.state import Detection, Detections
from tank_executor.driving import drive, turn
from tank_executor.plan import object_name
from tank_executor.script import Action, Context, Done, Failed, Primitive, Script, Verdict

NO_DETECTIONS = "no camera detections"
FRESH_S = 1.0  # older detections count as none
LOOK_S = 0.6  # standing still until the camera has seen the new place: image rate and latency
CENTERED_RAD = math.radians(3.0)
SEARCH_STEP_RAD = math.radians(45.0)  # less than the camera's field of view
TRIES = 6
ARM_ZONE_M = 0.05  # object this close to the front cell: arrived
LONGEST_LEG_M = 3.0  # drive no farther without another look

Sought = Grasp | Face | Approach


def fresh(context: Context) -> Detections | None:
    """The newest detections, unless there are none or they are old."""
    detections = context.detections
    return detections if detections is not None and abs(context.now - detections.time) <= FRESH_S else None


def nearest(context: Context, x: float, y: float, radius: float, sought: Sought | None = None) -> tuple[float, float] | None:
    """(x, y) [m] in base_link of the matching object nearest to a point and within ``radius`` [m] of it."""
    detections = fresh(context)
    objects = detections.objects if detections else ()
    places = [thing.position[:2] for thing in objects if _matches(thing, sought)]
    near = min(places, key=lambda place: math.dist(place, (x, y)), default=None)
    return near if near is not None and math.dist(near, (x, y)) <= radius else None


def _matches(thing: Detection, sought: Sought | None) -> bool:
    """Seen now, at a place that is a number, and of the asked color and shape."""
    if thing.age > FRESH_S or not all(math.isfinite(value) for value in thing.position):
        return False
    return sought is None or all(
        asked is None or asked == seen for asked, seen in ((sought.color, thing.color), (sought.shape, thing.shape))
    )


def look(context: Context, message: str) -> Script[None]:
    """Stand still until the detections are newer than this place."""
    began = context.now
    while context.now - began < LOOK_S:
        yield Action(message=message)


def face(context: Context, sought: Sought) -> Script[Verdict]:
    """Turn until the object is in the middle of the image, searching all around when it is not seen."""
    name = object_name(sought)
    if fresh(context) is None:
        return Failed(NO_DETECTIONS)
    searched = 0.0
    for _ in range(TRIES + round(2 * math.pi / SEARCH_STEP_RAD)):
        if fresh(context) is None:
            return Failed(NO_DETECTIONS)
        place = nearest(context, 0.0, 0.0, math.inf, sought)
        if place is None and searched >= 2 * math.pi - 0.01:
            return Failed(f"the camera sees {name} nowhere around")
        angle = SEARCH_STEP_RAD if place is None else _to_middle(context, place)
        searched = searched + SEARCH_STEP_RAD if place is None else searched
        if place is not None and abs(angle) <= CENTERED_RAD:
            return Done(f"facing {name}")
        verdict = yield from turn(context, angle, None, f"searching for {name}" if place is None else f"turning to {name}")
        if isinstance(verdict, Failed):
            return verdict
        yield from look(context, f"looking for {name}")
    return Failed(f"{name} does not stay in the middle of the image")


def _to_middle(context: Context, place: tuple[float, float]) -> float:
    """The turn [rad] that brings a place into the camera's middle plane; the camera need not be on the robot's own."""
    distance, aside = math.hypot(*place), context.robot.camera.position[1]
    return math.atan2(place[1], place[0]) - math.asin(max(-1.0, min(1.0, aside / max(distance, 1e-6))))


def approach(context: Context, sought: Sought) -> Script[Verdict]:
    """Drive up to the object until it lies in the front cell."""
    name = object_name(sought)
    ahead = context.robot.cell(Cell.FRONT)[0]
    for _ in range(TRIES):
        verdict = yield from face(context, sought)
        place = nearest(context, 0.0, 0.0, math.inf, sought)
        if isinstance(verdict, Failed) or place is None:
            return verdict if isinstance(verdict, Failed) else Failed(f"the camera lost sight of {name}")
        verdict = yield from turn(context, math.atan2(place[1], place[0]), None, f"turning to {name}")
        left = math.hypot(*place) - ahead
        if abs(left) <= ARM_ZONE_M or isinstance(verdict, Failed):
            return verdict if isinstance(verdict, Failed) else Done(f"{name} is in front of the arm")
        verdict = yield from drive(context, max(-0.5, min(LONGEST_LEG_M, left)), None, f"driving to {name}")
        if isinstance(verdict, Failed):
            return verdict
        yield from look(context, f"looking for {name}")
    return Failed(f"{name} does not come into the arm zone")


class FacePrimitive(Primitive):
    """face: the object in the middle of the image."""

    def __init__(self, command: Face, context: Context) -> None:
        super().__init__(context)
        self.command = command

    def script(self) -> Script[Verdict]:
        return (yield from face(self.context, self.command))


class ApproachPrimitive(Primitive):
    """approach: the object in the arm zone."""

    def __init__(self, command: Approach, context: Context) -> None:
        super().__init__(context)
        self.command = command

    def script(self) -> Script[Verdict]:
        return (yield from approach(self.context, self.command))
