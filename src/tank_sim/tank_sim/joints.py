"""The simulated robot's joints by its own names, over MuJoCo's arrays."""

from __future__ import annotations

import mujoco

from tank_core.geometry import clamp
from tank_core.robot import Robot
from tank_core.state import JointState
from tank_sim.mjcf.addresses import Parts
from tank_sim.open_loop_joints import OpenLoopJoints
from tank_sim.realism.imperfections import Imperfections


class SimulatedJoints:
    """Arm, gripper and wheels: their states, and targets of arm and gripper.

    A robot without joint feedback is told its joints' states by its own pulses.
    """

    def __init__(
        self, data: mujoco.MjData, robot: Robot, parts: Parts, faults: Imperfections
    ) -> None:
        self._data, self._robot, self._parts, self._faults = data, robot, parts, faults
        self.reset()

    def reset(self) -> None:
        """Begin again, with the arm at home and the gripper open."""
        self._open_loop = None if self._robot.joint_feedback else OpenLoopJoints(self._robot)

    def states(self) -> dict[str, JointState]:
        """Arm and wheels, and the gripper as the robot's own joint.

        Its effort is the squeeze (negative: closing) [N].
        """
        parts, data = self._parts, self._data
        where = data.qpos[parts.positions]
        if self._faults.active:
            where = where + self._faults.joint_errors * parts.noisy
        speed, force = data.qvel[parts.speeds], data.actuator_force[parts.forces]
        values = zip(parts.names, where.tolist(), speed.tolist(), force.tolist(), strict=True)
        joints = {name: JointState(*value) for name, *value in values}
        finger = joints[self._robot.gripper.joint]
        joints[self._robot.gripper.joint] = JointState(
            parts.gripper_position(finger.position), finger.velocity * parts.ratio, finger.effort
        )
        return joints if self._open_loop is None else joints | self._open_loop.states

    def aim(self, name: str, target: float) -> float:
        """Send a joint to a target [rad or m]; returns the one in force.

        That is within the joint's limits.
        """
        lower, upper = self._robot.joint_limits(name)
        applied = clamp(target, lower, upper)
        if self._open_loop is None:
            self._servo(name, applied)
        else:
            self._open_loop.aim(name, applied)
        return applied

    def stop(self) -> None:
        """Hold every joint of the arm where it is, or where its pulses are."""
        if self._open_loop is not None:
            self._open_loop.stop()
            return
        for name, address in self._parts.arm_positions.items():
            self._data.ctrl[self._parts.actuators[name]] = self._data.qpos[address]

    def step(self, duration: float) -> None:
        """Let ``duration`` [s] pass for pulses to servos without feedback."""
        if self._open_loop is not None:
            self._open_loop.step(duration)
            for name, state in self._open_loop.states.items():
                self._servo(name, state.position)

    def _servo(self, name: str, target: float) -> None:
        gripper, actuator = self._robot.gripper, self._parts.actuators[name]
        if name == gripper.joint:
            self._data.ctrl[actuator] = gripper.gap(target)
        else:
            last = self._data.ctrl[actuator]
            self._data.ctrl[actuator] = self._faults.servo_target(target, last)
