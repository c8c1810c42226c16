"""A world model of the arm: how its joints follow what they are told.

A small network predicts the joints one step of 40 ms on. Where they are told to go is no guess:
that law is ``ReachSpace.aim``, and the tool's place follows by forward kinematics.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

from tank_core.robot import Robot
from tank_core.state import Array, Floats
from tank_gym.reach import ReachEnv
from tank_ik import Chain
from tank_learning.skills.torch_network import TorchNetwork
from tank_learning.trainer.schedule import half_cosine
from tank_skills.reacher import PERIOD_S, ReachSpace

WIDTH = 128
BATCH, RATE, WARMUP = 256, 2e-3, 0.03
SMOOTH, SHOVE = 0.9, 0.5  # of random actions: how much of the last one stays, and what is added
EPISODE = 250  # steps from home
HORIZONS = (1, 20, 100)  # steps after which a prediction is judged


@dataclass(frozen=True)
class Motions:
    """Motions of an arm under random actions: (episodes, steps, ...) each."""

    joints: Floats  # (e, s + 1, 2n) as ``ReachSpace.joints``
    action: Floats  # (e, s, n)
    aim: Floats  # (e, s + 1, n) [rad]: the last one told before each step, and after the last


def collect(robot: Robot, transitions: int, seed: int) -> Motions:
    """Let an arm move at random, smoothly, in the simulation."""
    env, dice = ReachEnv(robot), np.random.default_rng([seed, 17])
    kept: list[tuple[list[Floats], list[Floats], list[Floats]]] = []
    for episode in range(max(1, transitions // EPISODE)):
        seen, _ = env.reset(options={"scene": episode})
        joints, actions = [seen["observation"]], []
        aims = [env.aim.astype(np.float32)]
        action = np.zeros(len(env.space), np.float32)
        for _ in range(EPISODE):
            shove = SHOVE * dice.standard_normal(len(env.space))
            action = np.clip(SMOOTH * action + shove, -1, 1).astype(np.float32)
            seen, *_ = env.step(action)
            joints.append(seen["observation"])
            actions.append(action)
            aims.append(env.aim.astype(np.float32))
        kept.append((joints, actions, aims))
    env.close()
    return Motions(*(np.array(part, np.float32) for part in zip(*kept, strict=True)))


class ArmModel:
    """Predicts joints, in the units of ``ReachSpace``."""

    def __init__(self, robot: Robot) -> None:
        self.space, self._chain = ReachSpace(robot), Chain.from_robot(robot)
        count = len(self.space)
        self.network = TorchNetwork(
            [
                {"layer": "linear", "in": 3 * count, "out": WIDTH},
                {"layer": "silu"},
                {"layer": "linear", "in": WIDTH, "out": WIDTH},
                {"layer": "silu"},
                {"layer": "linear", "in": WIDTH, "out": 2 * count},
            ]
        )
        # [rad] of a step at full speed, as a change of a position of -1 to 1
        self._step = 2 * self.space.speeds * PERIOD_S / (self.space.upper - self.space.lower)
        self._steps = torch.optim.Adam(self.network.parameters(), RATE)

    def train(
        self, joints: Floats, aim: Floats, after: Floats, dice: np.random.Generator, updates: int
    ) -> float:
        """Learn from transitions (m, ...); returns the last loss.

        ``aim`` [rad]: what the joints were told in the step.
        """
        inputs, wanted = torch.from_numpy(self._input(joints, aim)), self._change(joints, after)
        labels, loss = torch.from_numpy(wanted), torch.zeros(())
        for update in range(updates):
            for group in self._steps.param_groups:
                group["lr"] = RATE * half_cosine(update / updates, WARMUP)
            rows = torch.from_numpy(dice.integers(len(inputs), size=BATCH))
            loss = functional.smooth_l1_loss(self.network(inputs[rows]), labels[rows], beta=0.1)
            self._steps.zero_grad()
            loss.backward()
            self._steps.step()
        return float(loss.detach())

    def predict(self, joints: Floats, aim: Floats) -> Floats:
        """The joints (b, 2n) after a step.

        In it they were told ``aim`` [rad] (b, n).
        """
        with torch.no_grad():
            change = self.network(torch.from_numpy(self._input(joints, aim))).numpy()
        count = len(self.space)
        places = joints[:, :count] + change[:, :count] * self._step
        after = np.concatenate([places.clip(-1, 1), change[:, count:].clip(-2, 2)], axis=1)
        return after.astype(np.float32)

    def aim(self, last: Array, joints: Floats, action: Floats) -> Array:
        """Targets of the joints as in ``ReachSpace.aim``, for many at once."""
        return self.space.aim_from(last, self.positions(joints), action)

    def positions(self, joints: Floats) -> Array:
        """Joint positions [rad] (b, n)."""
        share = (joints[:, : len(self.space)].astype(float) + 1) / 2
        found: Array = self.space.lower + share * (self.space.upper - self.space.lower)
        return found

    def tools(self, joints: Floats) -> Array:
        """The tool's places [m] (b, 3)."""
        return self._chain.tips(self.positions(joints))

    def imagine(self, joints: Floats, aim: Array, actions: Floats) -> Floats:
        """Imagine the joints (b, k, 2n) after each of k actions (b, k, n)."""
        seen = []
        for action in actions.swapaxes(0, 1):
            aim = self.aim(aim, joints, action)
            joints = self.predict(joints, aim.astype(np.float32))
            seen.append(joints)
        return np.stack(seen, axis=1)

    def _input(self, joints: Floats, aim: Floats) -> Floats:
        lead = (aim - self.positions(joints)) / (self.space.speeds * PERIOD_S)
        return np.concatenate([joints, lead.clip(-10, 10)], axis=1).astype(np.float32)

    def _change(self, joints: Floats, after: Floats) -> Floats:
        count = len(self.space)
        moved = (after[:, :count] - joints[:, :count]) / self._step
        return np.concatenate([moved, after[:, count:]], axis=1).astype(np.float32)


