"""Brings the hand's tool center point to a place: steps of the arm's joints.

One place for trainer, environment and robot: what the network is told, what its answer does, and
what it is to have arrived.
"""

from __future__ import annotations

import math

import numpy as np

from tank_core.exceptions import ModelError, TankError
from tank_core.geometry import Vector
from tank_core.robot import Robot
from tank_core.robot.frames import link_poses
from tank_core.skill import Chunk, Observation
from tank_core.state import Array, Floats, RobotState
from tank_skills.skill_file import SkillFile

PERIOD_S = 0.04  # between two steps
LEAD_S = 0.2  # at full speed: targets run ahead of an arm that is held up by this at most
TOLERANCE_M = 0.02  # from the target
REST_S = 0.3
STILL_M = 0.005  # which the tool may stray in that time
# What lengths are multiplied by for the network [1/m]: places, and the way that is left.
PLACES, WAY = 3.0, 10.0


class ReachSpace:
    """The joints of one robot's arm as a reaching network sees and moves them."""

    def __init__(self, robot: Robot) -> None:
        self._arm, self.names = robot.arm, robot.arm.joint_names
        self.lower, self.upper = np.array([robot.joint_limits(name) for name in self.names]).T
        self.speeds: Array = np.array([robot.joint_velocity(name) for name in self.names])

    def __len__(self) -> int:
        """The number of joints, n."""
        return len(self.names)

    @property
    def inputs(self) -> int:
        """The number of inputs of the network."""
        return 2 * len(self) + 9

    def joints(self, state: RobotState) -> Floats:
        """The joints as a network is told: (2n,).

        Positions as -1 to 1 of their limits, then velocities as shares of the greatest. Readings
        beyond a limit are cut off.
        """
        share = (state.positions(self.names) - self.lower) / (self.upper - self.lower)
        speeds = np.array([state.joints[name].velocity for name in self.names]) / self.speeds
        return np.concatenate([(2 * share - 1).clip(-1, 1), speeds.clip(-2, 2)]).astype(np.float32)

    def tool(self, state: RobotState) -> Array:
        """The tool center point [m] in base_link, as the joints tell it: (3,)."""
        positions = {name: state.joints[name].position for name in self.names}
        rotation, place = link_poses(self._arm, positions)[-1]
        tip: Array = place + rotation @ np.array(self._arm.tool)
        return tip

    def aim(self, last: Array, state: RobotState, action: Floats) -> Array:
        """The joints' next targets [rad] (n,).

        ``last``: those before. ``action`` (n,): 1 is a step at the joint's full speed, and what is
        smaller counts as its square, so that an arm can rest. Within limits, and never far ahead
        of the joints.
        """
        return self.aim_from(last, state.positions(self.names), action)

    def aim_from(self, last: Array, measured: Array, action: Floats) -> Array:
        """The same from measured positions [rad] (..., n), also of many arms."""
        lead = self.speeds * LEAD_S
        share = np.clip(action.astype(float), -1.0, 1.0)
        step = share * np.abs(share) * self.speeds * PERIOD_S
        targets: Array = np.clip(last, measured - lead, measured + lead) + step
        return targets.clip(self.lower, self.upper)


def network_input(joints: Floats, tool: Array | Floats, target: Array | Floats) -> Floats:
    """The input (..., 2n + 9) of a reaching network.

    Joints as ``ReachSpace.joints`` has them; tool and target [m] in base_link.
    """
    parts = (joints, tool * PLACES, target * PLACES, (target - tool) * WAY)
    return np.concatenate(parts, axis=-1).astype(np.float32)


class Arrival:
    """Watches whether a tool has come to rest at its target. Pure."""

    def __init__(self, target: Vector, tolerance: float = TOLERANCE_M) -> None:
        """``target`` [m] is in the frame of the tool's places.

        ``tolerance`` [m] is the distance from it that counts as there.
        """
        self._target, self._tolerance = target, tolerance
        self._since: tuple[float, Vector] | None = None  # when it came to be still, and where

    def at_rest(self, now: float, tool: Vector) -> bool:
        """Whether the tool is near enough and has been still for REST_S.

        ``tool`` [m] is its place at ``now`` [s].
        """
        if math.dist(tool, self._target) > self._tolerance:
            self._since = None
        elif self._since is None or math.dist(tool, self._since[1]) > STILL_M:
            self._since = now, tool
        return self._since is not None and now - self._since[0] >= REST_S - 1e-6

    @property
    def since(self) -> float | None:
        """The time [s] at which it came to be still there.

        None where it is not.
        """
        return None if self._since is None else self._since[0]


class Reacher:
    """The skill at run time; it remembers what it has told the joints."""

    def __init__(self, file: SkillFile, robot: Robot) -> None:
        """Raises ModelError where the network does not fit the robot's arm."""
        self.card, self._space = file.card, ReachSpace(robot)
        self._actor = file.network("actor")
        if self.card.joints != self._space.names:
            raise ModelError(
                f"skill {self.card.name} moves {', '.join(self.card.joints) or 'no joints'}; the "
                f"arm of {robot.name} has {', '.join(self._space.names)}; train it again"
            )
        answer = self._actor(np.zeros((1, self._space.inputs), np.float32))
        if answer.shape != (1, 2 * len(self._space)):
            raise ModelError(
                f"the network of skill {self.card.name} answers with {answer.shape} numbers, "
                f"wanted {(1, 2 * len(self._space))}; train it again"
            )
        self.reset()

    def reset(self) -> None:
        """Forget targets and place: another try begins."""
        self._aim: Array | None = None
        self._arrival: Arrival | None = None
        self._target: Vector | None = None

    def act(self, seen: Observation) -> Chunk:
        """Propose the next step.

        Raises TankError where the target has no place.
        """
        target = seen.target.place
        if target is None:
            raise TankError(
                f"skill {self.card.name} was told no place to reach; give one in base_link"
            )
        if self._arrival is None or target != self._target:
            self._arrival, self._target = Arrival(target), target
        state, tool = seen.state, self._space.tool(seen.state)
        joints = network_input(self._space.joints(state), tool, np.array(target))
        last = state.positions(self._space.names) if self._aim is None else self._aim
        self._aim = self._space.aim(last, state, greedy(self._actor(joints[None])[0]))
        x, y, z = tool.tolist()
        end = float(self._arrival.at_rest(state.time, (x, y, z)))
        return Chunk(state.time, PERIOD_S, joints=self._aim[None], end=np.array([end]))


def greedy(answer: Floats) -> Floats:
    """The best action (n,) of an actor's answer (2n,).

    That has means, then the spreads of exploring.
    """
    best: Floats = np.tanh(answer[: len(answer) // 2])
    return best
