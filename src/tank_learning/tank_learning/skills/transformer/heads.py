"""The action transformer and its heads: numbers themselves, or bins of them.

All heads are on the same body. Numbers are scaled to -1..1 by their least and greatest in the
demonstrations.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

from tank_learning.skills.torch_network import TorchNetwork
from tank_skills.network import Spec
from tank_skills.sequence import ACTIONS, CONTEXT

HEADS = {"regression": 0, "bins256": 256, "bins1024": 1024}
WIDTH, LAYERS, ATTENTION_HEADS, FEED = 96, 3, 4, 160
# Numbers that tell a number's bin; one table of bins serves all numbers, for a table of its own
# for each of them would be most of the model.
CODE = 16


def body(inputs: int, head: str) -> Spec:
    """Return the body's layers.

    From (batch, time, inputs) to (batch, time, numbers), which are the actions,
    or the codes of their bins, one action after the other.
    """
    outputs = ACTIONS * (CODE if HEADS[head] else 1)
    layers: list[dict[str, Any]] = [
        {"layer": "linear", "in": inputs, "out": WIDTH},
        {"layer": "position", "length": CONTEXT, "size": WIDTH},
    ]
    norm = {"layer": "layer_norm", "size": WIDTH}
    for _ in range(LAYERS):
        attention = [norm, {"layer": "attention", "size": WIDTH, "heads": ATTENTION_HEADS}]
        wide = [
            norm,
            {"layer": "linear", "in": WIDTH, "out": FEED},
            {"layer": "gelu"},
            {"layer": "linear", "in": FEED, "out": WIDTH},
        ]
        layers += [{"layer": "residual", "layers": part} for part in (attention, wide)]
    return [*layers, norm, {"layer": "linear", "in": WIDTH, "out": outputs}]


class ActionModel(nn.Module):
    """The transformer with one of its heads, in torch."""

    def __init__(self, inputs: int, head: str) -> None:
        super().__init__()
        self.bins = HEADS[head]
        self.body = TorchNetwork(body(inputs, head))
        bins = [{"layer": "linear", "in": CODE, "out": self.bins}]
        self.table = TorchNetwork(bins) if self.bins else None
        if self.table is not None:
            with torch.no_grad():
                self.table[0].weight.copy_(_waves(self.bins))

    @property
    def networks(self) -> dict[str, TorchNetwork]:
        """The networks of a skill's file, by name."""
        return {"body": self.body} | ({"bins": self.table} if self.table is not None else {})

    def forward(self, x: Tensor, steps: Tensor | None = None) -> Tensor:
        """Numbers (batch, time, actions), or scores of their bins.

        Scores are (batch, time, actions, bins). ``steps``: of the time, those that
        are wanted; None: all.
        """
        y = self.body(x)
        y = y if steps is None else y[:, steps]
        return y if self.table is None else self.table(y.unflatten(-1, (ACTIONS, CODE)))

    def decoded(self, output: Tensor) -> Tensor:
        """Actions in -1..1; of bins, the middle of the likeliest."""
        return (2 * output.argmax(-1) + 1) / self.bins - 1 if self.bins else output

    def loss(self, output: Tensor, actions: Tensor, there: Tensor) -> Tensor:
        """The head's own loss: squared error, or cross entropy [nat].

        ``there`` (batch, time) is 1 where a demonstration has a step and 0 beyond its end.
        """
        if self.bins:
            wanted = ((actions + 1) / 2 * self.bins).long().clamp(0, self.bins - 1)
            each = functional.cross_entropy(
                output.flatten(0, -2), wanted.flatten(), reduction="none"
            ).view(wanted.shape)
        else:
            each = (output - actions).square()
        return masked_mean(each.mean(-1), there)


def _waves(bins: int) -> Tensor:
    """Codes (bins, CODE) to begin with: waves, so that neighbors are alike."""
    angle = torch.pi * (torch.arange(bins)[:, None] + 0.5) / bins * torch.arange(1, CODE + 1)
    return torch.cos(angle)


def masked_mean(each: Tensor, there: Tensor) -> Tensor:
    """The mean over what is there, both (batch, time)."""
    return (each * there).sum() / there.sum()
