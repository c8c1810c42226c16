"""Lines up before a gate, measures it from near, and drives through."""

from __future__ import annotations

import math

from tank_core.commands import GoThrough
from tank_core.geometry import Place, Pose2D, wrap
from tank_executor.behaviors.driving import drive, follow, turn, verdict_of
from tank_executor.behaviors.gates.choosing import needed, too_narrow
from tank_executor.behaviors.gates.closing_in import close_in
from tank_executor.behaviors.gates.finding import find_gate, half_view
from tank_executor.behaviors.looking import NO_DETECTIONS, look, on_floor
from tank_executor.behaviors.posing import fold_in
from tank_executor.memory import KnownGate, Thing
from tank_executor.motion import guard, route
from tank_executor.motion.drift import SURE
from tank_executor.motion.route import Disc, Footprint
from tank_executor.script import Context, Done, Failed, Primitive, Script, Verdict, pause

BEYOND_M = 0.5  # base_link ends this far beyond the gate
NEAREST_M = 0.55  # from the middle of a gate, from where it is measured at last
VIEW_SHARE = 0.93  # of the camera's view, from the middle to the side, in which an upright is to be
POST_M = 0.06  # half the thickness that an upright may have
SEEN_M = 0.03  # of an upright that must be in the image
# off the gate's middle line: this far, or this share of the room beside the robot; and off its way
LINED_UP_M, LINED_UP_SHARE, LINED_UP_RAD = 0.02, 0.15, math.radians(6.0)
MEASURE_S = 0.6  # of images from one place that are averaged
BACKINGS, BACK_M = 2, 0.25  # where an upright is out of the image
NEAR_M = 0.35  # farther away than that from where it is to be measured, it is not measured well
SAME_M = 0.4  # what is this near to where a gate was is that gate
TRIES = 5
BACKWARD_M, BACKWARD_RAD = 1.0, math.radians(110.0)  # so near, what is behind is backed up to
THERE_M = 0.02  # not worth a drive


def go_through(context: Context, gate: KnownGate) -> Script[Verdict]:
    """Drive through a gate that is known, and end beyond it."""
    for _ in range(TRIES):
        verdict = yield from _line_up(context, gate)
        if isinstance(verdict, Failed):
            return verdict
        seen = yield from _measure(context, gate)
        if isinstance(seen, Failed):
            return seen
        gate = seen
        if _is_lined_up(context, gate):
            return (yield from _pass(context, gate))
    return Failed(f"the robot does not get in line with the {gate.name}")


def _measure(context: Context, gate: KnownGate) -> Script[KnownGate | Failed]:
    """Return the gate as it is seen from before it; back up where it is not."""
    doing = f"measuring the {gate.name}"
    for number in range(BACKINGS + 1):
        yield from pause(context, MEASURE_S, doing)
        if not (yield from look(context, doing)):
            return Failed(NO_DETECTIONS)
        seen = _again(context, gate)
        if seen is not None:
            return seen
        if number < BACKINGS:
            verdict = yield from drive(context, -BACK_M, None, f"backing up to see the {gate.name}")
            if isinstance(verdict, Failed):
                break
    return Failed(f"I lost sight of the {gate.name}")


def standoff(context: Context, width: float) -> float:
    """Return how far [m] before a gate its uprights are both in the image."""
    aside = VIEW_SHARE * half_view(context.robot)
    seen = (width / 2 + SEEN_M) / math.tan(aside)
    return max(NEAREST_M, context.robot.camera.position[0] + seen)


def _is_lined_up(context: Context, gate: KnownGate) -> bool:
    base = context.state.odometry.pose
    x, y = gate.pose.to_local((base.x, base.y))
    near = -x - standoff(context, gate.width) < NEAR_M
    room = gate.width / 2 - Footprint.of(context.robot).half_width
    return (
        near
        and abs(y) <= max(LINED_UP_M, LINED_UP_SHARE * room)
        and (base.turned(gate.pose) <= LINED_UP_RAD)
    )


def _line_up(context: Context, gate: KnownGate) -> Script[Verdict]:
    """Drive to before the gate's middle, and turn toward it."""
    place = gate.pose.to_world((-standoff(context, gate.width), 0.0))
    doing = f"lining up before the {gate.name}"
    corners = _way(context, gate, place)
    if corners is None:
        return Failed(f"there is no free way to the front of the {gate.name}")
    for corner in corners:
        verdict = yield from _drive_to(context, corner, doing)
        if isinstance(verdict, Failed):
            return verdict
    base = context.state.odometry.pose
    return (yield from turn(context, wrap(gate.pose.yaw - base.yaw), None, doing))


def _way(context: Context, gate: KnownGate, place: Place) -> list[Place] | None:
    """Return the places to drive to; empty: the robot is there already."""
    base = context.state.odometry.pose
    if math.dist((base.x, base.y), place) <= THERE_M:
        return []
    obstacles = [Disc(one.x, one.y, one.width / 2) for one in _things(context, gate)]
    posts = [gate.pose.to_world((0.0, side * (gate.width / 2 + POST_M))) for side in (1, -1)]
    obstacles += [Disc(*post, POST_M) for post in posts]
    obstacles += [
        one for one in guard.frames(context) if not guard.is_upright((one.x, one.y), gate.uprights)
    ]
    return route.plan(base, [(place, 0.0)], obstacles, Footprint.of(context.robot))


