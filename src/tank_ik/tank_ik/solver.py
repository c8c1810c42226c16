"""The solver of a robot's arm: exact where that is possible, else iterative."""

from __future__ import annotations

from dataclasses import replace

from tank_core.robot import Robot
from tank_core.state import Array
from tank_ik import dls
from tank_ik.analytic import PlanarArm, UnsupportedArmError
from tank_ik.chain import Chain
from tank_ik.target import IkResult, Target

# Where the exact answer misses by more, iteration does not meet the target either: it is less
# strict only within its tolerances. They are wide because of arms that are stretched, and of hands
# over the axis of their yaw, where little of a place is much of an angle: there the exact answer
# missed by up to 16 mm or 0.1 rad what iteration met (docs/LOG.md).
NEAR_M, NEAR_RAD = 0.03, 0.2


class Solver:
    """Inverse kinematics of a robot's arm.

    ``exact`` solves arms of the planar form; it is None for others, which damped least squares
    solve alone. A solver keeps nothing between two calls::

        from tank_core.robot import load_robot
        from tank_ik.solver import Solver
        from tank_ik.target import Target

        solver = Solver(load_robot("tank"))
        result = solver.solve(Target((0.3, 0.0, 0.02), approach=(0.0, 0.0, -1.0)))
        print(result.reached, result.q, result.message)  # True [...] within reach
    """

    def __init__(self, robot: Robot) -> None:
        """Take the arm of a robot.

        Raises ValueError for a joint whose axis has no length.
        """
        self.chain = Chain.from_robot(robot)
        self.exact: PlanarArm | None
        try:
            self.exact = PlanarArm.from_chain(self.chain)
        except UnsupportedArmError:  # an expected case: such an arm is solved by iteration alone
            self.exact = None

    def solve(self, target: Target, q0: Array | None = None) -> IkResult:
        """Return joint positions for the target, nearest to ``q0`` or home.

        ``q0`` [rad] is (n,). The answer is always within the joint limits. A target out of reach is
        no error: the answer then is the nearest that was found, ``reached`` is False, and
        ``distance``, ``angle`` and ``message`` say what is missing. Where the robot must turn
        first, because the arm has no yaw, ``turn`` says how far.
        """
        start = self.chain.home if q0 is None else q0
        exact = self._exactly(target, start)
        return exact if exact and exact.reached else self._iterate(target, start)

    def meet(self, target: Target, q0: Array | None = None) -> IkResult | None:
        """Return joint positions that meet the target, or None where none do.

        Of several it is those nearest to ``q0`` or home, as ``solve`` answers. Out of reach this is
        sooner done, because it looks for no nearest answer.
        """
        start = self.chain.home if q0 is None else q0
        result = self._exactly(target, start)
        if result is None or (result.distance < NEAR_M and result.angle < NEAR_RAD):
            result = result if result and result.reached else self._iterate(target, start)
        return result if result.reached else None

    def _exactly(self, target: Target, start: Array) -> IkResult | None:
        """Return the exact answer, reached or not; None where there is none."""
        if self.exact is None or (target.approach is None and self.exact.points):
            return None
        return self.exact.solve(target, start)

    def _iterate(self, target: Target, start: Array) -> IkResult:
        result = dls.solve(self.chain, target, start)
        return result if self.exact is None else replace(result, turn=self.exact.turn_to(target))
