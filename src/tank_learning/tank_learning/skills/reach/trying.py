"""Tries of an arm in the simulation: to learn from, and to be judged."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from tank_core.robot import Robot
from tank_core.state import Floats
from tank_gym.reach import ReachEnv
from tank_learning.skills.reach.replay import Transitions
from tank_skills.network import Network
from tank_skills.reacher import greedy, network_input

STEPS = 100  # of a try, at most
# Scenes by number: the bench has the first ones, these are for choosing among actors, and those
# for training begin at TRAINING.
VALIDATION, TRAINING = 1_000_000, 1_000_000_000
STAY = 0.5  # of the tries begin where the last one ended, the others at home


@dataclass
class Seat:
    """An arm that tries, and its try so far."""

    env: ReachEnv
    dice: np.random.Generator
    seen: dict[str, Floats] = field(default_factory=dict)
    steps: list[tuple[Floats, ...]] = field(default_factory=list)

    def begin(self) -> None:
        """Draw another target."""
        options = {
            "scene": int(TRAINING + self.dice.integers(TRAINING)),
            "stay": bool(self.seen) and self.dice.random() < STAY,
        }
        self.seen, _ = self.env.reset(options=options)
        self.steps = []

    @property
    def input(self) -> Floats:
        """The network's input now."""
        return flat(self.seen)

    def step(self, action: Floats) -> Transitions | None:
        """Go on; returns the whole try where it ends with this step."""
        before = self.seen
        self.seen, _, rested, _, _ = self.env.step(action)
        now = self.seen
        self.steps.append(
            (
                before["observation"],
                before["achieved_goal"],
                action,
                self.env.aim.astype(np.float32),
                now["observation"],
                now["achieved_goal"],
                now["desired_goal"],
            )
        )
        if not rested and len(self.steps) < STEPS:
            return None
        return Transitions(*(np.stack(part) for part in zip(*self.steps, strict=True)))


@dataclass(frozen=True)
class Score:
    """The ends of tries at some targets."""

    successes: int  # at rest at the target
    tries: int
    seconds: float  # mean time of the successes until the tool was still there
    path: float  # [m] mean way of their tools
    away: float  # [m] mean distance from the target at the end, of all tries

    @property
    def share(self) -> float:
        """The share of successes."""
        return self.successes / self.tries

    def better_than(self, other: Score) -> bool:
        """Whether it is better: on more targets, more successes, or faster."""
        return self._rank > other._rank

    @property
    def _rank(self) -> tuple[int, int, float]:
        return self.tries, self.successes, -self.seconds


def flat(seen: dict[str, Floats]) -> Floats:
    """The network's input for an observation of the environment."""
    return network_input(seen["observation"], seen["achieved_goal"], seen["desired_goal"])


def score(env: ReachEnv, actor: Network, scenes: range) -> Score:
    """Let an actor try the targets of these scenes, each from home."""
    seconds, paths, away = [], [], []
    for scene in scenes:
        seen, _ = env.reset(options={"scene": scene})
        path = 0.0
        for _ in range(STEPS):
            last = seen["achieved_goal"]
            seen, _, rested, _, info = env.step(greedy(actor(flat(seen)[None])[0]))
            path += float(np.linalg.norm(seen["achieved_goal"] - last))
            if rested:
                seconds.append(env.rested_since or 0.0)
                paths.append(path)
                break
        away.append(info["distance"])
    return Score(len(seconds), len(scenes), _mean(seconds), _mean(paths), _mean(away))


def _mean(values: list[float]) -> float:
    return float(np.mean(values)) if values else float("inf")


def seats(robot: Robot, count: int, seed: int) -> list[Seat]:
    """Arms that try independently of each other."""
    made = [Seat(ReachEnv(robot), np.random.default_rng([seed, 11, i])) for i in range(count)]
    for seat in made:
        seat.begin()
    return made
