"""Gates and doorways: driven through, and touched by nothing."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

from tank_bench.journeys.trial import Assessment, Run
from tank_core.commands import GoThrough, Side
from tank_core.geometry import Pose2D
from tank_learning.skills.gate.demonstrator import stands_beyond
from tank_sim.worlds import Opening

_DOUBT = re.compile(r"([\d.]+) m beyond, give or take (\d+) cm")
AHEAD_RAD = math.radians(60)  # what is ahead for whoever does not say a side
SIDE_RAD = (math.radians(20), math.radians(125))  # what is on a side


def go_through(run: Run) -> Iterator[Assessment]:
    """Through the gate ahead, or through that on a side."""
    openings = run.episode.backend.world.scene.openings
    side = (None, Side.LEFT, Side.RIGHT)[run.seed % 3]
    if side is None and len([one for one in openings if abs(_bearing(one)) < AHEAD_RAD]) > 1:
        side = (Side.LEFT, Side.RIGHT)[run.seed % 2]  # which of two would be a question
    gate = meant(openings, side)
    claimed = run.did(GoThrough(side))
    run.episode.settle()
    touched = run.episode.backend.touched()
    there = ended(gate, run.pose)
    words = f"of {gate.name}: {there.x:.2f} m beyond, {there.y:.2f} m aside"
    if touched:
        words += f", touched {', '.join(sorted(touched))}"
    done = went_through(gate, run.pose) and not touched
    true = not touched and is_true(run.message, gate, run.pose)
    row = f"go through, {run.world}"
    yield Assessment(row, claimed, done, run.message, words, allowed=true, belied=not true)


def is_true(said: str, gate: Opening, pose: Pose2D) -> bool:
    """Whether it is through, and as far beyond as it said, within its doubt."""
    there, told = ended(gate, pose), _DOUBT.search(said)
    if told is None or not (there.x > 0.0 and abs(there.y) < gate.width / 2):
        return False
    return abs(there.x - float(told[1])) <= float(told[2]) / 100


def meant(openings: Sequence[Opening], side: Side | None) -> Opening:
    """The opening that is meant, as seen from the robot's start."""
    if side is None:
        return min(openings, key=lambda one: abs(_bearing(one)))
    sign, (least, most) = side.sign, SIDE_RAD
    there = [one for one in openings if least < sign * _bearing(one) < most]
    return min(there, key=lambda one: abs(sign * _bearing(one) - AHEAD_RAD))


def ended(gate: Opening, pose: Pose2D) -> Pose2D:
    """A pose as seen from a gate, x through it."""
    return pose.relative_to(gate.pose)


def went_through(gate: Opening, pose: Pose2D) -> bool:
    """Whether a robot that ends there is behind the gate as it should be."""
    return stands_beyond(ended(gate, pose), gate.width)


def _bearing(opening: Opening) -> float:
    return math.atan2(opening.pose.y, opening.pose.x)