def _drive_to(context: Context, place: Place, doing: str) -> Script[Verdict]:
    """Turn to a place in odom and drive there; backward if near and behind."""
    x, y = context.state.odometry.pose.to_local(place)
    way, bearing = math.hypot(x, y), math.atan2(y, x)
    if way <= THERE_M:
        return Done()
    if way <= BACKWARD_M and abs(bearing) > BACKWARD_RAD:
        way, bearing = -way, wrap(bearing + math.pi)
    verdict = yield from turn(context, bearing, None, doing)
    if isinstance(verdict, Failed):
        return verdict
    return (yield from drive(context, way, None, doing, guard.narrow(context.robot)))


def _pass(context: Context, gate: KnownGate) -> Script[Verdict]:
    """Drive along the gate's middle line, from where the robot stands."""
    reason = _blocked(context, gate)
    if reason:
        return Failed(reason)
    approached = yield from close_in(context, gate)
    if isinstance(approached, Failed):
        return approached
    gate, veer, doubt = approached.gate, approached.veer, context.memory.places.doubt
    reason = _blocked(context, gate)
    if reason:
        return Failed(reason)
    base, doing = context.state.odometry.pose, f"driving through the {gate.name}"
    verdict = yield from turn(context, wrap(gate.pose.yaw - base.yaw), None, doing)
    if isinstance(verdict, Failed):
        return verdict
    base = context.state.odometry.pose
    along, _ = gate.pose.to_local((base.x, base.y))
    start = Pose2D(*gate.pose.to_world((along, 0.0)), gate.pose.yaw)
    law = veer.law(start, BEYOND_M - along, context.robot.pace(None), context.robot.drive)
    uprights = [veer.in_odom(start, place) for place in gate.uprights]
    driven = yield from follow(
        context,
        law,
        doing,
        lambda: guard.obstacle(context, uprights=uprights),
        guard.WIDE.ahead,
    )
    verdict = verdict_of(driven, law.asked, "ahead")
    if isinstance(verdict, Failed):
        return Failed(f"I did not get through the {gate.name}: {verdict.message}")
    context.memory.places.passages.note(gate)
    lost = context.memory.places.doubt.since(doubt).along
    off = SURE * math.hypot(approached.deviation, math.sqrt(max(0.0, lost)))
    return Done(
        f"drove through the {gate.name}, about {gate.width:.1f} m wide; by my wheels I am "
        f"{BEYOND_M} m beyond, give or take {math.ceil(100 * off)} cm"
    )


def _blocked(context: Context, gate: KnownGate) -> str | None:
    """Say what stands in the gate or behind it, or that it is too narrow."""
    footprint = Footprint.of(context.robot)
    if gate.width < needed(footprint):
        return too_narrow(gate, footprint)
    base = context.state.odometry.pose
    half, end = footprint.half_width + guard.WIDE.beside, BEYOND_M + footprint.front
    end += guard.WIDE.ahead
    start, _ = gate.pose.to_local((base.x, base.y))
    for thing in _things(context, gate):
        x, y = gate.pose.to_local((thing.x, thing.y))
        if start < x - thing.width / 2 < end and abs(y) - thing.width / 2 < half:
            return f"the way through the {gate.name} is blocked: the {thing.name} is {_where(x)}"
    sensor = context.robot.range_sensor
    if sensor is not None and math.isfinite(context.objects.range):
        x = start + sensor.position[0] + context.objects.range
        if x < end and context.stop_for_obstacles:
            return f"the way through the {gate.name} is blocked: something is {_where(x)}"
    return None


def _where(along: float) -> str:
    if abs(along) < 0.1:
        return "in it"
    return f"{abs(along):.2f} m {'beyond' if along > 0 else 'before'} it"


def _things(context: Context, gate: KnownGate) -> list[Thing]:
    """Return what is known on the floor, but for the gate's own uprights."""
    return [
        thing
        for thing in on_floor(context)
        if not guard.is_upright((thing.x, thing.y), gate.uprights)
    ]


def _again(context: Context, gate: KnownGate) -> KnownGate | None:
    """Return the gate as it was seen just now."""
    near = [
        one
        for one in context.objects.gates
        if context.objects.time - one.seen < 1e-6 and one.pose.distance(gate.pose) < SAME_M
    ]
    return min(near, key=lambda one: one.pose.distance(gate.pose), default=None)


class GoThroughPrimitive(Primitive):
    """The command go_through."""

    def __init__(self, command: GoThrough, context: Context) -> None:
        super().__init__(context)
        self.command = command

    def script(self) -> Script[Verdict]:
        reason = yield from fold_in(self.context)
        if reason:
            return Failed(reason)
        gate = yield from find_gate(self.context, self.command.side)
        if isinstance(gate, Failed):
            return gate
        return (yield from go_through(self.context, gate))
