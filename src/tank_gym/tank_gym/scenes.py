"""Scenes by number: the same number is the same scene, for environments and trainers.

Every random number is drawn from dice of that number and of the task's name. Pure.
"""

from __future__ import annotations

import random

import numpy as np

from tank_core.geometry import Vector
from tank_core.robot import Robot
from tank_core.robot.arm_room import ROOM_M, ArmRoom
from tank_core.state import Array
from tank_ik import Chain

POSTURES = 16  # drawn at once
OVER_FLOOR_M = 0.015  # of a target


def dice(task: str, number: int) -> random.Random:
    """The dice of a scene. Of text, so that they are the same in every process."""
    return random.Random(f"{task} {number}")


class ReachTargets:
    """Places that the hand of one robot's arm can be brought to.

    Each is the tool's place in a posture drawn at random, in which the arm has room to the floor
    and to the robot's own body.
    """

    def __init__(self, robot: Robot) -> None:
        self._chain, self._room = Chain.from_robot(robot), ArmRoom(robot)

    def postures(self, drawn: np.random.Generator, count: int) -> Array:
        """Draw ``count`` postures [rad] (count, n) with room."""
        found = np.zeros((0, len(self._chain)))
        while len(found) < count:
            some = drawn.uniform(self._chain.lower, self._chain.upper, (POSTURES, len(self._chain)))
            found = np.concatenate([found, some[self._room.least(some) >= ROOM_M]])
        return found[:count]

    def target(self, number: int) -> Vector:
        """The target [m] in base_link of a scene."""
        drawn = np.random.default_rng([number, 3])
        while True:
            for posture in self.postures(drawn, 1):
                x, y, z = self._chain.forward(posture)[0].tolist()
                if z >= OVER_FLOOR_M:
                    return x, y, z
