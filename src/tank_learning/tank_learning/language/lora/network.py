"""A published Gemma-3 whose weights stay, with matrices beside them that learn.

LoRA: Hu 2021, arXiv:2106.09685.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as functional
from torch import Tensor, nn

from tank_learning.language.model.export import LAYER
from tank_learning.language.model.network import CausalTransformer, NetworkShape
from tank_llama.delta.base import EMBEDDING, GgufBase
from tank_llama.delta.file import SCALE

MATRICES = ("q", "k", "v", "o", "gate", "up", "down")


class LowRank(nn.Module):
    """A matrix that stays, plus the product of two narrow ones that learn."""

    def __init__(self, weight: Tensor, rank: int) -> None:
        super().__init__()
        outputs, inputs = weight.shape
        self.weight: Tensor
        self.register_buffer("weight", weight, persistent=False)
        self.a = nn.Parameter(torch.randn(rank, inputs) * inputs**-0.5)
        self.b = nn.Parameter(torch.zeros(outputs, rank))

    def forward(self, x: Tensor) -> Tensor:  # (..., inputs) to (..., outputs)
        narrow = functional.linear(x, self.a.to(x.dtype))
        beside = functional.linear(narrow, self.b.to(x.dtype) * SCALE)
        return functional.linear(x, self.weight) + beside


class Embedding(nn.Module):
    """Rows of the base that stay, then rows of our words, which learn."""

    def __init__(self, kept: Tensor, words: Tensor) -> None:
        super().__init__()
        self.kept: Tensor
        self.register_buffer("kept", kept, persistent=False)
        self.words = nn.Parameter(words)

    @property
    def weight(self) -> Tensor:
        """All rows, (vocabulary, width)."""
        return torch.cat((self.kept, self.words.to(self.kept.dtype)))

    def forward(self, ids: Tensor) -> Tensor:
        ours = ids - len(self.kept)
        word = functional.embedding(ours.clamp(min=0), self.words).to(self.kept.dtype)
        other = functional.embedding(ids.clamp(max=len(self.kept) - 1), self.kept)
        return torch.where((ours >= 0)[..., None], word, other)

    def logits(self, hidden: Tensor) -> Tensor:
        """Scores of all tokens, (places, vocabulary)."""
        words = functional.linear(hidden, self.words.to(hidden.dtype))
        return torch.cat((functional.linear(hidden, self.kept), words), dim=-1).float()


def adapted(
    base: GgufBase,
    kept: Sequence[int],
    like: Sequence[Sequence[int]],
    rank: int,
    dtype: torch.dtype,
) -> CausalTransformer:
    """The network with a base's weights in ``dtype``.

    What learns (all its parameters that need gradients) is in float32: two matrices of ``rank``
    for each of the seven in a layer, and the rows of our words, which begin as the means of the
    rows that they are ``like``.
    """
    shape = _shape(base, len(kept) + len(like))
    with torch.device("meta"):
        network = CausalTransformer(shape)
    words = np.stack([base.rows(numbers).mean(axis=0) for numbers in like])
    network.embedding = Embedding(
        torch.from_numpy(base.rows(kept)).to(dtype), torch.from_numpy(words)
    )
    network.norm.weight = _norm(base, "output_norm.weight")
    for index, layer in enumerate(network.layers):
        for part, name in LAYER.items():
            full = f"blk.{index}.{name}.weight"
            if part in MATRICES:
                weight = torch.from_numpy(base.tensor(full)).to(dtype)
                setattr(layer, part, LowRank(weight, rank))
            else:
                getattr(layer, part).weight = _norm(base, full)
    return network


def _shape(base: GgufBase, vocabulary: int) -> NetworkShape:
    data = {key.removeprefix("gemma3."): value for key, value in base.metadata.items()}
    return NetworkShape(
        vocabulary,
        base.shape(EMBEDDING)[1],
        data["block_count"],
        data["attention.head_count"],
        data["attention.head_count_kv"],
        data["attention.key_length"],
        data["feed_forward_length"],
        norm_epsilon=data["attention.layer_norm_rms_epsilon"],
        rope_base=data["rope.freq_base"],
    )


def _norm(base: GgufBase, name: str) -> nn.Parameter:
    """llama.cpp multiplies by the weight, our network by 1 + weight."""
    return nn.Parameter(torch.from_numpy(base.tensor(name) - 1.0), requires_grad=False)
