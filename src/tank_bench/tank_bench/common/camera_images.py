"""Images of the robot's camera while it turns in the simulated playground.

To try and to measure with, where there is no camera.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tank_core.exceptions import TankError
from tank_core.robot import load_robot
from tank_core.state import Pose2D, RobotCommand, Twist2D
from tank_sim.mujoco_backend import MujocoBackend

WORLD, SEED = "playground", 3
TURN = 0.8  # [rad/s]


@dataclass(frozen=True)
class PassingImage:
    """An image, rgb8 (height, width, 3), and where the robot was.

    ``time`` [s]; ``base`` by its odometry; ``joints`` [rad, m].
    """

    time: float
    rgb: npt.NDArray[np.uint8]
    base: Pose2D
    joints: Mapping[str, float]


def passing_by(robot: str, count: int, rate: float) -> Iterator[PassingImage]:
    """``count`` images at ``rate`` [Hz] of the robot's time.

    Raises TankError where nothing can be rendered.
    """
    with closing(MujocoBackend(load_robot(robot), WORLD, SEED, camera=True)) as backend:
        backend.apply(RobotCommand(Twist2D(0.0, TURN)))
        for _ in range(count):
            backend.advance(1.0 / rate)
            frame, state = backend.camera(), backend.read()
            if frame is None:
                raise TankError(f"there are no images to measure with: {backend.camera_problem}")
            yield PassingImage(
                frame.time,
                frame.rgb,
                state.odometry.pose,
                {name: joint.position for name, joint in state.joints.items()},
            )
