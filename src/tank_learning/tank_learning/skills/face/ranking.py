"""Predict, then rank.

Imagines the picture after each turn, and takes the turn of the best one.
It is the slow way to decide, and the teacher of the fast one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from tank_core.commands import Color
from tank_core.state import Image
from tank_learning.skills.face.judging import Judge, Pictures
from tank_learning.skills.face.scenes import COLORS
from tank_learning.skills.face.world_model import WorldModel
from tank_skills.turning import TURNS_DEG, UNSEEN


class PredictThenRank:
    """Decides by a world model and a judge."""

    def __init__(self, model: WorldModel, judge: Judge) -> None:
        self._model, self._judge = model.eval(), judge
        self._turns = torch.tensor(TURNS_DEG)

    def predicted(self, picture: Image) -> Pictures:
        """The pictures after each turn of TURNS_DEG."""
        return predict(self._model, np.repeat(picture[None], len(TURNS_DEG), 0), self._turns)

    def choice(self, picture: Image, wanted: Color) -> int:
        """Return the index of the best turn.

        UNSEEN where the thing is in no predicted picture.
        """
        return self.best(self.predicted(picture), wanted)

    def best(self, predicted: Pictures, wanted: Color) -> int:
        """The same for pictures that were predicted already."""
        best = self._judge.best(predicted, wanted)
        return UNSEEN if best is None else best


def predict(
    model: WorldModel, pictures: npt.NDArray[np.uint8], turns_deg: torch.Tensor
) -> Pictures:
    """Predict the pictures after turns (n,) [deg].

    (n, height, width, 3), as a camera would give them.
    """
    with torch.inference_mode():
        given = torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 255
        after = model(given, turns_deg).clamp(0, 1).permute(0, 2, 3, 1)
        painted: Pictures = (after * 255).round().to(torch.uint8).numpy()
    return painted


@dataclass(frozen=True)
class Labels:
    """The choices of the teacher.

    In the pictures ``frames``, for the ``colors``, both by index, the ``choices``.
    """

    frames: npt.NDArray[np.intp]
    colors: npt.NDArray[np.intp]
    choices: npt.NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.choices)


def label(teacher: PredictThenRank, pictures: Pictures) -> Labels:
    """Every color of COLORS in each picture; the prediction is shared by them."""
    rows = []
    for frame, picture in enumerate(pictures):
        predicted = teacher.predicted(picture)
        for color, wanted in enumerate(COLORS):
            rows.append((frame, color, teacher.best(predicted, wanted)))
    frames, colors, choices = np.array(rows, np.intp).T
    return Labels(frames, colors, choices)
