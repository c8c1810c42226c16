"""The memory of what was tried, with hindsight.

Where the tool came to later is taken for the target that it should have had.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tank_core.state import Floats

AHEAD = 25  # steps, at most, to where hindsight puts a target
Places = npt.NDArray[np.float32]  # (b, 3) [m] in base_link


@dataclass(frozen=True)
class Transitions:
    """Steps of an arm: (b, ...) each, in the units of ``ReachSpace``."""

    joints: Floats  # (b, 2n)
    tool: Places
    action: Floats  # (b, n)
    aim: Floats  # (b, n) [rad] what the joints were told by it
    next_joints: Floats
    next_tool: Places
    target: Places


class Replay:
    """The transitions of whole episodes, the oldest forgotten first."""

    def __init__(self, capacity: int, joints: int) -> None:
        """``joints``: of the arm, n."""
        self.size, self._written, self._capacity = 0, 0, capacity
        self._kept = Transitions(
            *(
                np.zeros((capacity, width), np.float32)
                for width in (2 * joints, 3, joints, joints, 2 * joints, 3, 3)
            )
        )
        self._last = np.zeros(capacity, np.int64)  # the number of the last step of its episode

    def add(self, episode: Transitions) -> None:
        """Remember an episode."""
        numbers = self._written + np.arange(len(episode.action))
        rows = numbers % self._capacity
        for name, kept in vars(self._kept).items():
            kept[rows] = getattr(episode, name)
        self._last[rows] = numbers[-1]
        self._written = int(numbers[-1]) + 1
        self.size = min(self._written, self._capacity)

    def sample(self, dice: np.random.Generator, count: int, hindsight: float = 0.0) -> Transitions:
        """Draw ``count`` transitions.

        For a share of them, ``hindsight``, where the tool came to later is the target.
        """
        numbers = self._written - 1 - dice.integers(self.size, size=count)
        rows = numbers % self._capacity
        last = np.minimum(self._last[rows], numbers + AHEAD)
        later = dice.integers(numbers, last + 1) % self._capacity
        relabeled = (dice.random(count) < hindsight)[:, None]
        drawn = Transitions(**{name: kept[rows] for name, kept in vars(self._kept).items()})
        target = np.where(relabeled, self._kept.next_tool[later], drawn.target)
        return replace(drawn, target=target)
