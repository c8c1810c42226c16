"""A simulated robot under its controller, as Gymnasium wants environments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

import gymnasium
import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from tank_core.exceptions import TankError
from tank_core.geometry import Pose2D
from tank_core.pacing import TICK_S
from tank_core.robot import Robot, load_robot
from tank_core.robot_controller import RobotController
from tank_core.state import Image, JointTrajectory, RobotState, TrajectoryPoint, Twist2D
from tank_sim.mujoco_backend import MujocoBackend
from tank_sim.realism.levels import Realism
from tank_sim.view.overview import overview
from tank_sim.worlds import World
from tank_skills.views import SMALL

RENDERED = (480, 360)  # width, height [px] of what ``render`` gives
SEEDS = 2**31  # scenes are numbered up to here


def tank_robot(robot: str | Robot, image: tuple[int, int] | None = None) -> Robot:
    """The robot of that name.

    With small images where ``image`` (width, height) [px] is given.
    """
    whole = load_robot(robot) if isinstance(robot, str) else robot
    if image is None:
        return whole
    return replace(whole, camera=replace(whole.camera, width=image[0], height=image[1]))


def image_space() -> spaces.Box:
    """Of images of the size SMALL."""
    return spaces.Box(0, 255, (SMALL[1], SMALL[0], 3), np.uint8)


class TankEnv(gymnasium.Env[Any, Any]):
    """A robot in a world, driven through RobotController; all others are one.

    So limits, clamps and the watchdog hold as they do for people. ``reset(options={"scene": 7})``
    begins in the scene of that number, whatever the seed; ``info["scene"]`` tells it.
    """

    metadata: ClassVar[dict[str, Any]] = {"render_modes": ["rgb_array"], "render_fps": 25}

    def __init__(
        self,
        robot: Robot,
        world: str | World,
        period: float,
        realism: str | Realism = "ideal",
        camera: bool = False,
        shadows: bool = False,
        render_mode: str | None = None,
    ) -> None:
        """``period`` [s] is that of a step.

        Raises TankError for what is not known.
        """
        if render_mode not in (None, *self.metadata["render_modes"]):
            raise TankError(f"render_mode is {render_mode!r}; it must be None or 'rgb_array'")
        self.render_mode, self.robot = render_mode, robot
        self.backend = MujocoBackend(robot, world, camera=camera, realism=realism, shadows=shadows)
        self._ticks = round(period / TICK_S)
        self.controller = RobotController(self.backend)
        self.state: RobotState = self.backend.read()

    def begin(self, seed: int | None, options: dict[str, Any] | None) -> int:
        """Seed the environment's dice; returns the number of the scene.

        Raises TankError for a scene that is no number.
        """
        super().reset(seed=seed)
        given = (options or {}).get("scene")
        if given is None:
            return int(self.np_random.integers(SEEDS))
        if not isinstance(given, int) or not 0 <= given < SEEDS:
            raise TankError(f"scene is {given!r}; it must be a whole number, 0 or more")
        return given

    def put(self, seed: int, start: Pose2D | None = None) -> None:
        """Begin again in the simulation; ``seed`` is its own."""
        self.backend.reset(seed, start=start)
        self.controller = RobotController(self.backend)
        self.state = self.controller.step(self.backend.time)

    def drive(
        self, twist: Twist2D | None = None, joints: Sequence[float] = (), names: Sequence[str] = ()
    ) -> None:
        """Send a velocity and joint targets, and let a step's time pass."""
        if names:
            way = JointTrajectory(
                tuple(names), (TrajectoryPoint(TICK_S, tuple(map(float, joints))),)
            )
            refused = self.controller.command_trajectory(way, self.state.time)
            if refused:
                raise TankError(refused)
        for _ in range(self._ticks):
            if twist is not None:
                self.controller.command_twist(twist, self.state.time)
            self.tick()

    def tick(self) -> None:
        """Let one control period pass."""
        self.backend.advance(TICK_S)
        self.state = self.controller.step(self.backend.time)

    def image(self, taken_after: float = 0.0) -> Image:
        """The newest image of the robot's own camera.

        Waits for the first, and for one that was taken after a time [s]. Raises TankError where
        there are no images.
        """
        while (frame := self.backend.camera()) is None or frame.time < taken_after - TICK_S / 2:
            if self.backend.camera_problem:
                raise TankError(self.backend.camera_problem)
            self.tick()
        return frame.rgb

    def render(self) -> npt.NDArray[np.uint8] | None:
        """A picture (height, width, 3) of the robot and what is around it."""
        return None if self.render_mode is None else overview(self.backend, RENDERED)

    def close(self) -> None:
        """Let go of the simulation and its renderer. Idempotent."""
        self.backend.close()
