"""The exact solution agrees with forward kinematics and with damped least squares, and refuses arms that it does not fit."""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tank_core.commands import Cell
from tank_core.robot import Robot, load_robot
from tank_ik import Chain, Target, dls
from tank_ik.analytic import PlanarArm, UnsupportedArmError

DOWN = (0.0, 0.0, -1.0)
CHAIN = Chain.from_robot(load_robot("tank"))
ARM = PlanarArm.from_chain(CHAIN)


@pytest.mark.parametrize("cell", list(Cell))
def test_every_cell_is_met_exactly_at_floor_height(robot: Robot, cell: Cell) -> None:
    for height in np.linspace(0.0, 0.15, 7):
        target = Target((*robot.cell(cell), height), DOWN)
        result = ARM.solve(target)
        tip, rotation = CHAIN.forward(result.q)
        assert result.reached
        np.testing.assert_allclose(tip, target.position, atol=1e-9)
        np.testing.assert_allclose(rotation[:, 0], DOWN, atol=1e-9)


@given(st.tuples(*[st.floats(0.0, 1.0)] * 4))
@settings(max_examples=300, deadline=None)
def test_forward_of_inverse_is_the_target(share: tuple[float, ...]) -> None:
    tip, rotation = CHAIN.forward(CHAIN.lower + np.array(share) * (CHAIN.upper - CHAIN.lower))
    result = ARM.solve(Target(tuple(tip), tuple(rotation[:, 0])))
    assert result.reached
    np.testing.assert_allclose(CHAIN.forward(result.q)[0], tip, atol=1e-6)
    np.testing.assert_allclose(CHAIN.forward(result.q)[1][:, 0], rotation[:, 0], atol=1e-6)
    assert np.all(result.q >= CHAIN.lower) and np.all(result.q <= CHAIN.upper)


def test_it_agrees_with_damped_least_squares(random: np.random.Generator) -> None:
    for q in random.uniform(CHAIN.lower, CHAIN.upper, (60, 4)):
        tip, rotation = CHAIN.forward(q)
        target = Target(tuple(tip), tuple(rotation[:, 0]))
        exact = ARM.solve(target, q)
        iterated = dls.solve(CHAIN, target, exact.q + 0.05)
        assert iterated.reached
        np.testing.assert_allclose(CHAIN.forward(iterated.q)[0], CHAIN.forward(exact.q)[0], atol=6e-4)


def test_the_solution_nearest_to_the_start_is_taken() -> None:
    target = Target((0.3, 0.0, 0.02), DOWN)
    first = ARM.solve(target)
    np.testing.assert_allclose(ARM.solve(target, first.q).q, first.q, atol=1e-9)


@pytest.mark.parametrize("position", [(0.7, 0.0, 0.0), (0.1, 0.0, 0.9), (0.3, 0.6, 0.1), (0.1, 0.0, -3.0)])
def test_out_of_reach_is_a_value(position: tuple[float, float, float]) -> None:
    result = ARM.solve(Target(position, DOWN))
    best = dls.solve(CHAIN, Target(position, DOWN), CHAIN.home)
    assert not result.reached and "out of reach" in result.message
    assert result.distance >= best.distance - 1e-3  # never claims to come nearer than is possible
    assert result.distance == pytest.approx(math.dist(CHAIN.forward(result.q)[0], position))
    assert np.all(result.q >= CHAIN.lower) and np.all(result.q <= CHAIN.upper)


def test_a_direction_out_of_the_arms_plane_is_not_called_reached() -> None:
    result = ARM.solve(Target((0.3, 0.0, 0.05), (0.0, 1.0, -1.0)))
    assert not result.reached and result.angle > 0.1


def test_a_target_over_the_yaw_axis_has_an_answer() -> None:
    x, y, _ = CHAIN.origins[0]
    result = ARM.solve(Target((x, y, 0.2), DOWN))
    np.testing.assert_allclose(CHAIN.forward(result.q)[0][:2], (x, y), atol=0.3)


def test_mirrored_joints_are_solved_as_well(robot: Robot) -> None:
    flipped = tuple(
        dataclasses.replace(joint, axis=tuple(-value for value in joint.axis), lower=-joint.upper, upper=-joint.lower, home=-joint.home)
        for joint in robot.arm.joints
    )
    chain = Chain.from_robot(dataclasses.replace(robot, arm=dataclasses.replace(robot.arm, joints=flipped)))
    target = Target((0.27, 0.13, 0.02), DOWN)
    np.testing.assert_allclose(PlanarArm.from_chain(chain).solve(target).q, -ARM.solve(target).q, atol=1e-9)


def test_other_arms_are_refused_by_name(robot: Robot, odd_chain: Chain) -> None:
    with pytest.raises(UnsupportedArmError, match="6"):
        PlanarArm.from_chain(odd_chain)
    joints = (*robot.arm.joints[:2], dataclasses.replace(robot.arm.joints[2], axis=(1.0, 0.0, 0.0)), robot.arm.joints[3])
    rolled = Chain.from_robot(dataclasses.replace(robot, arm=dataclasses.replace(robot.arm, joints=joints)))
    with pytest.raises(UnsupportedArmError, match=joints[2].name):
        PlanarArm.from_chain(rolled)
    offset = Chain.from_robot(dataclasses.replace(robot, arm=dataclasses.replace(robot.arm, tool=(0.1, 0.02, 0.0))))
    with pytest.raises(UnsupportedArmError, match="sideways"):
        PlanarArm.from_chain(offset)
