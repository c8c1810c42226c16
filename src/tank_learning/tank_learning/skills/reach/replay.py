"""The memory of what was tried, with hindsight: what if another place had been the target."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tank_skills.network import Floats

Places = npt.NDArray[np.float32]  # (b, 3) [m] in base_link


@dataclass(frozen=True)
class Transitions:
    """Steps of an arm: (b, ...) each, in the units of ``ReachSpace``."""

    joints: Floats  # (b, 2n)
    tool: Places
    action: Floats  # (b, n)
    next_joints: Floats
    next_tool: Places
    target: Places


class Replay:
    """The transitions of whole episodes, the oldest forgotten first."""

    def __init__(self, capacity: int, joints: int) -> None:
        """``joints``: of the arm, n."""
        self.size, self._written, self._capacity = 0, 0, capacity
        self._joints, self._next_joints = np.zeros((2, capacity, 2 * joints), np.float32)
        self._tool, self._next_tool, self._target = np.zeros((3, capacity, 3), np.float32)
        self._action = np.zeros((capacity, joints), np.float32)
        self._last = np.zeros(capacity, np.int64)  # the number of the last step of its episode

    def add(self, episode: Transitions) -> None:
        """Remember an episode."""
        numbers = self._written + np.arange(len(episode.action))
        rows = numbers % self._capacity
        self._joints[rows], self._next_joints[rows] = episode.joints, episode.next_joints
        self._tool[rows], self._next_tool[rows] = episode.tool, episode.next_tool
        self._action[rows], self._target[rows] = episode.action, episode.target
        self._last[rows] = numbers[-1]
        self._written = int(numbers[-1]) + 1
        self.size = min(self._written, self._capacity)

    def sample(self, dice: np.random.Generator, count: int, hindsight: float) -> Transitions:
        """Draw transitions; for a share of them, where the tool came later was the target."""
        numbers = self._written - 1 - dice.integers(self.size, size=count)
        rows = numbers % self._capacity
        later = dice.integers(numbers, self._last[rows] + 1) % self._capacity
        relabelled = (dice.random(count) < hindsight)[:, None]
        return Transitions(
            self._joints[rows],
            self._tool[rows],
            self._action[rows],
            self._next_joints[rows],
            self._next_tool[rows],
            np.where(relabelled, self._next_tool[later], self._target[rows]),
        )

    def everything(self) -> Transitions:
        """All that is remembered, oldest first; for a world model."""
        rows = np.arange(self._written - self.size, self._written) % self._capacity
        return Transitions(
            self._joints[rows],
            self._tool[rows],
            self._action[rows],
            self._next_joints[rows],
            self._next_tool[rows],
            self._target[rows],
        )
