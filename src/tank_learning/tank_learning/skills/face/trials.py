"""Trials of a turning skill in simulation, judged by the simulator's truth."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tank_core.commands import Color
from tank_core.robot import Robot
from tank_core.robot_controller import RobotController
from tank_core.skill import FACED_DEG, SURE, Observation, Skill, SkillTarget
from tank_core.state import Image, Twist2D
from tank_learning.skills.face.scenes import COLOR_NAMES, COLORS, TurningScene
from tank_sim.mujoco_backend import MujocoBackend
from tank_sim.ticking import pass_ticks
from tank_skills.turner import Turning, turner_card

REAL_SIZE = (640, 480)  # [px] of the robot's camera
TRIAL_SEEDS = range(2_000_000, 2_001_000)  # no data are ever made from these


@dataclass(frozen=True)
class TurningTrial:
    """The end of one trial."""

    error_deg: float  # off the middle, by the truth
    claimed: bool  # the skill said that it was there
    seconds: float
    decision_ms: tuple[float, ...]

    @property
    def success(self) -> bool:
        return self.claimed and self.error_deg <= FACED_DEG


class Timed:
    """A decider that notes the processor time [ms] of each decision."""

    def __init__(self, decide: Callable[[Image, int], int]) -> None:
        self._decide, self.taken_ms = decide, list[float]()

    def __call__(self, image: Image, color: int) -> int:
        began = time.process_time()
        choice = self._decide(image, color)
        self.taken_ms.append(1000 * (time.process_time() - began))
        return choice


def turning_skill(robot: Robot, decide: Callable[[Image, int], int]) -> Turning:
    """A turner that decides by any function, over the colors of COLORS."""
    return Turning(turner_card("face", robot, COLOR_NAMES), decide)


def perform(skill: Skill, backend: MujocoBackend, wanted: Color) -> tuple[bool, float]:
    """Let a skill drive a robot until it says that it is there.

    Returns whether it said so, and after how long [s].
    Through RobotController, as on the robot. It gives up after the card's patience.
    """
    controller, began = RobotController(backend), backend.time
    state, target = controller.step(began), SkillTarget(color=str(wanted))
    skill.reset()
    while state.time - began < skill.card.patience:
        chunk = skill.act(Observation(state, backend.camera(), target))
        assert chunk.twists is not None and chunk.end is not None
        index = min(int((state.time - chunk.time) / chunk.period + 1e-6), chunk.length - 1)
        if chunk.end[index] >= SURE:
            return True, state.time - began
        linear, angular = chunk.twists[index].tolist()
        controller.command_twist(Twist2D(linear, angular), state.time)
        state = pass_ticks(backend, controller, state)
    return False, state.time - began


def trials(
    robot: Robot,
    decide: Callable[[Image, int], int],
    count: int,
    realism: str = "ideal",
    variety: int = 99,
) -> list[TurningTrial]:
    """Do ``count`` trials of a decider.

    Each in another scene, the colors in turn.
    """
    decider = Timed(decide)
    skill, done = turning_skill(robot, decider), []
    with TurningScene(robot, variety, REAL_SIZE, realism=realism) as scene:
        for number, seed in enumerate(TRIAL_SEEDS[:count]):
            wanted = COLORS[number % len(COLORS)]
            scene.begin(wanted, np.random.default_rng(seed), seed)
            decider.taken_ms.clear()
            claimed, seconds = perform(skill, scene.backend, wanted)
            error = abs(float(scene.bearings()[COLORS.index(wanted)]))
            done.append(TurningTrial(error, claimed, seconds, tuple(decider.taken_ms)))
    return done


def success_share(done: list[TurningTrial]) -> float:
    """The share of trials that ended where they said."""
    return sum(trial.success for trial in done) / len(done)
