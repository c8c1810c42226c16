"""Clones the teacher: chunks of its velocities from images and words."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from tank_core.exceptions import TankError
from tank_learning.skills.dataset.demonstration import Demonstration, chunks
from tank_learning.skills.words.policy import HORIZON, SCALE, Policy, bag
from tank_learning.skills.words.teacher import SEEN_EVERY
from tank_learning.trainer.schedule import half_cosine

BATCH, RATE, WARMUP, DECAY = 48, 3e-3, 0.03, 1e-3
BRIGHTNESS = 0.15  # of the images, drawn anew each time
REPORTS = 8


class Frames:
    """All frames of demonstrations side by side, from which batches are drawn."""

    def __init__(self, shown: Sequence[Demonstration]) -> None:
        names = shown[0].images
        self._images = {
            name: torch.from_numpy(np.concatenate([one.images[name] for one in shown]))
            for name in names
        }
        scale = np.array(SCALE, np.float32)
        parts = [chunks(np.divide(one.actions, scale), HORIZON) for one in shown]
        self._chunks = torch.from_numpy(np.concatenate([part[0][::SEEN_EVERY] for part in parts]))
        pads = np.concatenate([part[1][::SEEN_EVERY] for part in parts])
        self._there = torch.from_numpy(~pads).float()
        words = [
            [bag(one.task)] * len(part[0][::SEEN_EVERY])
            for one, part in zip(shown, parts, strict=True)
        ]
        self._words = torch.tensor([bags for one in words for bags in one])

    def __len__(self) -> int:
        return len(self._words)

    def draw(
        self, batch: int, dice: torch.Generator
    ) -> tuple[dict[str, Tensor], Tensor, Tensor, Tensor]:
        """Draw images by camera, words, chunks, and which steps count."""
        row = torch.randint(len(self), (batch,), generator=dice)
        light = 1 + BRIGHTNESS * (2 * torch.rand(batch, 1, 1, 1, generator=dice) - 1)
        images = {
            name: (frames[row].permute(0, 3, 1, 2).float() / 255 * light).clamp(0, 1)
            for name, frames in self._images.items()
        }
        return images, self._words[row], self._chunks[row], self._there[row]


def train(
    frames: Frames,
    updates: int,
    seed: int = 0,
    cameras: Sequence[str] = ("front", "top"),
    tell: Callable[[int, float, float], None] | None = None,
) -> Policy:
    """Clone; ``tell`` hears updates, seconds of the processor, and the loss.

    Raises TankError when the loss is not finite.
    """
    torch.manual_seed(seed)
    dice = torch.Generator().manual_seed(seed)
    policy = Policy(cameras)
    optimizer = torch.optim.AdamW(policy.parameters(), RATE, weight_decay=DECAY)
    began, losses = time.process_time(), list[float]()
    for update in range(updates):
        for group in optimizer.param_groups:
            group["lr"] = RATE * half_cosine(update / updates, WARMUP)
        images, words, wanted, there = frames.draw(BATCH, dice)
        error = (policy(images, words) - wanted).square().mean(-1)
        loss = (error * there).sum() / there.sum()
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(policy.parameters(), 1.0)
        optimizer.step()
        losses.append(float(loss.detach()))
        if (update + 1) % max(1, updates // REPORTS) == 0:
            mean, losses = sum(losses) / len(losses), []
            if not np.isfinite(mean):
                raise TankError("the loss is not finite; train with another --seed")
            if tell is not None:
                tell(update + 1, time.process_time() - began, mean)
    policy.eval()
    return policy
