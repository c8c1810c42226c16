"""Prints the memory [MB] that a skill adds to the robot's process.

``python tests/skill_memory.py SKILL ROBOT``.
"""

from __future__ import annotations

import sys

import cv2
import numpy as np

from tank_core.commands import Cell
from tank_core.io.process_memory import memory_mb
from tank_core.robot import load_robot
from tank_core.skill import Observation, SkillTarget
from tank_core.state import CameraFrame, JointState, RobotState
from tank_executor.plan_runner import PlanRunner

if __name__ == "__main__":
    robot = load_robot(sys.argv[2])
    runner = PlanRunner(robot)
    rgb = np.zeros((robot.camera.height, robot.camera.width, 3), np.uint8)
    cv2.cvtColor(rgb, cv2.COLOR_RGB2HSV)  # perception is in the same process
    joints = {name: JointState(position) for name, position in robot.rest_positions.items()}
    before = memory_mb("VmRSS")
    from tank_skills import load_skill

    skill = load_skill(sys.argv[1], robot)
    color = next(iter(skill.card.colors), None)
    place, goal = ((*robot.cell(cell), 0.1) for cell in (Cell.FRONT, Cell.LEFT))
    target = SkillTarget(color, place=place, goal=goal)
    for second in range(5):
        state = RobotState(float(second), joints=joints)
        skill.act(Observation(state, CameraFrame(float(second), rgb), target))
    print(memory_mb("VmRSS") - before)
