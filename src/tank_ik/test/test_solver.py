"""The solver takes the exact solution where there is one and iterates otherwise."""

import dataclasses

import numpy as np
import pytest

from tank_core.commands import Cell
from tank_core.robot import Robot
from tank_ik import Solver, Target

DOWN = (0.0, 0.0, -1.0)


@pytest.mark.parametrize("cell", list(Cell))
def test_a_cell_is_solved_exactly(robot: Robot, cell: Cell) -> None:
    result = Solver(robot).solve(Target((*robot.cell(cell), 0.01), DOWN))
    assert result.reached and result.distance < 1e-9 and result.iterations == 0


def test_out_of_reach_gives_the_smallest_shortfall(robot: Robot) -> None:
    solver = Solver(robot)
    target = Target((0.7, 0.0, 0.0), DOWN)
    assert solver.exact is not None
    assert solver.solve(target).distance <= solver.exact.solve(target).distance


def test_an_arm_without_a_base_yaw_is_iterated(robot: Robot) -> None:
    arm = dataclasses.replace(robot.arm, joints=robot.arm.joints[1:], links=robot.arm.links[1:])
    solver = Solver(dataclasses.replace(robot, arm=arm))
    assert solver.exact is None
    ahead = solver.solve(Target((0.25, 0.0, 0.1)))
    aside = solver.solve(Target((0.25, 0.08, 0.1)))
    assert ahead.reached and not aside.reached
    assert aside.distance == pytest.approx(0.08, abs=1e-3)  # as far as it lies beside the arm's plane
    assert len(ahead.q) == 3 and np.all(np.isfinite(ahead.q))
