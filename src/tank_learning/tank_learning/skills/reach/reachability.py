"""Reachability first: how likely an arm that moves at random meets a target.

Where that is next to never, a reward at the target alone teaches nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tank_core.robot import Robot
from tank_gym.reach import ReachEnv
from tank_gym.scenes import ReachTargets
from tank_skills.reacher import TOLERANCE_M

RADII_M = (0.01, 0.02, 0.05)
POSTURES, TARGETS, WALKS, WALK = 20_000, 50, 40, 100
OVER_FLOOR_M = 0.02  # of a thing in the front cell
# Under this share of postures a target is a needle in a haystack. A guess: 20 walks of 100 steps
# then meet one twice, if each step were a new posture.
RARE = 0.001


@dataclass(frozen=True)
class Reachability:
    """Shares of random postures, and of random walks from home."""

    targets: dict[float, float]  # radius [m]: share of postures so near a target, the mean of all
    front: dict[float, float]  # the same for a point over the front cell
    walks: float  # share of walks of WALK steps that touch their target

    @property
    def rare(self) -> bool:
        """Whether chance alone will hardly ever find a target."""
        return self.targets[TOLERANCE_M] < RARE

    def table(self) -> str:
        """The shares as lines of Markdown."""
        rows = [
            "| random postures within | " + " | ".join(f"{r * 100:g} cm" for r in RADII_M) + " |",
            "| --- |" + " --- |" * len(RADII_M),
            "| of a target | " + " | ".join(f"{self.targets[r]:.3%}" for r in RADII_M) + " |",
            "| of the front cell | " + " | ".join(f"{self.front[r]:.3%}" for r in RADII_M) + " |",
        ]
        return "\n".join([*rows, "", f"{self.walks:.0%} of random walks touch their target"])


def reachability(robot: Robot, seed: int = 0) -> Reachability:
    """Measure an arm: a few seconds."""
    dice = np.random.default_rng([seed, 13])
    targets = ReachTargets(robot)
    chain = targets.chain
    tips = chain.tips(dice.uniform(chain.lower, chain.upper, (POSTURES, len(chain))))
    places = np.array([targets.target(int(dice.integers(2**31))) for _ in range(TARGETS)])
    front = np.array([(*robot.cell(None), OVER_FLOOR_M)])
    return Reachability(
        {radius: _near(tips, places, radius) for radius in RADII_M},
        {radius: _near(tips, front, radius) for radius in RADII_M},
        _walks(robot, dice),
    )


def _near(tips: np.ndarray, places: np.ndarray, radius: float) -> float:
    return float(np.mean([(np.linalg.norm(tips - one, axis=1) < radius).mean() for one in places]))


def _walks(robot: Robot, dice: np.random.Generator) -> float:
    env, met = ReachEnv(robot), 0
    for _ in range(WALKS):
        env.reset(options={"scene": int(dice.integers(2**31))})
        actions = dice.uniform(-1, 1, (WALK, len(env.space))).astype(np.float32)
        met += any(env.step(action)[4]["distance"] < TOLERANCE_M for action in actions)
    env.close()
    return met / WALKS
