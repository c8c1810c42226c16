"""Windows of demonstrations, scaled as the network sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from tank_core.state import Array, Floats
from tank_learning.skills.transformer.recording import Trajectory
from tank_skills.sequence import ACTIONS, CONTEXT, JOINTS

LEAST_RANGE = 1e-2  # a number that hardly changes in the demonstrations is not blown up
SHORTEST = 8  # steps of a demonstration that a window has at least


@dataclass(frozen=True)
class Scales:
    """The constants that travel with the network.

    ``mean`` and ``spread`` of what is seen, ``low`` and ``high`` of what is done.
    """

    mean: Floats
    spread: Floats
    low: Floats
    high: Floats

    @classmethod
    def of(cls, trajectories: Sequence[Trajectory]) -> Scales:
        """Return the scales of demonstrations."""
        seen = np.concatenate([one.seen for one in trajectories])
        done = np.concatenate([one.done for one in trajectories])
        low, high = done.min(0), done.max(0)
        # a velocity that is always 0 stays about 0
        high = np.where(high - low < LEAST_RANGE, low + 1.0, high)
        spread = seen.std(0) + 1e-6
        return cls(*(part.astype(np.float32) for part in (seen.mean(0), spread, low, high)))

    def actions(self, done: Array) -> Array:
        """Scale what is done to -1..1."""
        scaled: Array = (done - self.low) / (self.high - self.low) * 2 - 1
        return scaled


@dataclass(frozen=True)
class Noise:
    """Disturbances of what the network is told of joints, in training only.

    What is to be done stays as demonstrated, so the network learns to come back to the way: its
    history tells it how far it is, and thing and goal tell it where to. In spreads of a joint:
    ``offset`` lasts and changes slowly over a window, up to so much, in some windows more and in
    some less; ``jitter`` is new in each step.
    """

    offset: float = 0.3
    jitter: float = 0.02
    # share of the windows that are not told what was done before: else it goes on as it did
    untold: float = 0.5


class Windows:
    """Demonstrations side by side, from which windows are drawn."""

    def __init__(self, trajectories: Sequence[Trajectory], scales: Scales) -> None:
        lengths = [len(one.done) for one in trajectories]
        size = (len(trajectories), max(lengths) + CONTEXT)
        self.lengths = torch.tensor(lengths)
        self._seen = torch.zeros(*size, len(scales.mean))
        self._done, self._before = torch.zeros(*size, ACTIONS), torch.zeros(*size, ACTIONS)
        self._there = torch.zeros(size)
        for row, one in enumerate(trajectories):
            done = torch.tensor(scales.actions(one.done), dtype=torch.float32)
            seen = torch.tensor((one.seen - scales.mean) / scales.spread, dtype=torch.float32)
            end = len(done)
            self._seen[row, :end], self._done[row, :end] = seen, done
            self._before[row, 1:end], self._there[row, :end] = done[:-1], 1.0
        spread = torch.tensor(scales.spread[:JOINTS])
        reach = torch.tensor((scales.high - scales.low)[:JOINTS])
        self.inputs = len(scales.mean) + ACTIONS
        self._told_to_done = 2 * spread / reach  # a spread of a joint, in the scale of actions

    def draw(
        self, batch: int, dice: torch.Generator, noise: Noise | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Draw windows: inputs, actions, and where there is a step.

        (batch, CONTEXT, inputs), (batch, CONTEXT, actions), (batch, CONTEXT). A robot begins with
        an empty window, so as many begin at a demonstration's start as a window has steps.
        """
        row = torch.randint(len(self.lengths), (batch,), generator=dice)
        room = self.lengths[row] - SHORTEST + CONTEXT
        start = ((torch.rand(batch, generator=dice) * room).long() - CONTEXT).clamp(min=0)
        row, step = row[:, None], start[:, None] + torch.arange(CONTEXT)
        seen, before = self._seen[row, step], self._before[row, step]
        if noise is not None:
            shape = (batch, CONTEXT, JOINTS)
            large = noise.offset * torch.rand(batch, 1, 1, generator=dice)
            at_middle, slope = torch.randn(2, batch, 1, JOINTS, generator=dice) * large
            offset = at_middle + slope * torch.linspace(-1, 1, CONTEXT)[:, None]
            first, second = torch.randn(2, *shape, generator=dice) * noise.jitter
            seen[..., :JOINTS] += offset + first
            before[..., :JOINTS] += (offset + second) * self._told_to_done
            before *= torch.rand(batch, 1, 1, generator=dice) >= noise.untold
        return torch.cat([seen, before], -1), self._done[row, step], self._there[row, step]