@dataclass(frozen=True)
class ModelReport:
    """Distances of imagined tools from true ones, by the steps imagined."""

    transitions: int
    cpu_seconds: tuple[float, float]  # of collecting, of training
    errors_m: dict[int, float]  # steps: mean distance
    worst_m: dict[int, float]  # the same, of 95 %

    def table(self) -> str:
        """The errors as lines of Markdown."""
        return "\n".join(
            [
                "| steps imagined | tool off, mean | 95 % within |",
                "| --- | --- | --- |",
                *(
                    f"| {steps} | {self.errors_m[steps] * 100:.2f} cm | "
                    f"{self.worst_m[steps] * 100:.2f} cm |"
                    for steps in self.errors_m
                ),
            ]
        )


def study(robot: Robot, transitions: int, updates: int, seed: int) -> ModelReport:
    """Collect, train, and judge on motions that were never seen."""
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    began = time.process_time()
    motions = collect(robot, transitions, seed)
    collected = time.process_time()
    model, dice = ArmModel(robot), np.random.default_rng([seed, 19])
    parts = (motions.joints[:, :-1], motions.aim[:, 1:], motions.joints[:, 1:])
    joints, aim, after = (part.reshape(-1, part.shape[-1]) for part in parts)
    model.train(joints, aim, after, dice, updates)
    trained = time.process_time()
    errors = judge(model, collect(robot, transitions // 20, seed + 1_000_000))
    return ModelReport(
        len(joints),
        (collected - began, trained - collected),
        {at: float(errors[:, at - 1].mean()) for at in HORIZONS},
        {at: float(np.quantile(errors[:, at - 1], 0.95)) for at in HORIZONS},
    )


def judge(model: ArmModel, motions: Motions) -> Array:
    """The distance [m] of the imagined tool from the true one: (windows, k).

    After 1 to the most steps of HORIZONS.
    """
    most = max(HORIZONS)
    starts = range(0, motions.action.shape[1] - most + 1, most // 2)
    joints = np.concatenate([motions.joints[:, at] for at in starts])
    aim = np.concatenate([motions.aim[:, at] for at in starts])
    actions = np.concatenate([motions.action[:, at : at + most] for at in starts])
    true = np.concatenate([motions.joints[:, at + 1 : at + most + 1] for at in starts])
    seen = model.imagine(joints, aim.astype(float), actions)
    off = [model.tools(seen[:, at]) - model.tools(true[:, at]) for at in range(most)]
    errors: Array = np.linalg.norm(np.stack(off, axis=1), axis=-1)
    return errors
