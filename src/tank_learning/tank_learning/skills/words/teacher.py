"""The scripted teacher, in many manners, and what it shows."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

import numpy as np

from tank_core.geometry import Place, clamp
from tank_core.pacing import TICK_S
from tank_core.robot_controller import RobotController
from tank_core.state import Image, Twist2D
from tank_learning.skills.dataset.demonstration import Demonstration
from tank_learning.skills.words.scene import STOP_M, Stage, WordsScene, draw
from tank_sim.ticking import pass_ticks

PERIOD_S = 0.1
TICKS = round(PERIOD_S / TICK_S)
SEEN_EVERY = 2  # steps between two images of a demonstration
MOST_STEPS = 120
STOPPED_STEPS = 8  # shown after the end: it stands, and says so
CLOSE_M, STRAIGHT_RAD = 0.015, 0.08
LEAST_SPEED = 0.12  # [m/s]: a teacher that creeps in leaves open when it has come


@dataclass(frozen=True)
class DrivingStyle:
    """A demonstrator's manner of driving."""

    speed: float = 0.35  # [m/s]
    gain: float = 2.5  # [1/s] of the bearing
    turns_first: bool = False

    @classmethod
    def drawn(cls, dice: random.Random) -> DrivingStyle:
        """Return another demonstrator."""
        return cls(dice.uniform(0.2, 0.5), dice.uniform(1.5, 4.0), dice.random() < 0.4)

    def twist(self, place: Place, limit: float) -> Twist2D | None:
        """Return the velocity towards a place; None where it has come.

        The place is in base_link [m], ``limit`` [rad/s] of the turn.
        """
        away, bearing = math.hypot(*place) - STOP_M, math.atan2(place[1], place[0])
        if away <= CLOSE_M and abs(bearing) <= STRAIGHT_RAD:
            return None
        turn = clamp(self.gain * bearing, -limit, limit)
        if self.turns_first and abs(bearing) > 0.15:
            return Twist2D(0.0, turn)
        ahead = max(0.0, math.cos(bearing)) ** 2
        return Twist2D(ahead * clamp(2 * away, LEAST_SPEED, self.speed), turn)


def show(stage: Stage, scene: WordsScene, manner: DrivingStyle) -> Demonstration | None:
    """Drive up to the named thing; None where that failed, by the truth.

    The actions are linear [m/s], angular [rad/s] and 1 from when it has come, each 0.1 s; the
    images are those of every second step.
    """
    stage.begin(scene)
    controller = RobotController(stage.backend)
    state = controller.step(0.0)
    actions: list[tuple[float, float, float]] = []
    images: dict[str, list[Image]] = {"front": [], "top": []}
    stood = 0
    while stood < STOPPED_STEPS and len(actions) < MOST_STEPS:
        if len(actions) % SEEN_EVERY == 0:
            for name, rgb in stage.look().items():
                images[name].append(rgb)
        twist = manner.twist(stage.named(), 1.2)
        stood += twist is None or stood > 0
        twist = Twist2D() if twist is None or stood else twist
        actions.append((twist.linear, twist.angular, float(stood > 0)))
        controller.command_twist(twist, state.time)
        state = pass_ticks(stage.backend, controller, state, TICKS)
    if not stage.came() or stood < STOPPED_STEPS:
        return None
    return Demonstration(
        scene.sentence,
        np.zeros((len(actions), 0), np.float32),
        np.array(actions, np.float32),
        {name: np.array(frames) for name, frames in images.items()},
    )


def demonstrations(
    stage: Stage, count: int, seed: int, diverse: bool = True
) -> list[Demonstration]:
    """Show ``count`` drives; ``diverse``: each in a manner of its own."""
    found: list[Demonstration] = []
    number = seed * 100_000
    while len(found) < count:
        dice = random.Random(number)
        manner = DrivingStyle.drawn(dice) if diverse else DrivingStyle()
        shown = show(stage, draw(number, "demonstration"), manner)
        number += 1
        if shown is not None:
            found.append(shown)
    return found
