"""An episode of a dataset, and the chunks of actions in it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from tank_core.state import Floats

Frames = npt.NDArray[np.uint8]  # (n, height, width, 3), RGB


@dataclass(frozen=True)
class Demonstration:
    """Something done once, from its first frame to its last.

    ``states`` (n, s) is what the robot's sensors told at each frame, ``actions`` (n, a) what was
    sent to it until the next one, ``images`` by camera (n, height, width, 3).
    """

    task: str  # the sentence in English
    states: Floats
    actions: Floats
    images: Mapping[str, Frames] = field(default_factory=dict)
    source: str = ""  # where it is from: the same one is not taken twice

    @property
    def length(self) -> int:
        """Frames."""
        return len(self.actions)


def chunks(actions: Floats, length: int) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """The ``length`` actions from each frame on, and which of them are padding.

    Both (n, length, ...). Beyond the end the last action is repeated and ``is_pad`` is True, as
    LeRobot's ``delta_timestamps`` give it: what is padding must have no part in a loss.
    """
    ahead = np.arange(len(actions))[:, None] + np.arange(length)
    return actions[np.minimum(ahead, len(actions) - 1)], ahead >= len(actions)
