"""The whole chain of learning to face a thing.

Turning data, world model, labels, and the classifier that is distilled.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch

from tank_core.exceptions import TankError
from tank_core.robot import Robot
from tank_core.skill import SkillCard
from tank_learning.skills.export import export_skill
from tank_learning.skills.face import distilling
from tank_learning.skills.face.judging import Judge, Pictures, RuleJudge
from tank_learning.skills.face.ranking import Labels, PredictThenRank, label
from tank_learning.skills.face.scenes import COLOR_NAMES
from tank_learning.skills.face.sighting import ColorSight
from tank_learning.skills.face.turning_data import (
    VALIDATION_SEEDS,
    Collector,
    TurnTransitions,
    training_seeds,
)
from tank_learning.skills.face.world_model import load_world_model, save_world_model
from tank_learning.skills.face.world_training import Prediction, Tell, WorldTrainer
from tank_learning.skills.torch_network import TorchNetwork
from tank_skills.skill_file import SkillFile
from tank_skills.turner import NETWORK, turner_card

VALIDATION_VARIETY = 50  # a set of things of their own
MEASURE = "./tank bench skills --skills face"
SCENES = 1000  # seeds of each set of things, at most
SEEDS_APART = 10_000  # between two seeds of a recipe
SAMPLES = 32  # inputs on which the runtimes are compared
Say = Callable[[str], None]
Result = TypeVar("Result")


@dataclass(frozen=True)
class FaceRecipe:
    """All that decides the result.

    The same recipe gives the same file.
    """

    transitions: int = 3600
    validation: int = 300  # more of them, that nothing is trained on
    varieties: int = 4  # sets of things, which differ in shape and size
    updates: int = 1200  # of the world model
    label_frames: int = 2400  # of which each color is a label
    distilling: int = 3000  # updates of the classifier
    seed: int = 0

    def __post_init__(self) -> None:
        """Raise TankError where sets of things would be those of another seed."""
        if self.varieties > SEEDS_APART // SCENES:
            raise TankError(
                f"{self.varieties} sets of things are too many; say at most "
                f"{SEEDS_APART // SCENES} --varieties"
            )


class TrainingStages:
    """The steps of the training, each on what the one before left in it.

    ``say`` is told how it goes; ``tell`` gets the name of a training, its updates and its loss.
    """

    def __init__(
        self,
        robot: Robot,
        recipe: FaceRecipe,
        say: Say = print,
        tell: Callable[[str, int, float], None] | None = None,
    ) -> None:
        self.robot, self.recipe, self.sight = robot, recipe, ColorSight(robot)
        self._say, self._tell = say, tell or (lambda *_: None)

    def run(self, folder: Path, judge: Judge | None = None) -> SkillFile:
        """All steps; leaves the skill and the world model in ``folder``.

        ``judge`` makes the labels, by perception's color model when None. Raises TankError where a
        judge fails or the exported network differs.
        """
        folder.mkdir(parents=True, exist_ok=True)
        data = self._timed("collecting", self.collect)
        trainer = self._timed("world model", lambda: self.world_model(data, folder))
        self._say(_said(self._timed("validating", lambda: self.validate(trainer))))
        teaching = PredictThenRank(
            load_world_model(world_model_path(folder, self.robot)), judge or RuleJudge(self.sight)
        )
        frames = self.frames(data)
        labels = self._timed("labels", lambda: label(teaching, frames))
        network = self._timed("distilling", lambda: self.distil(frames, labels))
        file = export(folder, self.robot, network, (frames, labels), self.card())
        self._say(f"written: {skill_path(folder, self.robot)}")
        return file

    def collect(self) -> TurnTransitions:
        """The turning data, an equal part of each set of things."""
        parts, count = [], self.recipe.transitions // self.recipe.varieties
        for variety in range(self.recipe.varieties):
            first = self.recipe.seed * SEEDS_APART + variety * SCENES
            with Collector(self.robot, variety) as collector:
                parts.append(collector.collect(count, training_seeds(first, SCENES)))
        return sum(parts[1:], parts[0])

    def world_model(self, data: TurnTransitions, folder: Path) -> WorldTrainer:
        """A trained world model, which is written, too."""
        trainer = WorldTrainer(self.recipe.seed)
        trainer.train(data, self.recipe.updates, self._telling("world model"))
        save_world_model(trainer.model, world_model_path(folder, self.robot))
        return trainer

    def validate(self, trainer: WorldTrainer) -> Prediction:
        """Measure how well it predicts other things."""
        return trainer.validate(validation_data(self.robot, self.recipe.validation), self.sight)

    def frames(self, data: TurnTransitions) -> Pictures:
        """Pictures to label, drawn from the data."""
        dice = np.random.default_rng(self.recipe.seed)
        chosen = np.sort(dice.permutation(len(data))[: self.recipe.label_frames])
        return data.before[chosen]

    def distil(self, frames: Pictures, labels: Labels) -> TorchNetwork:
        """The classifier."""
        torch.manual_seed(self.recipe.seed)
        network = TorchNetwork(distilling.spec())
        distiller = distilling.Distiller(network, self.recipe.seed)
        distiller.train(frames, labels, self.recipe.distilling, self._telling("distilling"))
        share = distilling.agreement(network, frames, labels)
        self._say(f"distilled: gives {share:.1%} of {len(labels)} labels")
        return network

    def card(self) -> SkillCard:
        """The card of the skill."""
        recipe = self.recipe
        trained_on = (
            f"{recipe.transitions} turns in {recipe.varieties} sets of things, world model "
            f"{recipe.updates} updates, {recipe.label_frames} pictures labeled by "
            f"predict-then-rank, {recipe.distilling} updates"
        )
        return face_card(self.robot, trained_on, f"not measured yet; {MEASURE}", recipe.seed)

    def _telling(self, name: str) -> Tell:
        return lambda updates, loss: self._tell(name, updates, loss)

    def _timed(self, name: str, work: Callable[[], Result]) -> Result:
        began = time.process_time()
        result = work()
        self._say(f"{name}: {time.process_time() - began:.0f} CPU s")
        return result


def export(
    folder: Path,
    robot: Robot,
    network: TorchNetwork,
    trained: tuple[Pictures, Labels],
    card: SkillCard,
) -> SkillFile:
    """Write a classifier as a skill.

    Numpy, ONNX and torch have given the same numbers. ``trained``: what it was trained with.
    Raises TankError where they do not.
    """
    frames, labels = trained
    rows = np.linspace(0, len(labels) - 1, min(SAMPLES, len(labels))).astype(np.intp)
    samples = distilling.inputs_of(frames, labels, rows)
    return export_skill(skill_path(folder, robot), card, {NETWORK: network}, {NETWORK: samples})


def face_card(robot: Robot, trained_on: str, measured: str, seed: int) -> SkillCard:
    """The card of a skill that faces things of COLORS."""
    name = skill_path(Path(), robot).stem
    return turner_card(name, robot, COLOR_NAMES, trained_on, measured, seed)


def validation_data(robot: Robot, count: int) -> TurnTransitions:
    """Transitions among things that nothing is trained on."""
    with Collector(robot, VALIDATION_VARIETY) as collector:
        return collector.collect(count, VALIDATION_SEEDS)


def skill_path(folder: Path, robot: Robot) -> Path:
    """The path of the skill of a robot."""
    return folder / f"face-{robot.name}.safetensors"


def world_model_path(folder: Path, robot: Robot) -> Path:
    """The path of the world model of a robot."""
    return folder / f"face-world-{robot.name}.safetensors"


def _said(prediction: Prediction) -> str:
    return (
        f"world model: {prediction.psnr_db:.1f} dB (the old picture taken for the new one: "
        f"{prediction.copied_db:.1f}); finds {prediction.found:.1%} of what stays in view, "
        f"{prediction.error_deg:.2f} degrees off (90 %: {prediction.error90_deg:.2f})"
    )
