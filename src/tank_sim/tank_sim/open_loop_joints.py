"""Joints without feedback, whose states are those they were told to have.

A driver of hobby servos knows no more. Pure.
"""

from __future__ import annotations

from tank_core.geometry import clamp
from tank_core.robot import Robot
from tank_core.state import JointState


class OpenLoopJoints:
    """Pulses that go to their targets no faster than the joints may.

    States are those of the pulses, with effort 0.
    """

    def __init__(self, robot: Robot) -> None:
        """At rest, as the simulation begins: arm at home, gripper open."""
        self._speeds = {name: robot.joint_velocity(name) for name in robot.joint_names}
        self._goals = dict(
            zip(robot.joint_names, (*robot.arm.home, robot.gripper.upper), strict=True)
        )
        self.states = {
            name: JointState(position, 0.0, 0.0) for name, position in self._goals.items()
        }

    def aim(self, name: str, target: float) -> None:
        """Tell a joint where to go [rad or m]."""
        self._goals[name] = target

    def stop(self) -> None:
        """Stay where the pulses are now."""
        self._goals = {name: state.position for name, state in self.states.items()}

    def step(self, duration: float) -> None:
        """Go on by ``duration`` [s]."""
        for name, goal in self._goals.items():
            here, farthest = self.states[name].position, self._speeds[name] * duration
            there = clamp(goal, here - farthest, here + farthest)
            self.states[name] = JointState(there, (there - here) / duration, 0.0)
