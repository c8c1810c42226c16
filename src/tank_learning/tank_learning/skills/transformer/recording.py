"""Demonstrations: the executor's pick and place, at the skill's rate."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir

import numpy as np

from tank_core.commands import Grasp, Release
from tank_core.geometry import Place
from tank_core.pacing import TICK_S
from tank_core.skill import Observation, SkillTarget
from tank_core.state import Array, RobotState
from tank_episode.control_loop import ControlLoop
from tank_executor.photo_keeper import PhotoKeeper
from tank_executor.plan import Plan, PlanState
from tank_learning.skills.transformer.room import COLOR, SHAPE, PickPlaceRoom, PickPlaceTask, draw
from tank_skills.sequence import PERIOD_S, Senses

TICKS = round(PERIOD_S / TICK_S)
# Steps of standing still with the end said, after the last motion: a single one among a hundred
# would hardly be learned.
END_STEPS = 5
USE = "demonstration"


@dataclass(frozen=True)
class Trajectory:
    """A demonstration, step by step.

    ``seen`` (n, features); ``done`` (n, 8): joint targets in force at the end of the step [rad or
    m], linear [m/s] and angular [rad/s] velocity, and 1 from when all is done.
    """

    seen: Array
    done: Array


def target(
    room: PickPlaceRoom, task: PickPlaceTask, thing: Place, state: RobotState
) -> SkillTarget:
    """Return what the command names, in base_link at ``state``.

    ``thing``: its place in odom. The goal's cell is that of the start, where odom is base_link.
    """
    to_local = state.odometry.pose.to_local
    goal = room.cells[task.goal]
    return SkillTarget(COLOR, SHAPE, place=(*to_local(thing), 0.0), goal=(*to_local(goal), 0.0))


def control_loop(room: PickPlaceRoom) -> ControlLoop:
    """Return the executor and controller of a room, from now on."""
    return ControlLoop(room.backend, room.perception, PhotoKeeper(Path(gettempdir())), True)


def record(room: PickPlaceRoom, task: PickPlaceTask) -> Trajectory | None:
    """Let the executor carry out a task; None where it failed, by the truth."""
    room.begin(task)
    thing = room.look()
    if thing is None:
        return None
    loop, senses = control_loop(room), Senses(room.robot)
    loop.submit(Plan((Grasp(cell=task.start), Release(cell=task.goal))))
    seen: list[Array] = []
    done: list[Array] = []
    still = 0
    while still < END_STEPS:
        told = target(room, task, thing, loop.state)
        seen.append(senses(Observation(loop.state, None, told)))
        for _ in range(TICKS):
            loop.tick()
        still += not loop.runner.running
        command = loop.sent
        joints = [
            command.joints.get(name, loop.state.joints[name].position)
            for name in room.robot.joint_names
        ]
        done.append(np.array([*joints, command.twist.linear, command.twist.angular, still > 0]))
    if loop.runner.status.state is not PlanState.SUCCEEDED or not room.lies(task.goal):
        return None
    return Trajectory(np.array(seen), np.array(done))


def demonstrations(room: PickPlaceRoom, count: int, seed: int = 0) -> list[Trajectory]:
    """Record ``count`` successful demonstrations; ``seed`` draws their tasks."""
    found: list[Trajectory] = []
    number = 0
    while len(found) < count:
        trajectory = record(room, draw(seed * 100_000 + number, USE, room.cells))
        number += 1
        if trajectory is not None:
            found.append(trajectory)
            if len(found) % 20 == 0:
                print(f"{len(found)} of {count} demonstrations", flush=True)
    return found
