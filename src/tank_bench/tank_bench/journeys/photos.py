"""Pictures: taken when the robot stands still, with its pose and heading then."""

from __future__ import annotations

import math
from collections.abc import Iterator

import cv2

from tank_bench.journeys.moves import rests
from tank_bench.journeys.trial import Assessment, Run
from tank_core.commands import Move, MoveDirection, Side, Speed, TakePhoto, Turn
from tank_core.geometry import Pose2D
from tank_episode.course import NORTH
from tank_executor.plan import StepStatus

MEASURED_M, MEASURED_DEG = 0.01, 1.0  # from what odometry said at the time of the image
OFF_M, OFF_DEG = 0.05, 10.0  # from the truth: odometry has erred since the start


def photo(run: Run) -> Iterator[Assessment]:
    """A picture right after fast motion."""
    side, angle = run.dice.choice(list(Side)), round(run.dice.uniform(20, 180), 1)
    way = round(run.dice.uniform(0.2, 0.5), 2)
    turn, move = Turn(side, angle, Speed.FAST), Move(MoveDirection.FORWARD, way, Speed.FAST)
    motion = (turn, move) if run.dice.random() < 0.5 else (move, turn)
    status = run.do(*motion, TakePhoto())
    outcome = status.outcomes[-1]
    kept, claimed = outcome.photo, outcome.photo is not None
    if kept is None or kept.time is None or kept.pose is None or kept.heading_deg is None:
        begun = outcome.status is not StepStatus.SKIPPED  # something was in the way before it
        truth = "no picture, or nothing with it"
        yield Assessment("photo", claimed, False, run.message, truth, begun=begun)
        return
    image = cv2.imread(kept.path)
    taken = run.at(kept.time)
    moved = max((one.time for one in run.moments if one.time <= kept.time and not rests(one)),
                default=0.0)  # fmt: skip
    off, turned = kept.pose.distance(taken.pose), _turned(kept.heading_deg, taken.pose)
    measured = (
        kept.pose.distance(taken.odometry) <= MEASURED_M
        and _turned(kept.heading_deg, taken.odometry) <= MEASURED_DEG
    )
    still = rests(taken) and moved < kept.time
    camera = run.episode.robot.camera
    whole = image is not None and image.shape[:2] == (camera.height, camera.width)
    done = still and whole and measured and off <= OFF_M and turned <= OFF_DEG
    words = f"{kept.time - moved:.2f} s after motion, {100 * off:.1f} cm, {turned:.1f} degrees off"
    yield Assessment("photo", claimed, done, run.message, words + ("" if whole else ", not whole"))


def _turned(heading_deg: float, pose: Pose2D) -> float:
    """Return how far [deg] a heading is from a pose's, by an episode's north."""
    return abs((heading_deg - math.degrees(NORTH - pose.yaw) + 180) % 360 - 180)
