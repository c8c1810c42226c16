"""Addresses of the robot's parts in MuJoCo's arrays."""

from __future__ import annotations

import math
from itertools import pairwise

import mujoco
import numpy as np

from tank_core.robot import Robot
from tank_sim.mjcf import names


class Parts:
    """Addresses and indices of a compiled model, looked up once."""

    def __init__(self, model: mujoco.MjModel, robot: Robot) -> None:
        left, right = robot.drive.wheel_joints
        gripper = robot.gripper
        # The robot's name of each joint -> MuJoCo's name of the joint, and of what drives it.
        driven = {name: (name, name) for name in (*robot.arm.joint_names, left, right)}
        driven[gripper.joint] = (names.LEFT_FINGER, names.GRIP)
        self.names = tuple(driven)
        self.positions = np.array([model.joint(joint).qposadr[0] for joint, _ in driven.values()])
        self.speeds = np.array([model.joint(joint).dofadr[0] for joint, _ in driven.values()])
        self.forces = np.array([model.actuator(actuator).id for _, actuator in driven.values()])
        # How a servo's angle error [rad] becomes an error of the position: wheels have encoders;
        # the fingers' whole way is a quarter turn.
        noisy = dict.fromkeys(robot.arm.joint_names, 1.0) | {
            gripper.joint: (gripper.upper - gripper.lower) / (math.pi / 2)
        }
        self.noisy = np.array([noisy.get(name, 0.0) for name in driven])
        self.left, self.right = model.actuator(left).id, model.actuator(right).id
        self.wheel_positions = int(model.joint(left).qposadr[0]), int(model.joint(right).qposadr[0])
        self.actuators = {name: model.actuator(driven[name][1]).id for name in robot.joint_names}
        self.arm_positions = {
            name: int(model.joint(name).qposadr[0]) for name in robot.arm.joint_names
        }
        self._travel = sorted((gap / 2, position) for position, gap in gripper.opening)
        (near, low), (far, high) = self._travel[0], self._travel[-1]
        self.ratio = (high - low) / (far - near)  # of the gripper joint's speed to one finger's
        self.fingers = {model.geom(names.LEFT_FINGER).id, model.geom(names.RIGHT_FINGER).id}
        self.floor = model.geom("floor").id
        self.base_site = model.site("base_link").id

    def gripper_position(self, finger: float) -> float:
        """The gripper joint's position where one finger has gone this far [m].

        Beyond the ends, as contacts give, the line goes on.
        """
        pairs = pairwise(self._travel)
        (start, low), (end, high) = next(
            (pair for pair in pairs if finger <= pair[1][0]), (self._travel[-2], self._travel[-1])
        )
        return low + (finger - start) * (high - low) / (end - start)
