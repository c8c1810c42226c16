"""Inverse kinematics for the robot's arm.

Pure numpy, away from the live simulation.
"""

from tank_ik.chain import Chain
from tank_ik.solver import Solver
from tank_ik.target import IkResult, Target

__all__ = ["Chain", "IkResult", "Solver", "Target"]
