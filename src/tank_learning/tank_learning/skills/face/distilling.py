"""Distils the slow way to decide into a small classifier, which the robot runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from tank_learning.skills.face.judging import Pictures
from tank_learning.skills.face.ranking import Labels
from tank_learning.skills.face.scenes import COLORS
from tank_learning.skills.face.world_training import REPORT_UPDATES, Tell
from tank_learning.trainer.schedule import half_cosine
from tank_skills.turning import CHOICES, SIZE, TURNS_DEG, UNSEEN, network_input

CHANNELS = (16, 24, 32, 48)
GROUPS = 4
HIDDEN = 64
BATCH = 64
RATE, LEAST_RATE, WARMUP = 2e-3, 1e-5, 0.03
SEEN_SHARE = 0.75  # of a batch: labels where the wanted thing is in view
SMOOTHING = 0.05
# Of real cameras: each color's gain, and noise, of a picture of mean BRIGHTNESS.
GAIN, NOISE = 0.1, 0.01


def spec() -> list[Mapping[str, Any]]:
    """The classifier's layers, as ``tank_skills.network`` reads them."""
    layers: list[Mapping[str, Any]] = []
    inner = 3 + len(COLORS)
    for channels in CHANNELS:
        layers += [
            {"layer": "conv", "in": inner, "out": channels, "kernel": 3, "stride": 2, "pad": 1},
            {"layer": "group_norm", "groups": GROUPS, "channels": channels},
            {"layer": "silu"},
        ]
        inner = channels
    shrunk = 2 ** len(CHANNELS)
    flat = inner * (SIZE[0] // shrunk) * (SIZE[1] // shrunk)
    return [
        *layers,
        {"layer": "flatten"},
        {"layer": "linear", "in": flat, "out": HIDDEN},
        {"layer": "silu"},
        {"layer": "linear", "in": HIDDEN, "out": CHOICES},
    ]


class Distiller:
    """A classifier and its optimizer; the same seed gives the same numbers."""

    def __init__(self, network: nn.Module, seed: int) -> None:
        self.network = network
        self._optimizer = torch.optim.AdamW(network.parameters(), RATE, weight_decay=1e-3)
        self._dice = np.random.default_rng([seed, 2])

    def train(
        self, pictures: Pictures, labels: Labels, updates: int, tell: Tell | None = None
    ) -> float:
        """The mean loss of the last updates [nat]."""
        seen, unseen = (np.flatnonzero(mask) for mask in _split(labels))
        losses: list[float] = []
        self.network.train()
        for update in range(updates):
            now = LEAST_RATE + RATE * half_cosine(update / updates, WARMUP)
            for group in self._optimizer.param_groups:
                group["lr"] = now
            many = round(SEEN_SHARE * BATCH) if len(unseen) else BATCH
            rows = np.concatenate(
                [self._dice.choice(seen, many), self._dice.choice(unseen, BATCH - many)]
            )
            losses.append(self._update(*self._batch(pictures, labels, rows)))
            if tell is not None and ((update + 1) % REPORT_UPDATES == 0 or update + 1 == updates):
                tell(update + 1, float(np.mean(losses[-REPORT_UPDATES:])))
        self.network.eval()
        return float(np.mean(losses[-REPORT_UPDATES:]))

    def _batch(
        self, pictures: Pictures, labels: Labels, rows: npt.NDArray[np.intp]
    ) -> tuple[Tensor, Tensor]:
        """Return inputs and choices.

        Half of them mirrored, all as another camera might give them.
        """
        inputs, choices = inputs_of(pictures, labels, rows), labels.choices[rows].copy()
        flip = self._dice.random(len(rows)) < 0.5
        inputs[flip] = inputs[flip, :, :, ::-1]
        mirrored = flip & (choices != UNSEEN)
        choices[mirrored] = len(TURNS_DEG) - 1 - choices[mirrored]
        gain = 1 + GAIN * self._dice.uniform(-1, 1, (len(rows), 3, 1, 1)).astype(np.float32)
        noise = NOISE * self._dice.standard_normal(inputs[:, :3].shape, np.float32)
        inputs[:, :3] = (inputs[:, :3] + 0.5) * gain - 0.5 + noise
        return torch.from_numpy(inputs), torch.from_numpy(choices)

    def _update(self, inputs: Tensor, choices: Tensor) -> float:
        loss = functional.cross_entropy(self.network(inputs), choices, label_smoothing=SMOOTHING)
        self._optimizer.zero_grad()
        loss.backward()
        self._optimizer.step()
        return float(loss.detach())


def inputs_of(
    pictures: Pictures, labels: Labels, rows: npt.NDArray[np.intp]
) -> npt.NDArray[np.float32]:
    """The inputs that the robot would give its network.

    For the labels of ``rows``.
    """
    return np.stack(
        [
            network_input(pictures[labels.frames[row]], int(labels.colors[row]), len(COLORS))
            for row in rows
        ]
    )


def agreement(network: nn.Module, pictures: Pictures, labels: Labels) -> float:
    """The share of labels that the classifier gives as well."""
    right = 0
    with torch.inference_mode():
        for rows in np.array_split(np.arange(len(labels)), max(1, len(labels) // 200)):
            logits = network(torch.from_numpy(inputs_of(pictures, labels, rows)))
            right += int((logits.argmax(1).numpy() == labels.choices[rows]).sum())
    return right / len(labels)


def _split(labels: Labels) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Whether the thing is in view, and whether it is not."""
    return labels.choices != UNSEEN, labels.choices == UNSEEN
