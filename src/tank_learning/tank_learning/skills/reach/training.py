"""Trains a reaching actor, and keeps the best of its evaluations."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch

from tank_core.robot import Robot
from tank_gym.reach import ReachEnv
from tank_learning.skills.reach.replay import Replay
from tank_learning.skills.reach.sac import Sac
from tank_learning.skills.reach.trying import VALIDATION, Score, score, seats
from tank_skills.network import Floats, Network
from tank_skills.reacher import ReachSpace

ARMS = 4  # that try at once
UPDATES_A_ROUND = 2  # a round is a step of each arm
BATCH = 256
CAPACITY = 400_000
FIRST = 1000  # steps at random
HINDSIGHT = 0.5
EVALUATE_EVERY = 1000  # updates
FEW, MANY = 25, 100  # targets of an evaluation; of one that did well, or is the last
WANTED = 0.95

Tell = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Trained:
    """The best actor, and when it was found."""

    arrays: dict[str, Floats]
    score: Score  # on validation targets
    steps: int  # of the simulation, when 95 of 100 were first reached; 0: never
    cpu_seconds: float  # the same
    replay: Replay


def train(
    robot: Robot, seed: int, updates: int, tell: Tell, hindsight: float = HINDSIGHT
) -> Trained:
    """Train by a number of updates: the same seed and number give the same actor."""
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    dice = np.random.default_rng([seed, 7])
    space = ReachSpace(robot)
    sac, replay = Sac(space.inputs, len(space)), Replay(CAPACITY, len(space))
    arms, judge = seats(robot, ARMS, seed), ReachEnv(robot)
    best: Score | None = None
    arrays: dict[str, Floats] = {}
    steps, reached, began, judged, losses = 0, (0, 0.0), time.process_time(), 0.0, [0.0]
    while sac.updates < updates:
        if steps < FIRST:
            actions = dice.uniform(-1, 1, (ARMS, len(space))).astype(np.float32)
        else:
            actions = sac.explore(np.stack([arm.input for arm in arms]))
        for arm, action in zip(arms, actions, strict=True):
            done = arm.step(action)
            if done is not None:
                replay.add(done)
                arm.begin()
        steps += ARMS
        if steps < FIRST or not replay.size:
            continue
        losses += [
            sac.update(replay.sample(dice, BATCH, hindsight)) for _ in range(UPDATES_A_ROUND)
        ]
        if sac.updates % EVALUATE_EVERY == 0 or sac.updates >= updates:
            start = time.process_time()
            actor = Network(sac.actor.spec, sac.actor.arrays(), "actor")
            found = score(judge, actor, range(VALIDATION, VALIDATION + FEW))
            if found.successes >= WANTED * FEW:
                found = score(judge, actor, range(VALIDATION, VALIDATION + MANY))
            if found.better_than(best):
                best, arrays = found, sac.actor.arrays()
            judged += time.process_time() - start
            used = time.process_time() - began - judged
            if not reached[0] and found.successes >= WANTED * MANY:
                reached = steps, used
            tell(
                {
                    "updates": sac.updates,
                    "steps": steps,
                    "cpu_seconds": round(used, 1),
                    "loss": round(float(np.mean(losses)), 4),
                    "temperature": round(sac.temperature, 4),
                    **asdict(found),
                }
            )
            losses = []
    for env in (judge, *(arm.env for arm in arms)):
        env.close()
    assert best is not None
    return Trained(arrays, best, *reached, replay)
