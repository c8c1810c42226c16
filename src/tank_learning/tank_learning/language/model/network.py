"""The Gemma-3 text architecture in PyTorch, as llama.cpp runs it.

It is ``LLM_ARCH_GEMMA3`` there. RMS norms with weight 1 + w before and after attention and
feed-forward, norms of queries and keys, rotary embedding, a gated GELU feed-forward, embeddings
scaled by sqrt(width) and tied to the output, no biases. Source: "Gemma 3 Technical Report",
arXiv:2503.19786, and Hugging Face's Gemma3TextConfig for the names.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

GLOBAL_EVERY = 6  # every 6th layer attends globally, with the larger rotary base


@dataclass(frozen=True)
class NetworkShape:
    """Sizes of a network."""

    vocabulary: int
    width: int = 192
    layers: int = 4
    heads: int = 3
    kv_heads: int = 1
    head_size: int = 64
    feed_forward: int = 768
    context: int = 512
    norm_epsilon: float = 1e-6
    rope_base: float = 1e6
    local_rope_base: float = 1e4


class Norm(nn.Module):
    """x / rms(x) * (1 + w)."""

    def __init__(self, size: int, epsilon: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(size))
        self.epsilon = epsilon

    def forward(self, x: Tensor) -> Tensor:  # (..., size)
        return functional.rms_norm(x, (x.shape[-1],), (1.0 + self.weight).to(x.dtype), self.epsilon)


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Apply a rotary embedding to (batch, heads, time, head_size).

    Halves are paired (NeoX order).
    """
    first, second = x.chunk(2, dim=-1)
    return x * cos + torch.cat((-second, first), dim=-1) * sin


class Layer(nn.Module):
    """Attention and feed-forward, each between two norms."""

    def __init__(self, shape: NetworkShape) -> None:
        super().__init__()
        self.shape = shape
        width, head = shape.width, shape.head_size
        self.q = nn.Linear(width, shape.heads * head, bias=False)
        self.k = nn.Linear(width, shape.kv_heads * head, bias=False)
        self.v = nn.Linear(width, shape.kv_heads * head, bias=False)
        self.o = nn.Linear(shape.heads * head, width, bias=False)
        self.gate = nn.Linear(width, shape.feed_forward, bias=False)
        self.up = nn.Linear(width, shape.feed_forward, bias=False)
        self.down = nn.Linear(shape.feed_forward, width, bias=False)
        self.q_norm, self.k_norm = Norm(head, shape.norm_epsilon), Norm(head, shape.norm_epsilon)
        self.before_attention, self.after_attention, self.before_ff, self.after_ff = (
            Norm(width, shape.norm_epsilon) for _ in range(4)
        )

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, dropout: float) -> Tensor:
        attended = self.after_attention(self._attend(self.before_attention(x), cos, sin))
        x = x + functional.dropout(attended, dropout, self.training)
        y = self.before_ff(x)
        fed = self.after_ff(
            self.down(functional.gelu(self.gate(y), approximate="tanh") * self.up(y))
        )
        return x + functional.dropout(fed, dropout, self.training)

    def _attend(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        batch, time, _ = x.shape
        heads = [
            t.view(batch, time, -1, self.shape.head_size).transpose(1, 2)
            for t in (self.q(x), self.k(x), self.v(x))
        ]
        q, k = rotate(self.q_norm(heads[0]), cos, sin), rotate(self.k_norm(heads[1]), cos, sin)
        # on a CPU, attention in bfloat16 is ten times slower than in float32
        if x.device.type == "cpu":
            q, k, heads[2] = q.float(), k.float(), heads[2].float()
        with torch.autocast("cpu", enabled=False):
            out = functional.scaled_dot_product_attention(
                q, k, heads[2], is_causal=True, enable_gqa=self.shape.kv_heads != self.shape.heads
            )
        return self.o(out.transpose(1, 2).reshape(batch, time, -1).to(x.dtype))


class CausalTransformer(nn.Module):
    """Token ids (batch, time) to logits (batch, time, vocabulary)."""

    def __init__(self, shape: NetworkShape, dropout: float = 0.0) -> None:
        super().__init__()
        self.shape, self.dropout = shape, dropout
        self.embedding = nn.Embedding(shape.vocabulary, shape.width)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.norm = Norm(shape.width, shape.norm_epsilon)
        nn.init.normal_(self.embedding.weight, std=shape.width**-0.5)
        for name, weight in self.named_parameters():
            if name.endswith(
                (
                    "q.weight",
                    "k.weight",
                    "v.weight",
                    "o.weight",
                    "gate.weight",
                    "up.weight",
                    "down.weight",
                )
            ):
                nn.init.normal_(weight, std=weight.shape[1] ** -0.5)

    def hidden(self, ids: Tensor) -> Tensor:
        """Final hidden states, (batch, time, width)."""
        x = self.embedding(ids) * math.sqrt(self.shape.width)
        tables = [
            self._rotary(ids.shape[1], base, x)
            for base in (self.shape.local_rope_base, self.shape.rope_base)
        ]
        for index, layer in enumerate(self.layers):
            x = layer(x, *tables[(index + 1) % GLOBAL_EVERY == 0], self.dropout)
        return self.norm(x)

    def forward(self, ids: Tensor) -> Tensor:
        return functional.linear(self.hidden(ids), self.embedding.weight)

    def _rotary(self, time: int, base: float, like: Tensor) -> tuple[Tensor, Tensor]:
        size = self.shape.head_size
        frequency = base ** (
            -torch.arange(0, size, 2, device=like.device, dtype=torch.float32) / size
        )
        angle = torch.arange(time, device=like.device, dtype=torch.float32)[:, None] * frequency
        angle = torch.cat((angle, angle), dim=-1)  # (time, head_size)
        return angle.cos().to(like.dtype), angle.sin().to(like.dtype)


@torch.no_grad()  # type: ignore[untyped-decorator]
def greedy(
    network: CausalTransformer, prompts: list[list[int]], end: int, limit: int = 96
) -> list[list[int]]:
    """Greedy answers (without the end token) to prompts.

    Runs them one length at a time, so that none is padded.
    """
    network.eval()
    answers: list[list[int]] = [[] for _ in prompts]
    by_length: dict[int, list[int]] = {}
    for index, prompt in enumerate(prompts):
        by_length.setdefault(len(prompt), []).append(index)
    for indices in by_length.values():
        _greedy_same_length(network, prompts, indices, answers, end, limit)
    return answers


def _greedy_same_length(
    network: CausalTransformer,
    prompts: list[list[int]],
    indices: list[int],
    answers: list[list[int]],
    end: int,
    limit: int,
) -> None:
    active = list(indices)
    for _ in range(limit):
        if not active:
            return
        ids = torch.tensor(
            [prompts[i] + answers[i] for i in active], device=network.embedding.weight.device
        )
        following = (
            functional.linear(network.hidden(ids)[:, -1], network.embedding.weight)
            .argmax(-1)
            .tolist()
        )
        for i, token in zip(active, following, strict=True):
            answers[i].append(token)
        active = [i for i, token in zip(active, following, strict=True) if token != end]
        for i in indices:
            if answers[i] and answers[i][-1] == end:
                answers[i].pop()
                indices = [j for j in indices if j != i]
