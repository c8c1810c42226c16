"""The outline of the arm's reach fits what the arm itself says."""

from __future__ import annotations

import math

import pytest

from tank_core.robot import load_robot
from tank_executor.arm import FLOOR_CLEARANCE_M, ArmPlanner
from tank_executor.drawing.reach import STEP_M, reach_outline


@pytest.mark.parametrize("name", ["tank", "rasptank", "rasptank_pro"])
def test_it_ends_where_the_arm_ends_and_holds_the_cell_in_front(name: str) -> None:
    arm = ArmPlanner(load_robot(name))
    outline = reach_outline(arm)
    base, _, _ = arm.solver.chain.origins[0]
    far = base + max(math.hypot(x - base, y) for x, y in outline)

    def reaches(x: float) -> bool:
        return arm.reach((x, 0.0, FLOOR_CLEARANCE_M), arm.home).reached

    assert reaches(far - STEP_M) and not reaches(far + STEP_M)
    assert base < arm.robot.cell(None)[0] <= far


def test_an_arm_with_a_yaw_reaches_every_cell_and_one_without_a_strip() -> None:
    tank = ArmPlanner(load_robot("tank"))
    base, _, _ = tank.solver.chain.origins[0]
    radii = [math.hypot(x - base, y) for x, y in reach_outline(tank)]
    for x, y in tank.robot.cells.values():
        assert min(radii) - STEP_M <= math.hypot(x - base, y) <= max(radii) + STEP_M
    rasptank = ArmPlanner(load_robot("rasptank"))
    strip = reach_outline(rasptank)
    assert len(strip) == 4
    width = max(y for _, y in strip) - min(y for _, y in strip)
    assert width == pytest.approx(rasptank.robot.gripper.max_object)
