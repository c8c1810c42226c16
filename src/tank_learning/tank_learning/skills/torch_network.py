"""The networks of ``tank_skills.network`` in torch, to be trained.

The specification is the same for both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
import torch.nn.functional as functional
from torch import Tensor, nn

from tank_core.exceptions import TankError
from tank_core.io.one_line import quoted
from tank_core.state import Floats
from tank_skills.network import LAYERS, Spec


class TorchNetwork(nn.Sequential):
    """A specification as a module: ``module(x)``, batch first.

    Its parameters have the names of the arrays in a skill's file.
    """

    def __init__(self, spec: Spec) -> None:
        """Raises TankError for an unknown layer."""
        super().__init__(*(_module(layer) for layer in spec))
        self.spec = [dict(layer) for layer in spec]

    def arrays(self) -> dict[str, Floats]:
        """The parameters as the network in numpy takes them."""
        return {
            name: np.array(value.detach().cpu().numpy(), np.float32)
            for name, value in self.named_parameters()
        }

    def load(self, arrays: Mapping[str, Floats]) -> None:
        """Take parameters over, such as those of a skill's file."""
        self.load_state_dict({name: torch.tensor(value) for name, value in arrays.items()})


class Residual(TorchNetwork):
    """The input and what its layers make of it."""

    def forward(self, x: Tensor) -> Tensor:
        return x + super().forward(x)


class Attention(nn.Module):
    """Causal self-attention of (batch, time, size)."""

    def __init__(self, size: int, heads: int) -> None:
        super().__init__()
        self.qkv, self.out, self.heads = nn.Linear(size, 3 * size), nn.Linear(size, size), heads

    def forward(self, x: Tensor) -> Tensor:
        batch, time, size = x.shape
        parts = self.qkv(x).view(batch, time, 3, self.heads, size // self.heads)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        mixed = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        return self.out(mixed.transpose(1, 2).reshape(batch, time, size))


class Position(nn.Module):
    """A learned vector for each step."""

    def __init__(self, length: int, size: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(length, size) * 0.02)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.weight[: x.shape[1]]


class Scale(nn.Module):
    """``x * factor + offset``."""

    def __init__(self, factor: float | list[float], offset: float | list[float]) -> None:
        super().__init__()
        self.register_buffer("factor", torch.tensor(factor, dtype=torch.float32), persistent=False)
        self.register_buffer("offset", torch.tensor(offset, dtype=torch.float32), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        return x * self.factor + self.offset


class Coordinates(nn.Module):
    """Two more channels of an image: where a pixel lies, -1 to 1."""

    def forward(self, x: Tensor) -> Tensor:
        batch, _, height, width = x.shape
        down, across = torch.meshgrid(
            torch.linspace(-1, 1, height), torch.linspace(-1, 1, width), indexing="ij"
        )
        places = torch.stack([across, down]).to(x)
        return torch.cat([x, places.expand(batch, 2, height, width)], 1)


MODULES: dict[str, Callable[[Mapping[str, Any]], nn.Module]] = {
    "linear": lambda layer: nn.Linear(layer["in"], layer["out"]),
    "conv": lambda layer: nn.Conv2d(
        layer["in"], layer["out"], layer["kernel"], layer.get("stride", 1), layer.get("pad", 0)
    ),
    "group_norm": lambda layer: nn.GroupNorm(layer["groups"], layer["channels"]),
    "layer_norm": lambda layer: nn.LayerNorm(layer["size"]),
    "attention": lambda layer: Attention(layer["size"], layer["heads"]),
    "residual": lambda layer: Residual(layer["layers"]),
    "position": lambda layer: Position(layer["length"], layer["size"]),
    "coordinates": lambda _: Coordinates(),
    "scale": lambda layer: Scale(layer.get("factor", 1.0), layer.get("offset", 0.0)),
    "reshape": lambda layer: nn.Unflatten(1, tuple(layer["shape"])),
    "flatten": lambda _: nn.Flatten(),
    "dropout": lambda layer: nn.Dropout(layer["share"]),
    "silu": lambda _: nn.SiLU(),
    "relu": lambda _: nn.ReLU(),
    "gelu": lambda _: nn.GELU(approximate="tanh"),
    "tanh": lambda _: nn.Tanh(),
    "sigmoid": lambda _: nn.Sigmoid(),
}


def _module(layer: Mapping[str, Any]) -> nn.Module:
    name = layer.get("layer")
    if name not in MODULES:
        raise TankError(f"layer {quoted(name)} is not known; known are {', '.join(LAYERS)}")
    return MODULES[name](layer)
