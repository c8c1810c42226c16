"""Data of turning: an image, a turn, and the image after it."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tank_core.exceptions import TankError
from tank_core.robot import Robot
from tank_core.state import Array, Image
from tank_learning.skills.face.scenes import COLORS, START_DEG, TurningScene
from tank_skills.turning import SIZE, TURNS_DEG
from tank_skills.views import small_view

LARGE = (640, 480)  # [px] what the real camera gives, and what is shrunk for the skill
LARGE_SHARE = 0.34  # of the scenes: seen by the real camera's size, with shadows, and shrunk
VALIDATION_SEEDS = range(1_000_000, 1_001_000)  # of scenes that nothing is ever trained on
# from the first of them to behind the last of those that trials keep for themselves
KEPT_SEEDS = range(VALIDATION_SEEDS.start, 3_000_000)
STEPS = 12  # turns in a scene
MOST_DEG = TURNS_DEG[-1]
AIMED = 0.5  # the share of turns that bring the wanted thing nearly to the middle
AIM_DEG = 4.0  # and how nearly, as a standard deviation
LOST_DEG = 32.0  # farther off than this the next turns bring it back


@dataclass(frozen=True)
class TurnTransitions:
    """Turns, and what was seen before and after each.

    Bearings [deg] are the simulator's truth, of the things of COLORS; they are for evaluation, and
    no label is made of them.
    """

    before: npt.NDArray[np.uint8]  # (n, height, width, 3)
    after: npt.NDArray[np.uint8]  # (n, height, width, 3)
    turns: Array  # (n,) [deg] to the left
    bearings_before: Array  # (n, colors)
    bearings_after: Array  # (n, colors)

    def __len__(self) -> int:
        return len(self.turns)

    def __add__(self, other: TurnTransitions) -> TurnTransitions:
        return TurnTransitions(
            *(
                np.concatenate([getattr(self, field.name), getattr(other, field.name)])
                for field in fields(self)
            )
        )

    def part(self, chosen: npt.NDArray[np.intp]) -> TurnTransitions:
        """Those of some indices."""
        return TurnTransitions(*(getattr(self, field.name)[chosen] for field in fields(self)))

    def save(self, path: Path) -> None:
        """Write all as one file of numpy's."""
        np.savez(path, **{field.name: getattr(self, field.name) for field in fields(self)})


class Collector:
    """Makes transitions by turning simulated robots among things.

    Two robots take turns: one whose small images are cheap, without shadows, and one that sees as
    the real pipeline does. Use it as a context manager, or ``close`` it.
    """

    def __init__(self, robot: Robot, variety: int = 0) -> None:
        """``variety``: the number of the set of things; see ``scenes.kinds``."""
        self._cheap = TurningScene(robot, variety, SIZE, shadows=False)
        self._real = TurningScene(robot, variety, LARGE)

    def __enter__(self) -> Collector:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._cheap.backend.close()
        self._real.backend.close()

    def collect(
        self, count: int, seeds: range, focus_deg: tuple[float, float] | None = None
    ) -> TurnTransitions:
        """``count`` transitions of scenes of ``seeds``, one after the other.

        ``focus_deg``: where the wanted thing stands at a scene's start; anywhere in view when None.
        Raises TankError where the seeds do not suffice.
        """
        parts: list[TurnTransitions] = []
        for seed in seeds:
            if (have := sum(map(len, parts))) >= count:
                break
            parts.append(self._scene(seed, min(STEPS, count - have), focus_deg))
        if sum(map(len, parts)) < count:
            raise TankError(
                f"{len(seeds)} scenes have no {count} transitions; ask for at most "
                f"{len(seeds) * STEPS} of each set of things"
            )
        return sum(parts[1:], parts[0])

    def _scene(
        self, seed: int, steps: int, focus_deg: tuple[float, float] | None
    ) -> TurnTransitions:
        dice = np.random.default_rng(seed)
        scene = self._real if dice.random() < LARGE_SHARE else self._cheap
        wanted = int(dice.integers(len(COLORS)))
        scene.begin(COLORS[wanted], dice, seed, focus_deg or (-START_DEG, START_DEG))
        rows = []
        seen, bearings = self._look(scene)
        for _ in range(steps):
            turn = _next_turn(bearings[wanted], dice)
            scene.turn(turn)
            after, bearings_after = self._look(scene)
            rows.append((seen, after, turn, bearings, bearings_after))
            seen, bearings = after, bearings_after
        return TurnTransitions(*(np.array(column) for column in zip(*rows, strict=True)))

    def _look(self, scene: TurningScene) -> tuple[Image, Array]:
        return small_view(scene.image(), SIZE), scene.bearings()


def training_seeds(first: int, count: int) -> range:
    """Return seeds of scenes to train on, past those that are kept for tests."""
    if first + count > KEPT_SEEDS.start:
        first += len(KEPT_SEEDS)
    return range(first, first + count)


def _next_turn(bearing: float, dice: np.random.Generator) -> float:
    """Draw a turn [deg] that keeps the thing mostly in view.

    Sometimes it overshoots.
    """
    if abs(bearing) > LOST_DEG:
        return math.copysign(dice.uniform(0.25, 1.0) * MOST_DEG, bearing)
    if dice.random() < AIMED and abs(bearing) < MOST_DEG:
        return float(np.clip(bearing + AIM_DEG * dice.standard_normal(), -MOST_DEG, MOST_DEG))
    return float(dice.uniform(-MOST_DEG, MOST_DEG))
