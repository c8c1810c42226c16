"""The policy at the wheel, judged by the truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from tank_core.robot_controller import RobotController
from tank_core.skill import SURE
from tank_core.state import Twist2D
from tank_learning.skills.words.policy import SCALE, Policy, bag
from tank_learning.skills.words.scene import Stage, WordsScene
from tank_learning.skills.words.teacher import TICKS
from tank_sim.ticking import pass_ticks

DRIVEN = 4  # steps of a chunk, then it looks again
PATIENCE_S = 15.0


@dataclass(frozen=True)
class RolloutEnd:
    """The end of a drive.

    ``success``: it truly stands before the named thing; ``ended``: it said so itself.
    """

    success: bool
    ended: bool
    seconds: float  # of the robot's time


def drive(stage: Stage, policy: Policy, scene: WordsScene) -> RolloutEnd:
    """Drive by a policy until it says that it has come.

    Its velocities go through the controller.
    """
    stage.begin(scene)
    controller = RobotController(stage.backend)
    state = controller.step(0.0)
    words = torch.tensor([bag(scene.sentence)])
    ended = False
    while not ended and state.time < PATIENCE_S:
        images = {
            name: torch.from_numpy(np.array(rgb)).permute(2, 0, 1)[None].float() / 255
            for name, rgb in stage.look().items()
        }
        with torch.no_grad():
            chunk = policy(images, words)[0].numpy() * np.array(SCALE)
        for linear, angular, come in chunk[:DRIVEN].tolist():
            ended = ended or come >= SURE
            twist = Twist2D() if ended else Twist2D(linear, angular)
            controller.command_twist(twist, state.time)
            state = pass_ticks(stage.backend, controller, state, TICKS)
    return RolloutEnd(stage.came(), ended, state.time)
