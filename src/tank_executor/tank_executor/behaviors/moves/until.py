"""Moves that end when something happens: an obstacle ahead, an object in sight."""

from __future__ import annotations

import math

from tank_core.commands import Move, MoveDirection
from tank_core.geometry import Pose2D
from tank_core.robot import RangeSensor, Robot
from tank_executor.behaviors.driving import CUT_M, drive, follow, straight, verdict_of
from tank_executor.behaviors.looking import NO_DETECTIONS, fresh, look
from tank_executor.behaviors.search import ObjectSearch
from tank_executor.memory import Thing
from tank_executor.motion import guard
from tank_executor.motion.laws import REST_LINEAR, MoveLaw
from tank_executor.motion.route import Footprint
from tank_executor.plan import describe
from tank_executor.script import Context, Done, Failed, Script, TickOutput, Verdict

# [m] from the robot's front edge (its chassis or wheels), where a move until obstacle ends
ROOM_M = 0.30
# what is not heard any more is remembered as near as it may be: along a slanted wall up to 9 cm
# nearer than it is
REMEMBERED_M = 0.035
UNSURE_M = 0.05
NEAR_M = ROOM_M + UNSURE_M  # what is nearer than this is what it stopped for
NOT_BEHIND = "I have no eyes behind me; turn me around, or say how far I am to back up"
SILENT_S = 0.5  # without a reading of the range sensor for this long, the robot is blind
RESTING_S = 1.0  # [s] in which a robot that brakes comes to rest
# [m] no farther than this beyond the place from which a thing was first seen the robot ends
BEYOND_SIGHT_M = 0.03


def until_obstacle(context: Context, command: Move) -> Script[Verdict]:
    """Drive until something is 0.3 m ahead, or as far as was said.

    That is as the range sensor or the camera tells it; a robot that is blind stands.
    """
    if command.direction is MoveDirection.BACKWARD:
        return Failed(NOT_BEHIND)
    law = straight(context, command.distance_m, command.speed)
    driven = yield from follow(
        context,
        law,
        describe(command),
        lambda: guard.obstacle(context, from_front=True, unsure=REMEMBERED_M),
        ROOM_M,
        until=lambda: _blind(context) is not None,
        always=True,
    )
    if driven.early:
        return Failed(f"stopped {_after(driven.way)}: {_blind(context)}")
    if driven.fault and not driven.obstacle:
        return Failed(driven.fault)
    obstacle = guard.obstacle(context, from_front=True) or driven.obstacle
    echo = guard.heard(context)
    if obstacle and obstacle.sure and echo and obstacle.distance < echo.distance <= NEAR_M:
        # it measures what a camera at speed places badly, such as a part of a wall
        obstacle = echo if obstacle.distance < echo.distance - UNSURE_M else obstacle
    if obstacle is None or obstacle.distance > NEAR_M:
        return Done(f"{_after(driven.way)}: nothing was in the way")
    return Done(f"stopped {_after(driven.way)}: {_said(obstacle)}")


def _said(obstacle: guard.Obstacle) -> str:
    aside = "" if obstacle.sure else ", or beside my way"
    return f"{obstacle.there} {obstacle.distance:.2f} m ahead{aside}"


def _after(way: float) -> str:
    return f"after {way:.2f} m" if way >= CUT_M else "without moving"


def _blind(context: Context) -> str | None:
    """Say why the robot cannot tell what is ahead; None when it can.

    Only the range sensor sees walls: where there is one, it has to work. One that hears less far
    than the robot is to keep away cannot do without the camera.
    """
    sensor, blind = context.robot.range_sensor, None
    if sensor and context.now - context.objects.range_memory.heard > SILENT_S:
        blind = "my range sensor gives no reading"
    elif not fresh(context):
        if sensor is None:
            blind = f"I have no range sensor, and {NO_DETECTIONS}"
        elif _hears(context.robot, sensor) < ROOM_M:
            blind = f"my range sensor hears {sensor.max_range:.2f} m far, and {NO_DETECTIONS}"
    return f"{blind}, so I cannot tell what is in the way" if blind else None


def _hears(robot: Robot, sensor: RangeSensor) -> float:
    """The reach [m] of a range sensor from the robot's front edge."""
    return sensor.position[0] + sensor.max_range - Footprint.of(robot).front


def until_object(context: Context, command: Move) -> Script[Verdict]:
    """Drive until the object that is named comes in sight.

    The robot ends where it first saw it. Where it sees it already, it stays.
    """
    search = ObjectSearch(context, command, nearing=False)
    began = context.now
    if not (yield from look(context, f"looking for {search.name}")):
        return Failed(f"{NO_DETECTIONS}, so I cannot see {search.name}")
    thing = search.seen_since(began)
    if thing is not None:
        return Done(f"I see {_where(search, thing)} already: I did not move")
    backward, sight = command.direction is MoveDirection.BACKWARD, -math.inf

    def ended() -> bool:
        nonlocal sight
        if search.seen_since(context.objects.time):
            sight = context.objects.time
        return sight > began or not fresh(context)

    distance = -command.distance_m if backward else command.distance_m
    law = straight(context, distance, command.speed)
    driven = yield from follow(
        context,
        law,
        describe(command),
        lambda: guard.obstacle(context, backward),
        guard.WIDE.ahead,
        until=ended,
    )
    if sight > began:
        return (yield from _stay_in_sight(search, law, context.objects.pose_at(sight)))
    unseen = f"I have not seen {search.name}"
    if driven.early:
        return Failed(f"stopped {_after(driven.way)}: {NO_DETECTIONS}, and {unseen}")
    verdict = verdict_of(driven, law.asked, "behind" if backward else "ahead")
    if isinstance(verdict, Failed):
        return Failed(f"{verdict.message}, and {unseen}")
    return Done(f"{_after(driven.way)}: {unseen}")


def _stay_in_sight(search: ObjectSearch, law: MoveLaw, seen_from: Pose2D) -> Script[Verdict]:
    """Stop, go back to where the thing was first ``seen_from``, and look.

    An image comes late, and braking takes its way.
    """
    context, doing = search.context, f"I see {search.name}"
    yield from _come_to_rest(context, doing)
    forward, here = math.copysign(1.0, law.asked), context.state.odometry.pose
    beyond = forward * seen_from.to_local((here.x, here.y))[0]
    if beyond > BEYOND_SIGHT_M:
        back = forward * (BEYOND_SIGHT_M - beyond)
        yield from drive(context, back, None, doing, guard.narrow(context.robot))
    began = context.now
    yield from look(context, doing)
    here = context.state.odometry.pose
    stopped = f"stopped {_after(abs(law.start.to_local((here.x, here.y))[0]))}"
    thing = search.seen_since(began)
    if thing is None:
        return Failed(f"{stopped}: I saw {search.name}, but do not see it any more")
    return Done(f"{stopped}: I see {_where(search, thing)}")


def _come_to_rest(context: Context, doing: str) -> Script[None]:
    began = context.now
    while context.now - began < RESTING_S:
        yield TickOutput(message=doing)
        if abs(context.state.odometry.twist.linear) <= REST_LINEAR:
            return


def _where(search: ObjectSearch, thing: Thing) -> str:
    # a thing of a color whose shape is not told is what was asked for: "the red object"
    name = search.name if thing.shape is None else f"the {thing.name}"
    distance = math.hypot(*thing.seen_from(search.context.state.odometry.pose))
    return f"{name}, {distance:.2f} m away"
