"""Behavior cloning: the networks learn to propose what the demonstrator drove."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from tank_core.skill import SkillCard
from tank_core.state import Floats
from tank_learning.skills.gate.examples import Examples
from tank_learning.skills.gate.networks import SCALE, eye, head
from tank_learning.skills.torch_network import TorchNetwork
from tank_learning.trainer.schedule import half_cosine
from tank_skills.skill_file import SkillFile

BATCH = 64
RATE, WARMUP, DECAY = 2e-3, 0.03, 1e-3
BEND = 0.1  # of the velocities' error, where the loss goes from square to linear
END_WEIGHT = 0.1
GAIN, OFFSET = 0.3, 0.15  # of the colors, and of the brightness: how far images are jittered
REPORTS = 40  # of a run

Poses = npt.NDArray[np.float64]
Report = Callable[[int, float, float], None]  # updates, mean loss, CPU seconds


@dataclass
class CloningBatch:
    """Looks and labels as torch takes them."""

    now: Tensor  # (b, 3, height, width) 0 to 1
    back: Tensor
    motion: Tensor  # (b, 3) [m, m, rad]
    twists: Tensor  # (b, HORIZON, 2) as a share of SCALE
    valid: Tensor
    ended: Tensor


class Cloning:
    """A training run: the same seed, examples and updates, the same numbers."""

    def __init__(self, examples: Examples, seed: int) -> None:
        torch.set_num_threads(1)
        torch.manual_seed(seed)
        self._examples, self._dice = examples, np.random.default_rng([seed, 7])
        self.networks = {"eye": TorchNetwork(eye()), "head": TorchNetwork(head())}

    def train(self, updates: int, report: Report = lambda *_: None) -> None:
        """Do all updates; reports now and then."""
        parameters = [one for network in self.networks.values() for one in network.parameters()]
        optimizer = torch.optim.AdamW(parameters, RATE, weight_decay=DECAY)
        began, losses = time.process_time(), []
        for update in range(updates):
            optimizer.param_groups[0]["lr"] = RATE * half_cosine(update / updates, WARMUP)
            loss = self.loss(self.batch())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(float(loss.detach()))
            if (update + 1) % max(1, updates // REPORTS) == 0:
                report(update + 1, float(np.mean(losses)), time.process_time() - began)
                losses.clear()

    def loss(self, batch: CloningBatch) -> Tensor:
        """The loss of velocities where they were shown, and of ends everywhere."""
        out = self(batch.now, batch.back, batch.motion)
        error = functional.smooth_l1_loss(
            out[:, :, :2] / torch.tensor(SCALE), batch.twists, beta=BEND, reduction="none"
        ).mean(-1)
        end = functional.binary_cross_entropy_with_logits(out[:, :, 2], batch.ended)
        return (error * batch.valid).sum() / batch.valid.sum() + END_WEIGHT * end

    def __call__(self, now: Tensor, back: Tensor, motion: Tensor) -> Tensor:
        """Chunks (b, HORIZON, 3) for looks, as the Driver computes them."""
        seen = self.networks["eye"](torch.cat([now, back])).chunk(2)
        return self.networks["head"](torch.cat([*seen, motion], 1))

    def file(self, card: SkillCard) -> SkillFile:
        """The skill as it is now."""
        arrays = {
            f"{name}/{key}": array
            for name, network in self.networks.items()
            for key, array in network.arrays().items()
        }
        return SkillFile(card, {name: one.spec for name, one in self.networks.items()}, arrays)

    def samples(self, count: int) -> tuple[Floats, Floats]:
        """Real inputs of the eye and of the head, to compare runtimes on."""
        batch = self.batch()
        looks = torch.cat([batch.now[:count], batch.back[:count]])
        with torch.no_grad():
            seen = self.networks["eye"](looks).chunk(2)
        return looks.numpy(), torch.cat([*seen, batch.motion[:count]], 1).numpy()

    def batch(self) -> CloningBatch:
        """Draw a batch: half of it mirrored, each image in a light of its own."""
        data, dice = self._examples, self._dice
        chosen = dice.integers(len(data), size=BATCH)
        older = dice.integers(data.first[chosen], data.last[chosen] + 1)
        moved = _motion(data.poses[older], data.poses[chosen])
        twists = data.twists[chosen] / np.array(SCALE, np.float32)
        views = data.images[np.stack([chosen, older])]
        mirrored = dice.random(BATCH) < 0.5
        views = np.where(mirrored[None, :, None, None, None], views[:, :, :, ::-1], views)
        sign = np.where(mirrored, -1, 1).astype(np.float32)
        moved[:, 1:] *= sign[:, None]
        twists[:, :, 1] *= sign[:, None]
        gain = 1 + GAIN * dice.uniform(-0.5, 0.5, (BATCH, 3))
        offset = OFFSET * dice.uniform(-0.5, 0.5, (BATCH, 1))
        lit = views / np.float32(255) * gain[:, None, None].astype(np.float32)
        lit = np.clip(lit + offset[:, None, None].astype(np.float32), 0, 1)
        now, back = torch.from_numpy(np.ascontiguousarray(lit.transpose(0, 1, 4, 2, 3)))
        valid, ended = torch.from_numpy(data.valid[chosen]), torch.from_numpy(data.ended[chosen])
        return CloningBatch(
            now, back, torch.from_numpy(moved), torch.from_numpy(twists), valid, ended
        )


def _motion(since: Poses, now: Poses) -> Floats:
    """``tank_skills.driver.motion`` for arrays (b, 3)."""
    x, y = (now[:, :2] - since[:, :2]).T
    cosine, sine = np.cos(since[:, 2]), np.sin(since[:, 2])
    turn = now[:, 2] - since[:, 2]
    turn = np.arctan2(np.sin(turn), np.cos(turn))
    return np.stack([x * cosine + y * sine, y * cosine - x * sine, turn], 1).astype(np.float32)
