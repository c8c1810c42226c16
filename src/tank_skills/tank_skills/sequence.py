"""The action transformer at run time: pick a thing up, put it into a cell."""

from __future__ import annotations

import math

import numpy as np

from tank_core.robot import Robot
from tank_core.skill import Observation
from tank_core.state import Array

PERIOD_S = 0.1  # between two actions


def features(robot: Robot, seen: Observation) -> Array:
    """Return what the network is told of an observation, (joints + 9,).

    The joints' positions [rad or m], the gripper's effort as a share of the most it has, and for
    the thing and the goal x, y [m] in base_link with their bearing [rad] and distance [m] from the
    arm's first joint. Training, environment and robot all use this function.
    """
    place, goal = seen.target.place, seen.target.goal
    assert place is not None and goal is not None
    effort = seen.state.joints[robot.gripper.joint].effort / robot.gripper.effort
    places = [part for spot in (place, goal) for part in _polar(robot, spot[0], spot[1])]
    return np.array([*seen.state.positions(robot.joint_names), effort, *places])


def _polar(robot: Robot, x: float, y: float) -> tuple[float, float, float, float]:
    base = robot.arm.joints[0].origin
    return x, y, math.atan2(y - base[1], x - base[0]), math.hypot(x - base[0], y - base[1])
