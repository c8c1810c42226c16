"""The work of the autonomous learner on ``face``: its world model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from tank_core.exceptions import TankError
from tank_core.robot import Robot
from tank_learning.skills.auto.learner import Settings
from tank_learning.skills.face import distilling
from tank_learning.skills.face.judging import RuleJudge
from tank_learning.skills.face.ranking import PredictThenRank, label
from tank_learning.skills.face.scenes import START_DEG
from tank_learning.skills.face.sighting import ColorSight
from tank_learning.skills.face.training import MEASURE, export, face_card, validation_data
from tank_learning.skills.face.turning_data import (
    STEPS,
    Collector,
    TurnTransitions,
    training_seeds,
)
from tank_learning.skills.face.world_training import MIDDLE_DEG, Prediction, WorldTrainer
from tank_learning.skills.torch_network import TorchNetwork

VALIDATED = 180  # transitions; each validation costs as much as about 20 updates
COMPARED = 90  # transitions that were trained on, for the loss beside that of the validation
SEEDS_APART = 100_000  # between two learners of different seeds
THIRDS_DEG = {"all": (-START_DEG, START_DEG), "left": (MIDDLE_DEG, START_DEG),
              "middle": (-MIDDLE_DEG, MIDDLE_DEG), "right": (-START_DEG, -MIDDLE_DEG)}  # fmt: skip


class FaceWork:
    """Collects turns, trains and validates a world model.

    A pause brings other things at once.
    Nothing is collected from the scenes of the validation, nor among their things. Use it as a
    context manager.
    """

    def __init__(self, robot: Robot, seed: int, validated: int = VALIDATED) -> None:
        self._robot, self._seed, self.sight = robot, seed, ColorSight(robot)
        self.validation = validation_data(robot, validated)
        self.trainer = WorldTrainer(seed)
        self.data: TurnTransitions | None = None
        self.variety = 0
        self._collector = Collector(robot, self.variety)
        self._next = seed * SEEDS_APART  # scene
        self.prediction: Prediction | None = None

    def __enter__(self) -> FaceWork:
        return self

    def __exit__(self, *_: object) -> None:
        self._collector.close()

    def collect(self, settings: Settings) -> None:
        """Collect more turns.

        The wanted thing stands where the settings say at a scene's start.
        """
        if not settings.collect:
            return
        scenes = -(-settings.collect // STEPS)
        seeds = training_seeds(self._next, scenes)
        self._next += scenes
        more = self._collector.collect(settings.collect, seeds, THIRDS_DEG[settings.focus])
        self.data = more if self.data is None else self.data + more

    def train(self, settings: Settings) -> float:
        """Train on the data collected so far; returns the loss on some of them.

        Measured as in the validation, so that the two can be compared. 0 where there is nothing
        to train.
        """
        if self.data is None or not settings.updates:
            return 0.0
        self.trainer.train(self.data, settings.updates, rate=settings.rate)
        some = np.random.default_rng(self.trainer.updates).permutation(len(self.data))[:COMPARED]
        return float(self.trainer.losses(self.data.part(some)).mean())

    def validate(self) -> tuple[float, tuple[float, ...]]:
        """Return the loss on the scenes of the validation.

        The whole one, and by thirds of the image.
        """
        self.prediction = self.trainer.validate(self.validation, self.sight)
        return self.prediction.loss, self.prediction.losses

    def pause(self) -> tuple[float, bool]:
        """Put other things before the robot.

        In a simulation nobody need be waited for.
        """
        self._collector.close()
        self.variety += 1
        self._collector = Collector(self._robot, self.variety)
        return 0.0, True

    def distill(self, folder: Path, frames: int, updates: int) -> TorchNetwork:
        """Distil a classifier from the world model as it is.

        From ``frames`` of the pictures that were collected.
        It is written to ``folder`` as a skill. Raises TankError before any data.
        """
        if self.data is None:
            raise TankError("nothing was collected: give the learner a larger --budget")
        # of all, not the newest: those may be from where a thinker looked closely
        dice = np.random.default_rng([self._seed, 4])
        pictures = self.data.before[dice.permutation(len(self.data))[:frames]]
        labels = label(PredictThenRank(self.trainer.model, RuleJudge(self.sight)), pictures)
        torch.manual_seed(self._seed)
        network = TorchNetwork(distilling.spec())
        distilling.Distiller(network, self._seed).train(pictures, labels, updates)
        trained = (
            f"by the autonomous learner: {len(self.data)} turns, world model "
            f"{self.trainer.updates} updates, {len(pictures)} pictures labeled, {updates} updates"
        )
        card = face_card(self._robot, trained, f"not measured; {MEASURE}", self._seed)
        export(folder, self._robot, network, (pictures, labels), card)
        return network
