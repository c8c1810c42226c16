"""Trains the world model, and says how well it predicts.

In one go or piece by piece.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from tank_core.state import Array
from tank_learning.skills.face.ranking import predict
from tank_learning.skills.face.scenes import COLORS
from tank_learning.skills.face.sighting import ColorSight
from tank_learning.skills.face.turning_data import TurnTransitions
from tank_learning.skills.face.world_model import WorldModel, picture_loss, psnr
from tank_learning.trainer.schedule import half_cosine

BATCH = 24
RATE, LEAST_RATE, WARMUP = 2e-3, 1e-5, 0.05
REPORT_UPDATES = 50
IN_VIEW_DEG = 22.0  # a thing nearer to the middle than this is wholly in the image
MIDDLE_DEG = 8.0  # of the middle third, to either side
AT_ONCE = 50  # pictures predicted in one go
Tell = Callable[[int, float], None]  # updates so far, their mean loss


@dataclass(frozen=True)
class Prediction:
    """The quality of a world model.

    On transitions that it was not trained on.
    """

    loss: float
    psnr_db: float
    copied_db: float  # of the picture before, taken for the one after
    found: float  # share of the things in view before and after that are found in the prediction
    error_deg: float  # median; where they are found against the truth
    error90_deg: float  # 90 % are better than this
    losses: tuple[float, ...]  # by where the wanted thing was: left, middle, right third


class WorldTrainer:
    """A world model and its optimizer; the same seed gives the same numbers."""

    def __init__(self, seed: int) -> None:
        torch.manual_seed(seed)
        self.model = WorldModel()
        self._optimizer = torch.optim.AdamW(self.model.parameters(), RATE, weight_decay=1e-4)
        self._dice = np.random.default_rng([seed, 1])
        self.updates = 0

    def train(
        self, data: TurnTransitions, updates: int, tell: Tell | None = None, rate: float = RATE
    ) -> float:
        """Train; returns the mean loss of the last updates.

        The rate falls along half a cosine.
        """
        before, after = _as_tensor(data.before), _as_tensor(data.after)
        turns = torch.from_numpy(data.turns).float()
        losses: list[float] = []
        self.model.train()
        for update in range(updates):
            now = LEAST_RATE + rate * half_cosine(update / updates, WARMUP)
            for group in self._optimizer.param_groups:
                group["lr"] = now
            chosen = torch.from_numpy(self._dice.integers(len(data), size=BATCH))
            batch = self._varied(before[chosen], after[chosen], turns[chosen])
            losses.append(self._update(*batch))
            self.updates += 1
            if tell is not None and ((update + 1) % REPORT_UPDATES == 0 or update + 1 == updates):
                tell(self.updates, float(np.mean(losses[-REPORT_UPDATES:])))
        return float(np.mean(losses[-REPORT_UPDATES:]))

    def _varied(self, before: Tensor, after: Tensor, turns: Tensor) -> tuple[Tensor, ...]:
        """Mirrored by half, and in another light: the data hold one."""
        flip = torch.from_numpy(self._dice.random(len(turns)) < 0.5)
        light = torch.from_numpy(self._dice.uniform(0.3, 1.15, (len(turns), 1, 1, 1))).float()
        pictures = (
            torch.where(flip[:, None, None, None], x.flip(3), x).float() / 255 * light
            for x in (before, after)
        )
        return *pictures, torch.where(flip, -turns, turns)

    def _update(self, before: Tensor, after: Tensor, turns: Tensor) -> float:
        loss = picture_loss(self.model(before, turns), after)
        self._optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self._optimizer.step()
        return float(loss.detach())

    def losses(self, data: TurnTransitions) -> Array:
        """The loss of each transition (n,), in the light that it was seen in."""
        pairs = zip(self._painted(data), _as_tensor(data.after), strict=True)
        each = [float(picture_loss(one[None], true[None].float() / 255)) for one, true in pairs]
        return np.array(each)

    def validate(self, data: TurnTransitions, sight: ColorSight) -> Prediction:
        """Measure how well it predicts ``data``."""
        each, after = self.losses(data), _as_tensor(data.after).float() / 255
        errors, missed = found_errors(self.model, data, sight)
        median, most = np.percentile(errors, [50, 90]).tolist() if errors else (np.inf, np.inf)
        return Prediction(
            loss=float(each.mean()),
            psnr_db=psnr(self._painted(data), after),
            copied_db=psnr(_as_tensor(data.before).float() / 255, after),
            found=len(errors) / max(len(errors) + missed, 1),
            error_deg=median,
            error90_deg=most,
            losses=tuple(_means(each, third_of(data))),
        )

    def _painted(self, data: TurnTransitions) -> Tensor:
        """The predictions for data (n, 3, height, width)."""
        self.model.eval()
        before, turns = _as_tensor(data.before), torch.from_numpy(data.turns).float()
        with torch.inference_mode():
            pieces = [slice(k, k + AT_ONCE) for k in range(0, len(data), AT_ONCE)]
            return torch.cat([self.model(before[k].float() / 255, turns[k]) for k in pieces])


def third_of(data: TurnTransitions) -> npt.NDArray[np.intp]:
    """The third of the image of the thing nearest to the middle.

    Before the turn: 0 left, 1 middle, 2 right.
    """
    nearest = data.bearings_before[np.arange(len(data)), np.abs(data.bearings_before).argmin(1)]
    third: npt.NDArray[np.intp] = np.searchsorted((-MIDDLE_DEG, MIDDLE_DEG), -nearest)
    return third


def _means(values: Array, thirds: npt.NDArray[np.intp]) -> list[float]:
    """The mean in each third; 0 where there is none."""
    return [float(values[thirds == k].mean()) if (thirds == k).any() else 0.0 for k in range(3)]


def found_errors(
    model: WorldModel, data: TurnTransitions, sight: ColorSight
) -> tuple[list[float], int]:
    """Errors [deg] of what is found in predicted pictures.

    Against the truth; and the number of things that are not found.
    Of the things that are in view before and after: what comes into view only by the turn cannot
    be known.
    """
    painted = predict(model, data.before, torch.from_numpy(data.turns).float())
    errors, missed = [], 0
    seen = (np.abs(data.bearings_before) < IN_VIEW_DEG) & (
        np.abs(data.bearings_after) < IN_VIEW_DEG
    )
    for row, column in np.argwhere(seen).tolist():
        bearing = sight.bearing_deg(painted[row], COLORS[column])
        if bearing is None:
            missed += 1
        else:
            errors.append(abs(bearing - float(data.bearings_after[row, column])))
    return errors, missed


def _as_tensor(pictures: npt.NDArray[np.uint8]) -> Tensor:
    return torch.from_numpy(pictures).permute(0, 3, 1, 2)
