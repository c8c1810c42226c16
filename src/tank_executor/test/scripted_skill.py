"""Skills that follow a script, to test what the executor makes of them."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from tank_core.skill import Chunk, Observation, SkillCard
from tank_executor.learned import Learned

PERIOD = 0.1  # [s]
Twists = Sequence[tuple[float, float]]


class ScriptedSkill:
    """A skill by a function of what is seen, with its twists and its end.

    ``seen`` keeps every observation, ``resets`` counts.
    """

    def __init__(
        self,
        action: str,
        propose: Callable[[Observation], tuple[Twists, bool]],
        robot: str = "tank",
        **card: object,
    ) -> None:
        plain = SkillCard(f"scripted-{robot}", action, robot, "scripted", PERIOD, 5)
        self.card: SkillCard = replace(plain, **card)
        self._propose = propose
        self.seen: list[Observation] = []
        self.resets = 0

    def reset(self) -> None:
        self.resets += 1

    def act(self, seen: Observation) -> Chunk:
        self.seen.append(seen)
        twists, end = self._propose(seen)
        return Chunk(
            seen.state.time, PERIOD, np.array(twists, float), end=np.full(len(twists), float(end))
        )

    def learned(self, **options: object) -> Learned:
        return Learned({self.card.action: self}, **options)
