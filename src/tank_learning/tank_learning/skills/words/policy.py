"""The policy: two small images and a bag of words to a chunk of velocities.

The words choose which channels of what the cameras see go on, so the same eyes look for any color.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from tank_learning.skills.torch_network import TorchNetwork
from tank_learning.skills.words.scene import COLORS, SENTENCES

CHANNELS, POINTS = 12, 8
HORIZON, NUMBERS = 10, 3  # steps of a chunk; linear, angular, and whether it has come
SCALE = (0.5, 1.2, 1.0)  # [m/s], [rad/s]: what 1 means in the network


def words_of(sentence: str) -> list[str]:
    """Return the words of a sentence."""
    return re.findall(r"[a-z]+", sentence.lower())


VOCABULARY = tuple(
    sorted(
        {word for text in SENTENCES for color in COLORS for word in words_of(text.format(color))}
    )
)


def bag(sentence: str) -> list[float]:
    """Count the words of the vocabulary in a sentence, and no others."""
    said = words_of(sentence)
    return [float(said.count(word)) for word in VOCABULARY]


def _conv(inner: int, outer: int, kernel: int, stride: int = 1) -> dict[str, Any]:
    return {
        "layer": "conv",
        "in": inner,
        "out": outer,
        "kernel": kernel,
        "stride": stride,
        "pad": kernel // 2,
    }


class ImageEncoder(nn.Module):
    """The image of a camera as a few points, which the words choose.

    A map of scores for each point becomes shares of the image (a spatial softmax), and their mean
    place is the point. So what is small in the image counts as much as what is large.
    """

    def __init__(self) -> None:
        super().__init__()
        silu = {"layer": "silu"}
        self.first = TorchNetwork([_conv(3, CHANNELS, 3, stride=2), silu])
        self.gate = TorchNetwork([{"layer": "linear", "in": len(VOCABULARY), "out": CHANNELS}])
        nn.init.ones_(self.gate[0].bias)
        self.maps = TorchNetwork([_conv(CHANNELS, CHANNELS, 3), silu, _conv(CHANNELS, POINTS, 1)])
        self.sharpness = nn.Parameter(torch.full((POINTS, 1), 5.0))

    def forward(self, image: Tensor, words: Tensor) -> Tensor:
        """Return x and y of the points, -1..1, (batch, 2 * POINTS)."""
        maps = self.maps(self.first(image) * self.gate(words)[:, :, None, None])
        height, width = maps.shape[2:]
        shares = (maps.flatten(2) * self.sharpness).softmax(-1).view(maps.shape)
        x = shares.sum(2) @ torch.linspace(-1, 1, width)
        y = shares.sum(3) @ torch.linspace(-1, 1, height)
        return torch.cat([x, y], 1)


class Policy(nn.Module):
    """Chunks (batch, HORIZON, NUMBERS) from images by camera and words."""

    def __init__(self, cameras: Sequence[str] = ("front", "top")) -> None:
        super().__init__()
        self.cameras = tuple(cameras)
        self.eyes = nn.ModuleDict({name: ImageEncoder() for name in self.cameras})
        self.head = TorchNetwork([
            {"layer": "linear", "in": 2 * POINTS * len(self.cameras), "out": 128},
            {"layer": "silu"},
            {"layer": "linear", "in": 128, "out": HORIZON * NUMBERS},
        ])  # fmt: skip

    def forward(self, images: dict[str, Tensor], words: Tensor) -> Tensor:
        """Chunks from images by camera and bags of words.

        ``images``: (batch, 3, height, width), 0 to 1; ``words`` (batch, words).
        """
        seen = [self.eyes[name](images[name], words) for name in self.cameras]
        return self.head(torch.cat(seen, 1)).unflatten(1, (HORIZON, NUMBERS))
