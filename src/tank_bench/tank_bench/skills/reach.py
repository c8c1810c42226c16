"""Reaching, by inverse kinematics and by a learned actor, at the same targets."""

from __future__ import annotations

import time
from contextlib import closing
from functools import cache

import numpy as np

from tank_bench.skills.rows import Outcome, Row
from tank_core.geometry import Vector
from tank_core.pacing import TICK_S
from tank_core.robot import Robot, load_robot
from tank_core.robot_controller import RobotController
from tank_core.skill import Observation, Skill, SkillTarget
from tank_core.state import JointTrajectory, RobotState, TrajectoryPoint
from tank_executor.arm import ArmPlanner
from tank_executor.behaviors.learned.reaching import THERE_M
from tank_gym.scenes import ReachTargets
from tank_ik import Target
from tank_sim.mujoco_backend import MujocoBackend
from tank_skills import load_skill
from tank_skills.reacher import Arrival, ReachSpace

SKILL, ACTION, CLASSICAL, LEARNED = "reach", "grasp", "classical", "learned"
OWN = (LEARNED,)  # rows that a file of one's own may have
FILES = {robot: f"reach-{robot}" for robot in ("tank", "rasptank")}
# Targets over the body and behind it, too: the skill was trained for those ahead.
ANYWHERE = "targets anywhere"
SITUATIONS = (("ideal", ""), ("real", ""), ("ideal", ANYWHERE))
WANTED = {(LEARNED, "ideal", ""): 0.95}
ROWS = tuple(
    Row(SKILL, by, robot, realism, variant, WANTED.get((by, realism, variant)))
    for robot in FILES
    for realism, variant in SITUATIONS
    for by in (CLASSICAL, LEARNED)
)
PATIENCE_S = 4.0


def run(row: Row, seed: int) -> Outcome:
    """Reach the target of a seed from home, as fast as the joints may.

    Success: the tool is within 2 cm and still for 0.3 s, by the simulator's truth; ``seconds`` is
    when that time began. The robot claims it where its own joints tell THERE_M, as the executor
    does: joints err, so less than TOLERANCE_M is claimed.
    """
    robot = load_robot(row.robot)
    target = _targets(row.robot, row.variant == ANYWHERE).target(seed)
    with closing(MujocoBackend(robot, "empty", seed, realism=row.realism)) as backend:
        if row.by == CLASSICAL:
            mover: Classical | LearnedReach = Classical(robot, target)
        else:
            mover = LearnedReach(_skill(row.file or FILES[row.robot], row.robot), target)
        return _run(backend, mover, target)


def _run(backend: MujocoBackend, mover: Classical | LearnedReach, target: Vector) -> Outcome:
    controller, space = RobotController(backend), ReachSpace(backend.robot)
    state = controller.step(backend.time)
    truth, own = Arrival(target), Arrival(target, THERE_M)
    arrived: float | None = None
    rested = claimed = False
    # What is claimed must hold: a tool that is still on its way to rest is given that time.
    while state.time < PATIENCE_S and not (claimed and (rested or truth.since is None)):
        way = mover.next(state)
        if way is not None and (refused := controller.command_trajectory(way, state.time)):
            raise RuntimeError(refused)
        backend.advance(TICK_S)
        state = controller.step(backend.time)
        rested = truth.at_rest(state.time, backend.truth_tool())
        if truth.since is None:
            arrived = None
        elif rested and arrived is None:
            arrived = truth.since
        x, y, z = space.tool(state).tolist()
        claimed = own.at_rest(state.time, (x, y, z))
    return Outcome(rested, claimed, arrived or state.time, tuple(mover.decision_ms))


class Classical:
    """Solves once, and goes straight through joint space at full speed."""

    def __init__(self, robot: Robot, target: Vector) -> None:
        self._planner, self._target = _planner(robot.name), target
        self.decision_ms: list[float] = []

    def next(self, state: RobotState) -> JointTrajectory | None:
        """The way, at the first call."""
        if self.decision_ms:
            return None
        began = time.process_time()
        start = self._planner.positions(state.joints)
        goal = self._planner.solver.solve(Target(self._target), start).q
        way = self._planner.way(start, goal, share=1.0)
        self.decision_ms.append(1000 * (time.process_time() - began))
        return way


class LearnedReach:
    """Asks the skill for each step."""

    def __init__(self, skill: Skill, target: Vector) -> None:
        self._skill, self._target = skill, SkillTarget(place=target)
        self._next = -np.inf
        self.decision_ms: list[float] = []
        skill.reset()

    def next(self, state: RobotState) -> JointTrajectory | None:
        """The next step, when it is due."""
        if state.time < self._next - TICK_S / 2:
            return None
        began = time.process_time()
        chunk = self._skill.act(Observation(state, None, self._target))
        self.decision_ms.append(1000 * (time.process_time() - began))
        self._next = chunk.time + chunk.period * chunk.length
        assert chunk.joints is not None
        goal = TrajectoryPoint(TICK_S, tuple(chunk.joints[0].tolist()))
        return JointTrajectory(self._skill.card.joints, (goal,))


@cache
def _targets(robot: str, anywhere: bool) -> ReachTargets:
    return ReachTargets(load_robot(robot), anywhere)


@cache
def _planner(robot: str) -> ArmPlanner:
    return ArmPlanner(load_robot(robot))


@cache
def _skill(file: str, robot: str) -> Skill:
    return load_skill(file, load_robot(robot))
