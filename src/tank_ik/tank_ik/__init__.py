"""Solves the robot's arm: joint positions that put the hand where it shall be.

``Solver`` is the door; ``Target`` and ``IkResult`` are its question and its answer, ``Chain`` is
the arm. Pure numpy: no simulation is needed or disturbed.
"""

from tank_ik.chain import Chain
from tank_ik.solver import Solver
from tank_ik.target import IkResult, Target

__all__ = ["Chain", "IkResult", "Solver", "Target"]
