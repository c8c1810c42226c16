"""Rows of ``face``: a thing of a color in the middle of RaspTank's image.

The same executor and the same motion carry out the color rule, predict-then-rank and the distilled
network; the stack's own way looks at the whole image.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

import numpy as np
import torch

from tank_bench.skills.rows import Outcome, Row
from tank_core.commands import Face
from tank_core.io.checkout import checkout
from tank_core.robot import Robot, load_robot
from tank_core.skill import FACED_DEG, Chunk, Observation, Skill
from tank_core.state import CameraFrame, Detections, Image
from tank_episode.episode import Episode
from tank_executor.plan import PlanState
from tank_learning.skills.face.judging import RuleJudge
from tank_learning.skills.face.ranking import PredictThenRank
from tank_learning.skills.face.scenes import (
    COLORS,
    FAR,
    NEAR,
    START_DEG,
    bearing_deg,
    kinds,
    strewn,
)
from tank_learning.skills.face.sighting import ColorSight
from tank_learning.skills.face.trials import turning_skill
from tank_learning.skills.face.world_model import load_world_model
from tank_perception.perception import Perception
from tank_perception.view import Lens, View
from tank_sim.realism.levels import Realism
from tank_sim.worlds import Scene
from tank_skills import load_skill

CLASSICAL, RULE, SLOW, FAST = "classical", "color rule", "predict, then rank", "distilled"
DIM, STARTS, TILTED = "dim light", "other starts", "camera tilt"
ROBOT = "rasptank"
ACTION, OWN = "face", (FAST,)  # rows that a file of one's own may have
SKILL, WORLD_MODEL = "face-rasptank", "models/worlds/face-rasptank.safetensors"
VARIETY = 99  # a set of things that nothing was trained on
FIRST_SEED = 2_000_000  # no data are ever made from these
BRIGHTNESS = 0.3  # of dim light
TILT = 0.0087  # [rad] half a degree about each axis, as a standard deviation
ASIDE_DEG, FARTHEST = 60.0, 1.4  # other starts: the thing is out of view, and up to so far [m]

ROWS = (
    *(
        Row("face", by, ROBOT, realism)
        for realism in ("ideal", "real")
        for by in (CLASSICAL, RULE, SLOW, FAST)
    ),
    *(
        Row("face", by, ROBOT, variant=variant)
        for variant in (DIM, STARTS, TILTED)
        for by in (CLASSICAL, RULE, FAST)
    ),
)


def run(row: Row, seed: int) -> Outcome:
    """Do a trial: the robot is told to face a color.

    The seed draws color and places.
    """
    episode, taken_ms = _prepared(row)
    dice = np.random.default_rng(FIRST_SEED + seed)
    wanted = COLORS[int(dice.integers(len(COLORS)))]
    span, reach = (-START_DEG, START_DEG), (NEAR, FAR)
    if row.variant == STARTS:
        left = dice.random() < 0.5
        span = (ASIDE_DEG, 180.0) if left else (-180.0, -ASIDE_DEG)
        reach = NEAR, FARTHEST
    episode.backend.world = strewn(episode.backend.world, wanted, dice, span, reach)
    episode.reset(seed)
    taken_ms.clear()
    status = episode.run((Face(color=wanted),))
    claimed = status.state is PlanState.SUCCEEDED
    centered = abs(bearing_deg(episode.backend, wanted)) <= FACED_DEG
    return Outcome(claimed and centered, claimed, episode.time, tuple(taken_ms))


class _TimedSkill:
    """A skill whose decisions are timed.

    With what shrinks the image; waiting is no decision.
    """

    def __init__(self, skill: Skill) -> None:
        self.card, self._skill = skill.card, skill
        self.taken_ms: list[float] = []

    def reset(self) -> None:
        self._skill.reset()

    def act(self, seen: Observation) -> Chunk:
        began = time.process_time()
        chunk = self._skill.act(seen)
        if chunk.length > 1 or (chunk.end is not None and chunk.end[0] > 0.0):
            self.taken_ms.append(1000 * (time.process_time() - began))
        return chunk


class _TimedPerception(Perception):
    """Perception, and what it takes for each image."""

    def __init__(self, robot: Robot) -> None:
        super().__init__(robot)
        self.taken_ms: list[float] = []

    def observe(self, frame: CameraFrame, view: View, lens: Lens | None = None) -> Detections:
        began = time.process_time()
        detections = super().observe(frame, view, lens)
        self.taken_ms.append(1000 * (time.process_time() - began))
        return detections


@lru_cache(maxsize=2)  # a pool may go to and fro between two rows
def _prepared(row: Row) -> tuple[Episode, list[float]]:
    """The episode of a row, and what times its decisions."""
    torch.set_num_threads(1)
    robot = load_robot(row.robot)
    world = replace(kinds(VARIETY), scene=Scene(BRIGHTNESS if row.variant == DIM else 1.0))
    realism = Realism(camera_tilt=TILT) if row.variant == TILTED else row.realism
    if row.by == CLASSICAL:
        episode = Episode(row.robot, world, realism=realism)
        assert episode.perception_loop is not None
        perception = episode.perception_loop.perception = _TimedPerception(robot)
        return episode, perception.taken_ms
    skill = _TimedSkill(_skill(row.by, robot, row.file))
    episode = Episode(row.robot, world, realism=realism, skills={"face": skill})
    return episode, skill.taken_ms


def _skill(by: str, robot: Robot, file: str) -> Skill:
    if by == FAST:
        return load_skill(file or SKILL, robot)
    return turning_skill(robot, _decider(by, ColorSight(robot)))


def _decider(by: str, sight: ColorSight) -> Callable[[Image, int], int]:
    if by == RULE:
        return lambda image, color: sight.choice(image, COLORS[color])
    slow = PredictThenRank(load_world_model(checkout() / WORLD_MODEL), RuleJudge(sight))
    return lambda image, color: slow.choice(image, COLORS[color])
