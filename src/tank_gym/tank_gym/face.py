"""Turn until a thing is in the middle of the image: ``tank/Face-v0``."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from gymnasium import spaces

from tank_core.commands import Color
from tank_core.exceptions import TankError
from tank_core.geometry import wrap
from tank_core.pacing import TICK_S
from tank_core.robot import Robot
from tank_core.skill import FACED_RAD
from tank_core.state import Image, Twist2D
from tank_gym.base import TankEnv, image_space, tank_robot
from tank_gym.scenes import face_world, strewn
from tank_sim.realism.levels import Realism
from tank_skills.turning import HOLD, SIZE, TURNS_DEG, turn_profile

SETTLE_S = 0.1  # after a turn, before the image
RIGHT, WRONG = 1.0, -1.0  # rewards of saying that it is in the middle


class FaceEnv(TankEnv):
    """A robot that turns on the spot among things; one has the wanted color.

    Observation: the camera's image (48, 64, 3) uint8, after each turn. Action: one of TURNS_DEG;
    the one of 0 degrees says that the thing is in the middle, and ends the episode.
    """

    def __init__(
        self,
        robot: str | Robot = "rasptank",
        color: str = "red",
        realism: str | Realism = "ideal",
        shadows: bool = False,
        render_mode: str | None = None,
    ) -> None:
        world = face_world()
        colors = [str(thing.color) for thing in world.objects]
        if color not in colors:
            raise TankError(f"color is {color!r}; there are things of {', '.join(colors)}")
        super().__init__(
            tank_robot(robot, SIZE), world, TICK_S, realism, True, shadows, render_mode
        )
        self._wanted = next(thing for thing in world.objects if thing.color == color)
        self.observation_space = image_space()
        self.action_space = spaces.Discrete(len(TURNS_DEG))

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Image, dict[str, Any]]:
        """Strew the things anew."""
        number = self.begin(seed, options)
        self.put(number)
        for thing in strewn(self.backend.world, Color(self._wanted.color), number):
            self.backend.place(thing.name, thing.position, thing.yaw)
        return self.image(), {"scene": number}

    def step(self, action: int | np.int64) -> tuple[Image, float, bool, bool, dict[str, Any]]:
        """Turn, stand, and look."""
        hold = int(action) == HOLD
        if not hold:
            for speed in turn_profile(math.radians(TURNS_DEG[int(action)])).tolist():
                self.drive(Twist2D(0.0, speed))
            stood = self.state.time
            self.controller.command_twist(Twist2D(), stood)
            while self.state.time < stood + SETTLE_S:
                self.tick()
        off = abs(self.bearing())
        success = hold and off <= FACED_RAD
        reward = (RIGHT if success else WRONG) if hold else -off
        image = self.image() if hold else self.image(taken_after=stood)
        return image, reward, hold, False, {"is_success": success, "bearing": self.bearing()}

    def bearing(self) -> float:
        """The true bearing [rad] of the wanted thing, to the left positive."""
        pose, thing = self.backend.truth(), self.backend.objects()[self._wanted.name]
        return wrap(math.atan2(thing.y - pose.y, thing.x - pose.x) - pose.yaw)
