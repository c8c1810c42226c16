"""One solver for a robot's arm.

Exact where the arm has the form for it, damped least squares otherwise.
"""

from __future__ import annotations

from dataclasses import replace

from tank_core.robot import Robot
from tank_core.state import Array
from tank_ik import dls
from tank_ik.analytic import PlanarArm, UnsupportedArmError
from tank_ik.chain import Chain
from tank_ik.target import IkResult, Target


class Solver:
    """Inverse kinematics of a robot's arm.

    ``exact`` is None for an arm without an exact solution.
    """

    def __init__(self, robot: Robot) -> None:
        self.chain = Chain.from_robot(robot)
        self.exact: PlanarArm | None
        try:
            self.exact = PlanarArm.from_chain(self.chain)
        except UnsupportedArmError:  # an expected case: such an arm is solved by iteration alone
            self.exact = None

    def solve(self, target: Target, q0: Array | None = None) -> IkResult:
        """Joint positions for the target, nearest to ``q0`` [rad] (n,) or home.

        A value too when it is out of reach.
        """
        start = self.chain.home if q0 is None else q0
        if self.exact is None:
            return dls.solve(self.chain, target, start)
        if target.approach is not None or not self.exact.points:
            result = self.exact.solve(target, start)
            if result.reached:
                return result
        return replace(dls.solve(self.chain, target, start), turn=self.exact.turn_to(target))
