"""Drive through a gate by the camera: ``tank/Gate-v0``."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from tank_core.robot import Robot
from tank_core.state import Image, Twist2D
from tank_gym.base import TankEnv, image_space, tank_robot
from tank_gym.scenes import gate_scene
from tank_sim.realism.levels import Realism
from tank_sim.worlds.gate_starts import GATES, GateScene
from tank_skills.views import SMALL

PERIOD_S = 0.1
BEYOND_M = 0.4  # the middle of the robot is to get so far behind the gate
STRAY_M = 2.6  # from the gate: the robot is lost
PASSED, TOUCHED = 5.0, -5.0  # rewards; and a meter of way toward the place behind the gate gives 1


class GateEnv(TankEnv):
    """A robot before one of the gates of the world ``gates``.

    Observation: the camera's image (48, 64, 3) uint8. Action (2,): linear and angular velocity,
    1 is the most that the robot may. An episode ends behind the gate, where the robot touches a
    gate, and where it has lost its way.
    """

    def __init__(
        self,
        robot: str | Robot = "tank",
        realism: str | Realism = "ideal",
        shadows: bool = False,
        render_mode: str | None = None,
    ) -> None:
        super().__init__(
            tank_robot(robot, SMALL), GATES, PERIOD_S, realism, True, shadows, render_mode
        )
        self.observation_space = image_space()
        self.action_space = spaces.Box(-1.0, 1.0, (2,), np.float32)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Image, dict[str, Any]]:
        """Begin before a gate."""
        number = self.begin(seed, options)
        self.scene: GateScene = gate_scene(self.robot, number)
        self.put(self.scene.world_seed, self.scene.start)
        image = self.image()
        self._left = self._way_left()
        return image, {"scene": number}

    def step(
        self, action: npt.NDArray[np.float32]
    ) -> tuple[Image, float, bool, bool, dict[str, Any]]:
        """Drive for PERIOD_S."""
        linear, angular = np.clip(action, -1.0, 1.0).tolist()
        most = self.robot.drive
        self.drive(Twist2D(linear * most.max_linear, angular * most.max_angular))
        pose = self.scene.local(self.backend.truth())
        touched = bool(self.backend.touched())
        inside = abs(pose.y) < self.scene.gate.width / 2
        passed = not touched and inside and pose.x >= BEYOND_M
        before, self._left = self._left, self._way_left()
        reward = before - self._left + PASSED * passed + TOUCHED * touched
        lost = math.hypot(pose.x, pose.y) > STRAY_M or (pose.x > 0.0 and not inside)
        return self.image(), reward, passed or touched or lost, False, {"is_success": passed}

    def _way_left(self) -> float:
        """The way [m] to the place behind the gate, through its middle."""
        pose = self.scene.local(self.backend.truth())
        if pose.x >= 0.0:
            return math.dist((pose.x, pose.y), (BEYOND_M, 0.0))
        return math.hypot(pose.x, pose.y) + BEYOND_M
