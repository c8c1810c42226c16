"""Rendered scenes for tests.

Objects in a simulated world, a robot put where the test wants it, and what a bad camera does to an
image.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from tank_core.commands import Color, Shape
from tank_core.geometry import wxyz_from_yaw
from tank_core.robot import Robot
from tank_core.state import Image, Pose2D
from tank_perception.view import View
from tank_sim.mujoco_backend import MujocoBackend
from tank_sim.worlds import World, WorldObject, on_floor


class Stage:
    """A world with these objects.

    The simulation's own camera, and never its physics, so everything stays where it is put.
    """

    def __init__(self, robot: Robot, objects: Sequence[WorldObject]) -> None:
        self.robot = robot
        self.backend = MujocoBackend(robot, World("stage", tuple(objects)), camera=True)
        self.start = self.backend.data.qpos.copy()
        self.taken = 0

    def shoot(
        self, base: Pose2D | None = None, arm: Sequence[float] | None = None, finger: float = 0.04
    ) -> tuple[Image, View]:
        """An image, and from where it was taken.

        ``arm`` [rad], ``finger``: how far each finger is from the middle [m].
        """
        base, arm = base or Pose2D(), self.robot.arm.home if arm is None else arm
        data, model = self.backend.data, self.backend.model
        data.qpos[:] = self.start
        data.qpos[:2] = base.x, base.y
        data.qpos[3:7] = wxyz_from_yaw(base.yaw)
        positions = dict(zip(self.robot.arm.joint_names, arm, strict=True)) | {
            "left_finger": finger,
            "right_finger": finger,
        }
        for name, position in positions.items():
            data.qpos[model.joint(name).qposadr[0]] = position
        self.taken += 1
        data.time = float(self.taken)  # a new image each time, not the last one again
        frame = self.backend.camera()
        assert frame is not None, self.backend.camera_problem
        return frame.rgb, View.of(self.robot, base, self.joints(arm, finger))

    def joints(self, arm: Sequence[float], finger: float) -> Mapping[str, float]:
        gripper = self.robot.gripper
        return dict(zip(self.robot.arm.joint_names, arm, strict=True)) | {
            gripper.joint: gripper.position(2 * finger)
        }

    def put(self, name: str, place: Sequence[float]) -> None:
        """An object somewhere else [m], also in the air."""
        address = self.backend.model.joint(name).qposadr[0]
        self.start[address : address + 3] = place

    def close(self) -> None:
        self.backend.close()


def every_kind(row: float = 0.45) -> list[WorldObject]:
    """Each color in each shape.

    Three rows across, the first one ``row`` [m] ahead of the robot, each shape in each row.
    """
    colors, kinds = list(Color), list(Shape)
    return [
        on_floor(
            color,
            kinds[(line + column) % 3],
            0.04,
            (row + 0.15 * line, 0.11 * (column - 3.5)),
            0.4 * column + line,
        )
        for line in range(3)
        for column, color in enumerate(colors)
    ]


def spoiled(rgb: Image, brightness: float, noise: float = 4.0, seed: int = 0) -> Image:
    """Return the image in other light, with noise of this deviation."""
    image = rgb * brightness + np.random.default_rng(seed).normal(0.0, noise, rgb.shape) * (
        noise > 0
    )
    return np.clip(np.rint(image), 0, 255).astype(np.uint8)


def in_base(point: Sequence[float], base: Pose2D) -> npt.NDArray[np.float64]:
    """A point of the world [m] in base_link."""
    return np.array([*base.to_local((point[0], point[1])), point[2]])
