"""Bring the hand to a place: ``tank/Reach-v0``."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from tank_core.geometry import Vector
from tank_core.robot import Robot
from tank_core.state import Array
from tank_gym.base import TankEnv, tank_robot
from tank_gym.scenes import ReachTargets
from tank_sim.realism.levels import Realism
from tank_skills.reacher import PERIOD_S, TOLERANCE_M, Arrival, ReachSpace

LARGEST_M = 2.0  # no place is farther away
AWAY, OUTSIDE = 5.0, 1.0  # costs of a step: of each meter, and of being outside TOLERANCE_M

Observation = dict[str, npt.NDArray[np.float32]]


class ReachEnv(TankEnv):
    """The arm of a standing robot, and a target for its hand to rest at.

    Observation: "observation" (2n,), the joints' positions and velocities as -1 to 1 of what they
    may be; "achieved_goal" and "desired_goal" (3,), the tool's place and the target [m] in
    base_link. Action (n,): steps of the joints, 1 is full speed for PERIOD_S (smaller ones count
    as their squares: ``ReachSpace.aim``). An episode ends when
    the hand has been within TOLERANCE_M and still for 0.3 s, by the simulator's truth.
    """

    def __init__(
        self,
        robot: str | Robot = "tank",
        realism: str | Realism = "ideal",
        render_mode: str | None = None,
        anywhere: bool = False,
    ) -> None:
        """``anywhere``: targets lie over the body and behind it, too."""
        super().__init__(
            tank_robot(robot), "empty", PERIOD_S, realism=realism, render_mode=render_mode
        )
        self.space = ReachSpace(self.robot)
        self.targets = ReachTargets(self.robot, anywhere)
        count, box = len(self.space), spaces.Box
        place = box(-LARGEST_M, LARGEST_M, (3,), np.float32)
        joints = box(-2.0, 2.0, (2 * count,), np.float32)
        self.observation_space = spaces.Dict(
            {"observation": joints, "achieved_goal": place, "desired_goal": place}
        )
        self.action_space = box(-1.0, 1.0, (count,), np.float32)
        self.target: Vector = (0.0, 0.0, 0.0)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """Begin with the arm at home.

        ``options``: "scene", its number; "target", a place [m] of one's own; "stay", true where
        the arm shall begin where it is now.
        """
        options = options or {}
        scene = self.begin(seed, options)
        if not options.get("stay"):
            self.put(scene)
            self.aim: Array = self.state.positions(self.space.names)
        self.target = tuple(options.get("target") or self.targets.target(scene))
        self._arrival = Arrival(self.target)
        return self._seen(), {"scene": scene}

    def step(
        self, action: npt.NDArray[np.float32]
    ) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        """Move the joints by a step."""
        self.aim = self.space.aim(self.aim, self.state, action)
        self.drive(joints=self.aim.tolist(), names=self.space.names)
        seen = self._seen()
        distance = math.dist(self.backend.truth_tool(), self.target)
        info = {"is_success": self.rested, "distance": distance}
        reward = float(self.compute_reward(seen["achieved_goal"], seen["desired_goal"], info))
        return seen, reward, self.rested, False, info

    @property
    def rested_since(self) -> float | None:
        """The time [s] at which the tool came to be still at the target.

        None where it is not.
        """
        return self._arrival.since

    def tick(self) -> None:
        super().tick()
        self.rested = self._arrival.at_rest(self.state.time, self.backend.truth_tool())

    def compute_reward(self, achieved: Any, desired: Any, info: Any) -> Any:
        """The reward (...,) for a tool's place and another target.

        Both are (..., 3) [m]. So hindsight can ask what another target would have given.
        """
        return reward(np.linalg.norm(np.asarray(achieved) - np.asarray(desired), axis=-1))

    def _seen(self) -> Observation:
        return {
            "observation": self.space.joints(self.state),
            "achieved_goal": self.space.tool(self.state).astype(np.float32),
            "desired_goal": np.array(self.target, np.float32),
        }


def reward(away: Any) -> Any:
    """The reward of a step that ended ``away`` [m] from the target.

    Never positive, and best at the target: an arm that rests there gives away nothing.
    """
    return -AWAY * away - OUTSIDE * np.minimum(away / TOLERANCE_M, 1.0)
