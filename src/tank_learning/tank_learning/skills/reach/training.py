"""Trains a reaching actor, and keeps the best of its evaluations."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from tank_core.exceptions import TankError
from tank_core.robot import Robot
from tank_core.state import Floats
from tank_gym.reach import ReachEnv
from tank_learning.skills.reach.dyna import Dyna, mixed
from tank_learning.skills.reach.replay import Replay, Transitions
from tank_learning.skills.reach.sac import Sac
from tank_learning.skills.reach.trying import VALIDATION, Score, Seat, score, seats
from tank_skills.network import Network, Spec
from tank_skills.reacher import ReachSpace, network_input

ARMS = 4  # that try at once
UPDATES_A_ROUND = 2  # a round is a step of each arm
BATCH = 256
CAPACITY = 400_000
FIRST = 1000  # steps at random
# The last part of a run learns ever more slowly, so that the arm comes to rest exactly.
SLOWING, SLOWEST = 0.5, 0.02
EVALUATE_EVERY = 1000  # updates
FEW, MANY = 25, 100  # targets of an evaluation; of one that follows where it did well
WANTED = 0.95
SAMPLES = 256  # inputs on which runtimes are compared


@dataclass(frozen=True)
class ReachRecipe:
    """The numbers of a run; the same numbers give the same actor."""

    updates: int = 12_000  # of the critics
    seed: int = 0
    hindsight: float = 0.5  # share of a batch whose targets are places that the tool came to
    imagined: float = 0.0  # share of a batch that a world model imagines

    def __post_init__(self) -> None:
        shares = (self.hindsight, self.imagined)
        possible = all(0.0 <= share <= 0.9 for share in shares) and sum(shares) <= 1.0
        if self.updates < 1 or not possible:
            raise TankError(
                f"updates is {self.updates}, hindsight {self.hindsight}, imagined "
                f"{self.imagined}; updates must be 1 or more, and shares 0 to 0.9, "
                "together 1 at most"
            )


@dataclass(frozen=True)
class ReachReport:
    """A report of a run, with how the actor did on validation targets."""

    updates: int
    steps: int  # of the simulation
    cpu_seconds: float  # without the evaluations
    loss: float
    score: Score


@dataclass(frozen=True)
class Trained:
    """The best actor of a run.

    ``reached``: the first report with WANTED of MANY.
    """

    actor: Network
    best: ReachReport
    reached: ReachReport | None
    spec: Spec
    arrays: dict[str, Floats]
    samples: Floats  # inputs, on which runtimes can be compared


class Training:
    """A run; ``lines`` are its reports so far."""

    def __init__(self, robot: Robot, recipe: ReachRecipe) -> None:
        torch.set_num_threads(1)
        torch.manual_seed(recipe.seed)
        self.lines: list[ReachReport] = []
        self._recipe, self._space = recipe, ReachSpace(robot)
        self._dice = np.random.default_rng([recipe.seed, 7])
        self.sac = Sac(self._space.inputs, len(self._space))
        self.replay = Replay(CAPACITY, len(self._space))
        self._dyna = Dyna(robot, self._dice) if recipe.imagined else None
        self._judge = ReachEnv(robot)
        self._arms: list[Seat] = seats(robot, ARMS, recipe.seed)
        self._steps = 0

    def run(self, tell: Callable[[ReachReport], None]) -> Trained:
        """Train to the end; ``tell`` gets each report."""
        began, judged, losses = time.process_time(), 0.0, [0.0]
        best: ReachReport | None = None
        reached: ReachReport | None = None
        arrays: dict[str, Floats] = {}
        try:
            while self.sac.updates < self._recipe.updates:
                losses += self._round()
                due = self.sac.updates % EVALUATE_EVERY == 0 and len(losses) > 1
                if not due and self.sac.updates < self._recipe.updates:
                    continue
                used, start = time.process_time() - began - judged, time.process_time()
                found, loss = self._evaluate(), float(np.mean(losses))
                line = ReachReport(self.sac.updates, self._steps, used, loss, found)
                judged += time.process_time() - start
                if best is None or found.better_than(best.score):
                    best, arrays = line, self.sac.actor.arrays()
                if reached is None and found.tries == MANY and found.share >= WANTED:
                    reached = line
                self.lines.append(line)
                tell(line)
                losses = [loss]
        finally:
            self.close()
        assert best is not None
        seen = self.replay.sample(self._dice, SAMPLES)
        samples = network_input(seen.joints, seen.tool, seen.target)
        actor = Network(self.sac.actor.spec, arrays, "actor")
        return Trained(actor, best, reached, self.sac.actor.spec, arrays, samples)

    def close(self) -> None:
        """Let go of the simulations."""
        for env in (self._judge, *(arm.env for arm in self._arms)):
            env.close()

    def _round(self) -> list[float]:
        """Let each arm step, and learn; returns the losses."""
        shape = (len(self._arms), len(self._space))
        if self._steps < FIRST:
            actions = self._dice.uniform(-1, 1, shape).astype(np.float32)
        else:
            actions = self.sac.explore(np.stack([arm.input for arm in self._arms]))
        for arm, action in zip(self._arms, actions, strict=True):
            done = arm.step(action)
            if done is not None:
                self.replay.add(done)
                arm.begin()
        self._steps += len(self._arms)
        if self._steps < FIRST or not self.replay.size:
            return []
        left = 1 - self.sac.updates / self._recipe.updates
        self.sac.slow_down(min(1.0, max(left / SLOWING, SLOWEST)))
        return [self.sac.update(self._batch()) for _ in range(UPDATES_A_ROUND)]

    def _batch(self) -> Transitions:
        hindsight = self._recipe.hindsight
        if self._dyna is None:
            return self.replay.sample(self._dice, BATCH, hindsight)
        count = round(self._recipe.imagined * BATCH)
        return mixed(
            self.replay.sample(self._dice, BATCH - count, hindsight),
            self._dyna.batch(self.sac, self.replay, count, hindsight),
        )

    def _evaluate(self) -> Score:
        """Judge the actor on a few targets, and on many where it did well."""
        actor = Network(self.sac.actor.spec, self.sac.actor.arrays(), "actor")
        found = score(self._judge, actor, range(VALIDATION, VALIDATION + FEW))
        if found.share < WANTED:
            return found
        return score(self._judge, actor, range(VALIDATION, VALIDATION + MANY))
