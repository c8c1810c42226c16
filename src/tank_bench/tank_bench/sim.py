"""Headless simulation against a bare mj_step loop of the same motion.

Backend, controller and executor against the loop. Both step the same model through the same states
(the bare loop replays the actuators' inputs), one after the other, several times.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from functools import partial

import numpy as np

from tank_bench.common.options import add_robot
from tank_bench.common.report import Figure, Measured
from tank_core.commands import Command, Grasp, Move, MoveDirection, Side, Speed, Turn
from tank_core.pacing import TICK_S
from tank_episode.episode import Episode
from tank_sim.mjcf import TIMESTEP

ROUNDS = 7
STEPS_A_TICK = round(TICK_S / TIMESTEP)
PLANS: dict[str, tuple[str, tuple[Command, ...]]] = {
    "driving, empty world": (
        "empty",
        (
            Move(MoveDirection.FORWARD, 2.0),
            Turn(Side.LEFT, 180.0),
            Move(MoveDirection.FORWARD, 1.0, Speed.FAST),
            Turn(Side.RIGHT, 90.0),
        ),
    ),
    "grasping, cells": ("cells", (Grasp(),)),
}  # fmt: skip

Inputs = list[np.ndarray]


def configure(parser: argparse.ArgumentParser) -> None:
    """The robot."""
    add_robot(parser)


def measure(args: argparse.Namespace) -> Measured:
    """Simulated seconds a second of both, and their ratio, for each plan."""
    figures = []
    for name, (world, commands) in PLANS.items():
        # what eyes cost is told by ./tank bench manipulation
        episode = Episode(args.robot, world, camera=False)
        inputs = _record(episode, commands)
        ours, bare = [], []
        for _ in range(ROUNDS):
            ours.append(_rate(episode, partial(episode.run, commands)))
            bare.append(_rate(episode, partial(_replay, episode, inputs)))
        ratio = statistics.median(mine / theirs for mine, theirs in zip(ours, bare, strict=True))
        figures += [
            Figure(f"{name}: backend and executor", statistics.median(ours), "x real time"),
            Figure(f"{name}: bare mj_step", statistics.median(bare), "x real time"),
            Figure(f"{name}: ratio", ratio, "", at_least=0.6),
        ]
    return Measured(figures)


def _rate(episode: Episode, run: Callable[[], object]) -> float:
    episode.reset()
    began, from_time = time.perf_counter(), episode.backend.data.time
    run()
    return float((episode.backend.data.time - from_time) / (time.perf_counter() - began))


def _replay(episode: Episode, inputs: Inputs) -> None:
    import mujoco  # after tank_sim, which says by what OpenGL is spoken

    model, data = episode.backend.model, episode.backend.data
    for control in inputs:
        data.ctrl[:] = control
        for _ in range(STEPS_A_TICK):
            mujoco.mj_step(model, data)


def _record(episode: Episode, commands: tuple[Command, ...]) -> Inputs:
    """The actuators' inputs in each control period.

    From a run that is not timed.
    """
    inputs: Inputs = []
    advance = episode.backend.advance

    def record(duration: float) -> None:
        inputs.append(episode.backend.data.ctrl.copy())
        advance(duration)

    episode.reset()
    # this one object, for this one run
    episode.backend.advance = record  # type: ignore[method-assign]
    episode.run(commands)
    episode.backend.advance = advance  # type: ignore[method-assign]
    return inputs
