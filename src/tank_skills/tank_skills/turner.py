"""Turns the robot until a thing is in the middle of the image.

It looks, turns by one of a few angles, waits for an image that was taken after that, and looks
again. What decides is a small network here; benchmarks put other deciders into the same motion.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from tank_core.exceptions import ModelError, TankError
from tank_core.robot import Robot
from tank_core.skill import Chunk, Observation, SkillCard
from tank_core.state import Image
from tank_skills.skill_file import CURE, SkillFile
from tank_skills.turning import (
    CHOICES,
    HOLD,
    LONGEST,
    PERIOD,
    SIZE,
    degrees,
    network_input,
    turn_profile,
)
from tank_skills.views import small_view

NETWORK = "turner"  # its name in the file
SETTLE_S = 0.1  # an image counts when it was taken so long after a turn's end
# A choice of ``tank_skills.turning`` for an image of SIZE and the index of the wanted color.
Decide = Callable[[Image, int], int]


class Turner:
    """A skill of the kind "turner": the classifier of its file decides."""

    def __init__(self, file: SkillFile, robot: Robot) -> None:
        """Take the network of a file.

        Raises ModelError where it does not fit the card and this code.
        """
        network, colors = file.network(NETWORK), len(file.card.colors)
        out = network(network_input(_blank(), 0, colors)[None]) if colors else np.zeros(0)
        if out.shape != (1, CHOICES) or file.card.image != SIZE:
            raise ModelError(
                f"skill {file.card.name} does not give {CHOICES} choices for an image of "
                f"{SIZE[0]} x {SIZE[1]} and its {colors} colors; {CURE}"
            )

        def decide(image: Image, color: int) -> int:
            return int(network(network_input(image, color, colors)[None])[0].argmax())

        self.card, self._motion = file.card, Turning(file.card, decide)

    def reset(self) -> None:
        self._motion.reset()

    def act(self, seen: Observation) -> Chunk:
        return self._motion.act(seen)


class Turning:
    """The motion of every turner; ``decide`` says which turn comes next."""

    def __init__(self, card: SkillCard, decide: Decide) -> None:
        self.card, self._decide = card, decide
        self.reset()

    def reset(self) -> None:
        """Forget the last turn."""
        self._turn: Chunk | None = None
        self._fresh: float | None = None  # [s] images from then on count

    def act(self, seen: Observation) -> Chunk:
        """Propose a whole turn, or a moment's waiting for an image.

        ``end`` is 1 when the thing is in the middle.
        The same turn again until it is over. Raises TankError for a color that it does not know.
        """
        color, now = self._color(seen.target.color), seen.state.time
        if self._turn is not None and now < self._turn.time + self._turn.length * PERIOD:
            return self._turn
        if self._fresh is None:  # the robot may have moved until now
            self._fresh = now
        if seen.frame is None or seen.frame.time < self._fresh:
            return _still(now, 0.0)
        choice = self._decide(small_view(seen.frame.rgb, SIZE), color)
        if choice == HOLD:
            return _still(now, 1.0)
        self._turn = _turning(now, math.radians(degrees(choice)))
        self._fresh = now + self._turn.length * PERIOD + SETTLE_S
        return self._turn

    def _color(self, name: str | None) -> int:
        if name not in self.card.colors:
            raise TankError(
                f"skill {self.card.name} finds a thing by its color, and {name or 'no color'} is "
                f"none that it knows; say one of {', '.join(self.card.colors)}, or face classically"
            )
        return self.card.colors.index(name)


def turner_card(
    name: str,
    robot: Robot,
    colors: tuple[str, ...],
    trained_on: str = "",
    measured: str = "",
    seed: int = 0,
) -> SkillCard:
    """The card of a turner.

    A turn is carried out to its end before the next is asked for.
    """
    return SkillCard(
        name,
        action="face",
        robot=robot.name,
        kind="turner",
        period=PERIOD,
        horizon=LONGEST,
        ask_after=LONGEST,
        image=SIZE,
        colors=colors,
        trained_on=trained_on,
        measured=measured,
        seed=seed,
    )


def _turning(now: float, angle: float) -> Chunk:
    speeds = np.append(turn_profile(angle), 0.0)  # and it stands
    twists = np.column_stack((np.zeros_like(speeds), speeds))
    return Chunk(now, PERIOD, twists=twists, end=np.zeros(len(speeds)))


def _still(now: float, end: float) -> Chunk:
    return Chunk(now, PERIOD, twists=np.zeros((1, 2)), end=np.full(1, end))


def _blank() -> Image:
    return np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
