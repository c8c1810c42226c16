"""Places: gone to after a tour, and come back to with what was fetched."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Iterator, Sequence

from tank_bench.journeys.trial import Assessment, Run
from tank_bench.manipulation.truth import scene_of
from tank_core.commands import (
    Cell,
    Color,
    Command,
    GoBack,
    GoTo,
    Grasp,
    Move,
    MoveDirection,
    Past,
    Release,
    Remember,
    Shape,
    Side,
    Turn,
)
from tank_core.geometry import Place, Pose2D, segment_distance
from tank_executor.plan import StepStatus
from tank_sim.worlds.putting_down import NEAR_M

TOUR_M, LEGS = 10.0, 7
TURN_DEG = (45.0, 135.0)
ROOM_M, FAR_M = 0.27, 3.5  # from what lies about, and from where the tour begins
PLACE_M, PLACE_RAD = 0.15, math.radians(10)
BACK_M = 0.10
TRIES, TRIES_OF_LEG = 3000, 30
_GIVE_OR_TAKE = re.compile(r"give or take (\d+) cm")


def go_to(run: Run) -> Iterator[Assessment]:
    """To a place that was remembered before a tour of 10 m with 6 turns."""
    run.episode.settle()
    things = [(one.x, one.y) for one in run.episode.backend.objects().values()]
    first, *rest = tour(run.dice, things)
    run.do(first, Remember(place="base"))
    base = run.pose
    for command in rest:
        run.do(command)
    claimed = run.did(GoTo("base"))
    run.episode.settle()
    off, turned = base.distance(run.pose), base.turned(run.pose)
    yield Assessment(
        "go to a place after a tour",
        claimed,
        off <= PLACE_M and turned <= PLACE_RAD,
        run.message,
        f"{100 * off:.0f} cm and {math.degrees(turned):.1f} degrees off",
        allowed=off <= told(run.message),
    )


def told(message: str) -> float:
    """Return how far off [m] the robot says that it may be; 0: it does not."""
    found = _GIVE_OR_TAKE.search(message)
    return float(found[1]) / 100 if found else 0.0


def tour(dice: random.Random, things: Sequence[Place]) -> list[Command]:
    """Moves of 10 m in all, clear of things [m] in the world, from its origin.

    A turn before each: the first is no part of the tour, but makes its beginning free. Raises
    ValueError where there is none.
    """
    for _ in range(TRIES):
        parts = [dice.uniform(0.7, 1.5) for _ in range(LEGS)]
        commands: list[Command] = []
        pose = Pose2D()
        for part in parts:
            leg = _leg(dice, pose, TOUR_M * part / sum(parts), things)
            if leg is None:
                break
            pose = leg[1]
            commands += leg[0]
        else:
            return commands
    raise ValueError(f"no tour of {TOUR_M:g} m is free")


def _leg(
    dice: random.Random, pose: Pose2D, way: float, things: Sequence[Place]
) -> tuple[list[Command], Pose2D] | None:
    for _ in range(TRIES_OF_LEG):
        side, angle = dice.choice(list(Side)), round(dice.uniform(*TURN_DEG), 1)
        yaw = pose.yaw + side.sign * math.radians(angle)
        end = Pose2D(*Pose2D(pose.x, pose.y, yaw).to_world((way, 0.0)), yaw)
        if math.hypot(end.x, end.y) < FAR_M and all(
            segment_distance(thing, (pose.x, pose.y), (end.x, end.y)) > ROOM_M for thing in things
        ):
            return [Turn(side, angle), Move(MoveDirection.FORWARD, round(way, 3))], end
    return None


def bring(run: Run) -> Iterator[Assessment]:
    """The red cube, picked up, brought to where it was asked for, put down."""
    start, episode = run.pose, run.episode
    commands = (Grasp(color=Color.RED, shape=Shape.CUBE), GoBack(Past.HERE), Release())
    ended, back = [], start
    for outcome in episode.steps(commands):
        ended.append(outcome)
        if outcome.message:
            run.messages.append(outcome.message)
        if isinstance(outcome.command, GoBack):
            back = run.pose
    claims = [outcome.status is StepStatus.SUCCEEDED for outcome in ended]
    off = start.distance(back)
    yield Assessment(
        f"go back here after fetching, {run.world}",
        claims[1],
        off <= BACK_M,
        ended[1].message if claims[0] else f"not picked up: {ended[0].message}",
        f"{100 * off:.0f} cm off",
        allowed=off <= told(ended[1].message),
        begun=claims[0],
    )
    episode.settle()
    scene, cell = scene_of(episode.backend), episode.robot.cell(Cell.FRONT)
    reds = [
        name
        for name, one in scene.objects.items()
        if one.kind == "red cube" and name != scene.held and one.lies
    ]
    offs = [math.dist(scene.from_robot(scene.objects[name]), cell) for name in reds]
    nearest = min(offs, default=math.inf)
    off = start.distance(scene.robot)
    yield Assessment(
        f"bring the red cube, {run.world}",
        all(claims),
        nearest <= NEAR_M and off <= BACK_M,
        run.message,
        f"cube {100 * nearest:.0f} cm from the front cell, robot {100 * off:.0f} cm off",
        allowed=nearest <= NEAR_M and off <= told(ended[1].message),
    )
