"""Tasks carried out to their end: by the executor, or by a skill.

Judged by the truth, with what the robot itself says beside it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from tank_core.commands import Grasp, Release
from tank_core.robot_controller import RobotController
from tank_core.skill import SURE, Chunk, Observation, Skill
from tank_core.state import JointTrajectory, RobotState, TrajectoryPoint, Twist2D
from tank_executor.plan import Plan, PlanState
from tank_learning.skills.transformer.recording import TICKS, control_loop, target
from tank_learning.skills.transformer.room import PickPlaceRoom, PickPlaceTask
from tank_sim.ticking import pass_ticks
from tank_sim.worlds.putting_down import is_near

STEPS = 3  # in which it is sure of the end: then all is taken to be done
SETTLE_S = 0.3  # after the last motion, before the truth is asked


@dataclass(frozen=True)
class Carried:
    """The end of a task.

    ``claimed``: the robot says that the thing lies in its goal; ``lifted``: it was in the gripper
    at some time.
    """

    success: bool
    claimed: bool
    lifted: bool
    seconds: float  # of the robot's time
    decision_ms: tuple[float, ...] = ()


def by_executor(room: PickPlaceRoom, task: PickPlaceTask, seed: int = 0) -> Carried:
    """Carry out a task as the executor does."""
    room.begin(task, seed)
    room.look()  # as long as a skill does
    loop = control_loop(room)
    began = loop.state.time
    loop.submit(Plan((Grasp(cell=task.start), Release(cell=task.goal))))
    lifted = False
    while loop.runner.running:
        loop.tick()
        lifted = lifted or room.backend.held() is not None
    seconds, claimed = loop.state.time - began, loop.runner.status.state is PlanState.SUCCEEDED
    room.look(SETTLE_S)
    return Carried(room.lies(task.goal), claimed, lifted, seconds)


def by_skill(room: PickPlaceRoom, skill: Skill, task: PickPlaceTask, seed: int = 0) -> Carried:
    """Carry out a task by a skill, through the controller.

    The thing's place is told once, as perception sees it at the start, and carried along by
    odometry. What the skill says is done is looked at: only a thing that is seen in its goal is
    claimed.
    """
    room.begin(task, seed)
    thing = room.look()
    if thing is None:
        return Carried(False, False, False, 0.0)
    controller = RobotController(room.backend)
    state = controller.step(room.backend.time)
    began, decisions, lifted, sure = state.time, list[float](), False, 0
    skill.reset()
    while sure < STEPS and state.time - began < skill.card.patience:
        seen = Observation(state, None, target(room, task, thing, state))
        before = time.process_time()
        chunk = skill.act(seen)
        decisions.append((time.process_time() - before) * 1e3)
        sure = sure + 1 if chunk.end is not None and chunk.end[0] >= SURE else 0
        state = _play(room, controller, state, chunk)
        lifted = lifted or room.backend.held() is not None
    controller.halt()
    seconds, claimed = state.time - began, False
    if sure == STEPS:
        there = room.look()
        here = room.backend.read().odometry.pose
        goal = room.cells[task.goal]
        claimed = there is not None and is_near(here.to_local(there), goal)
    return Carried(room.lies(task.goal), claimed, lifted, seconds, tuple(decisions))


def _play(
    room: PickPlaceRoom, controller: RobotController, state: RobotState, chunk: Chunk
) -> RobotState:
    """Carry out the first action of a chunk, clamped to the joints' limits."""
    names = room.robot.joint_names
    assert chunk.joints is not None and chunk.twists is not None
    lower, upper = np.array([room.robot.joint_limits(name) for name in names]).T
    joints = tuple(np.clip(chunk.joints[0], lower, upper).tolist())
    linear, angular = chunk.twists[0].tolist()
    way = JointTrajectory(names, (TrajectoryPoint(chunk.period, joints),))
    controller.command_trajectory(way, state.time)
    controller.command_twist(Twist2D(linear, angular), state.time)
    return pass_ticks(room.backend, controller, state, TICKS)
