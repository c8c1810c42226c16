"""Dyna: steps that are imagined by a world model, beside those that were tried.

After Sutton 1991. An experiment: with few joints and a cheap simulation it may well lose.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tank_core.robot import Robot
from tank_core.state import Floats
from tank_learning.skills.reach.replay import Replay, Transitions
from tank_learning.skills.reach.sac import Sac
from tank_learning.skills.reach.world_model import ArmModel
from tank_skills.reacher import network_input

REFRESH_EVERY = 1000  # updates of the actor
REFRESH = 300  # updates of the model each time
SAMPLE = 20_000  # transitions that each refreshing draws from


class Dyna:
    """A world model that learns beside the actor, and imagines on."""

    def __init__(self, robot: Robot, dice: np.random.Generator) -> None:
        self._model, self._dice = ArmModel(robot), dice
        self._refreshed = -REFRESH_EVERY

    def batch(self, sac: Sac, replay: Replay, count: int, hindsight: float) -> Transitions:
        """Imagine ``count`` steps, each where one in memory ended."""
        if sac.updates - self._refreshed >= REFRESH_EVERY:
            self._refreshed = sac.updates
            seen = replay.sample(self._dice, SAMPLE)
            self._model.train(seen.joints, seen.aim, seen.next_joints, self._dice, REFRESH)
        before = replay.sample(self._dice, count, hindsight)
        joints, tool = before.next_joints, before.next_tool
        action = sac.explore(network_input(joints, tool, before.target))
        aim: Floats = self._model.aim(before.aim.astype(float), joints, action).astype(np.float32)
        after = self._model.predict(joints, aim)
        tools = self._model.tools(after).astype(np.float32)
        return Transitions(joints, tool, action, aim, after, tools, before.target)


def mixed(tried: Transitions, imagined: Transitions) -> Transitions:
    """Both in one batch."""
    return replace(
        tried,
        **{
            name: np.concatenate([part, getattr(imagined, name)])
            for name, part in vars(tried).items()
        },
    )
