"""The world model learns, and its pictures are ranked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from tank_core.commands import Color
from tank_core.exceptions import ModelError
from tank_learning.skills.face.judging import RuleJudge
from tank_learning.skills.face.ranking import PredictThenRank, label, predict
from tank_learning.skills.face.scenes import COLORS
from tank_learning.skills.face.sighting import ColorSight
from tank_learning.skills.face.turning_data import TurnTransitions
from tank_learning.skills.face.world_model import load_world_model, save_world_model
from tank_learning.skills.face.world_training import WorldTrainer
from tank_skills.turning import HOLD, TURNS_DEG, UNSEEN

UPDATES = 30


@pytest.fixture(scope="module")
def trained(turns: TurnTransitions) -> WorldTrainer:
    """A world model that has learned a little of a few turns."""
    torch.set_num_threads(1)
    trainer = WorldTrainer(0)
    trainer.train(turns, UPDATES)
    return trainer


@pytest.mark.slow
def test_it_predicts_better_than_the_old_picture(
    trained: WorldTrainer, turns: TurnTransitions, sight: ColorSight
) -> None:
    before, after = (
        t.validate(turns.part(np.arange(24)), sight) for t in (WorldTrainer(0), trained)
    )
    assert after.loss < 0.7 * before.loss
    assert after.psnr_db > after.copied_db
    assert len(after.losses) == 3


@pytest.mark.slow
def test_the_same_seed_learns_the_same(turns: TurnTransitions) -> None:
    models = []
    for _ in range(2):
        trainer = WorldTrainer(3)
        trainer.train(turns, 2)
        models.append(trainer.model.state_dict())
    assert all(torch.equal(models[0][name], models[1][name]) for name in models[0])


@pytest.mark.slow
def test_its_file_predicts_the_same(
    trained: WorldTrainer, turns: TurnTransitions, tmp_path: Path
) -> None:
    path = tmp_path / "world.safetensors"
    save_world_model(trained.model, path)
    given = turns.before[:4], torch.from_numpy(turns.turns[:4]).float()
    one, other = (
        predict(model, *given).astype(int) for model in (trained.model, load_world_model(path))
    )
    assert np.abs(one - other).max() <= 3  # of 255: its numbers are half as precise


@pytest.mark.parametrize("content", [None, b"", b"no safetensors at all"])
def test_a_file_that_is_none_is_said_in_one_line(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "world.safetensors"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError, match=r"world model .*cannot be read.*learn face"):
        load_world_model(path)


class Shifted(torch.nn.Module):
    """A world of a camera that looks far away.

    A turn of a degree moves all by a pixel.
    """

    def forward(self, pictures: torch.Tensor, turns_deg: torch.Tensor) -> torch.Tensor:
        rolled = [
            torch.roll(picture, round(float(turn)), 2)
            for picture, turn in zip(pictures, turns_deg, strict=True)
        ]
        return torch.stack(rolled)


def a_picture(column: int) -> np.ndarray:
    """A red thing on a gray floor."""
    picture = np.full((48, 64, 3), 90, np.uint8)
    picture[20:25, column - 2 : column + 3] = (210, 20, 20)
    return picture


@pytest.mark.parametrize(
    ("column", "turn"), [(15, 16.0), (23, 8.0), (32, 0.0), (41, -8.0), (49, -16.0)]
)
def test_the_turn_after_which_the_thing_is_in_the_middle_wins(
    sight: ColorSight, column: int, turn: float
) -> None:
    teacher = PredictThenRank(Shifted(), RuleJudge(sight))
    assert TURNS_DEG[teacher.choice(a_picture(column), Color.RED)] == turn


def test_every_color_of_a_picture_gets_a_label(sight: ColorSight) -> None:
    teacher = PredictThenRank(Shifted(), RuleJudge(sight))
    labels = label(teacher, np.array([a_picture(32), a_picture(15)]))
    assert labels.frames.tolist() == [0] * len(COLORS) + [1] * len(COLORS)
    of_red = labels.choices[labels.colors == COLORS.index(Color.RED)]
    assert of_red.tolist() == [HOLD, TURNS_DEG.index(16.0)]
    assert set(labels.choices[labels.colors != COLORS.index(Color.RED)]) == {UNSEEN}
