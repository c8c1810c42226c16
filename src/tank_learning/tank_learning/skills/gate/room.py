"""A simulated tank before a gate: what it sees, and what it drives."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from types import TracebackType

from tank_core.exceptions import TankError
from tank_core.geometry import Pose2D
from tank_core.pacing import TICK_S
from tank_core.robot import Robot, load_robot
from tank_core.robot_controller import RobotController
from tank_core.state import CameraFrame, RobotState, Twist2D
from tank_learning.skills.gate.scenes import scene
from tank_sim.mujoco_backend import MujocoBackend
from tank_sim.realism.levels import Realism
from tank_sim.ticking import pass_ticks
from tank_sim.worlds import build_world
from tank_sim.worlds.gate_starts import GATES, USUAL, GateScene, Region
from tank_skills.driver import IMAGE, PERIOD_S

ROBOT = "tank"
TICKS = round(PERIOD_S / TICK_S)
# The camera's images: small without shadows (fast), small, or as the robot's and shrunk.
PLAIN, SHADED, SHRUNK = "plain", "shaded", "shrunk"
VIEWS = (PLAIN, SHADED, SHRUNK)


class GateRoom:
    """The world of the gates, where each seed is a start before one of them."""

    def __init__(
        self,
        view: str = PLAIN,
        realism: str | Realism = "ideal",
        region: Region = USUAL,
        brightness: float = 1.0,
    ) -> None:
        """``view``: one of VIEWS. ``brightness`` of the light: 1 is a lit room."""
        whole = load_robot(ROBOT)
        self.robot = whole if view == SHRUNK else small_eyed(whole)
        self.region, self._brightness = region, brightness
        self._make = partial(
            MujocoBackend, self.robot, camera=True, realism=realism, shadows=view != PLAIN
        )
        self.backend = self._make(GATES)

    def __enter__(self) -> GateRoom:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.backend.close()

    def reset(self, seed: int) -> None:
        """Put the robot to the start of a seed."""
        self.scene: GateScene = scene(self.robot, seed, self.region)
        if self._brightness != 1.0:  # light is compiled in
            self.backend.close()
            world = build_world(GATES, self.robot, self.scene.world_seed)
            dimmed = replace(world.scene, brightness=self._brightness)
            self.backend = self._make(replace(world, scene=dimmed))
        self.backend.reset(self.scene.world_seed, start=self.scene.start)
        self._controller = RobotController(self.backend)
        self.state: RobotState = self._controller.step(0.0)

    def step(self, twist: Twist2D) -> None:
        """Drive with a velocity for a period of the skill."""
        self._controller.command_twist(twist, self.state.time)
        self.state = pass_ticks(self.backend, self._controller, self.state, TICKS)

    @property
    def frame(self) -> CameraFrame | None:
        """The camera's newest image.

        None where none has come out yet. Raises TankError where there are no images.
        """
        frame = self.backend.camera()
        if frame is None and self.backend.camera_problem:
            raise TankError(self.backend.camera_problem)
        return frame

    @property
    def pose(self) -> Pose2D:
        """The robot's true pose in the gate's frame."""
        return self.scene.local(self.backend.truth())

    @property
    def touched(self) -> bool:
        """Whether the robot has touched a gate."""
        return bool(self.backend.touched())


def small_eyed(robot: Robot) -> Robot:
    """The same robot with a camera of the size that the skill looks at."""
    width, height = IMAGE
    return replace(robot, camera=replace(robot.camera, width=width, height=height))
