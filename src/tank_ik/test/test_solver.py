"""The solver is exact where that is possible, and iterates otherwise."""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tank_core.commands import Cell
from tank_core.robot import Robot
from tank_ik import Solver, Target, dls
from tank_ik.target import ANGLE_TOLERANCE_RAD, POSITION_TOLERANCE_M

DOWN = (0.0, 0.0, -1.0)


# where fingers close, hover, and carry over the RaspTank's deck
@pytest.mark.parametrize("height", [0.008, 0.07, 0.145])
@pytest.mark.parametrize("cell", list(Cell))
def test_every_robot_works_in_every_cell(each_robot: Robot, cell: Cell, height: float) -> None:
    """By both methods, at once or after the asked turn, never lying flat."""
    solver, place = Solver(each_robot), each_robot.cell(cell)
    down = DOWN if solver.exact is not None and solver.exact.points else None
    target = Target((*place, height), down)
    result = solver.solve(target)
    if result.turn:
        degrees = f"{abs(math.degrees(result.turn)):.0f} degrees to the"
        assert not result.reached and degrees in result.message
        assert result.turn == pytest.approx(math.atan2(place[1], place[0]))
        target = Target((math.hypot(*place), 0.0, height), down)
        result = solver.solve(target)
    assert result.reached and result.distance < 1e-9 and result.iterations == 0
    pitch = math.asin(-solver.chain.forward(result.q)[1][2, 0])
    assert math.degrees(pitch) > (60 if height < 0.01 else 20)
    chain = solver.chain
    for answer in (result, dls.solve(chain, target, chain.home)):
        tip, rotation = chain.forward(answer.q)
        assert answer.reached and answer.message == "within reach"
        assert math.dist(tip, target.position) <= POSITION_TOLERANCE_M
        assert down is None or math.acos(min(1.0, -rotation[2, 0])) <= ANGLE_TOLERANCE_RAD
        assert np.all(answer.q >= chain.lower) and np.all(answer.q <= chain.upper)


def test_out_of_reach_gives_the_smallest_shortfall(robot: Robot) -> None:
    solver = Solver(robot)
    target = Target((0.7, 0.0, 0.0), DOWN)
    assert solver.exact is not None
    assert solver.solve(target).distance <= solver.exact.solve(target).distance


@settings(max_examples=20)
@example(ahead=0.0, aside=0.0, up=0.1, pitch=0.0, near=0)
@given(ahead=st.floats(-0.1, 0.6), aside=st.floats(-0.4, 0.4), up=st.floats(-0.05, 0.5),
       pitch=st.floats(-1.7, 0.3), near=st.integers(0, 9))  # fmt: skip
def test_what_is_met_is_what_is_solved_and_nothing_else(
    each_robot: Robot, ahead: float, aside: float, up: float, pitch: float, near: int
) -> None:
    solver = Solver(each_robot)
    start = np.random.default_rng(near).uniform(solver.chain.lower, solver.chain.upper)
    azimuth = math.atan2(aside, ahead)
    hand = (
        math.cos(pitch) * math.cos(azimuth),
        math.cos(pitch) * math.sin(azimuth),
        math.sin(pitch),
    )
    for approach in (hand, None):
        target = Target((ahead, aside, up), approach)
        met, solved = solver.meet(target, start), solver.solve(target, start)
        assert (met is not None) == solved.reached
        assert met is None or np.array_equal(met.q, solved.q)


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1))
def test_so_it_is_at_the_border_of_what_can_be_reached(each_robot: Robot, seed: int) -> None:
    """Beside postures with a joint at its end, iteration alone may meet it."""
    solver, dice = Solver(each_robot), np.random.default_rng(seed)
    lower, upper = solver.chain.lower, solver.chain.upper
    posture, joint = dice.uniform(lower, upper), dice.integers(len(lower))
    posture[joint] = (lower, upper)[dice.integers(2)][joint]
    tip, rotation = solver.chain.forward(posture)
    points = solver.exact is not None and solver.exact.points
    x, y, z = (tip + dice.normal(0.0, 0.003, 3)).tolist()
    hand = tuple((rotation[:, 0] + dice.normal(0.0, 0.02, 3)).tolist())
    target, start = Target((x, y, z), hand if points else None), dice.uniform(lower, upper)
    met, solved = solver.meet(target, start), solver.solve(target, start)
    assert (met is not None) == solved.reached


def test_an_arm_without_a_base_yaw_says_how_far_to_turn(robot: Robot) -> None:
    arm = dataclasses.replace(robot.arm, joints=robot.arm.joints[1:], links=robot.arm.links[1:])
    solver = Solver(dataclasses.replace(robot, arm=arm))
    ahead = solver.solve(Target((0.25, 0.0, 0.1)))
    aside = solver.solve(Target((0.25, 0.08, 0.1)))
    assert ahead.reached and not aside.reached
    # as far as it lies beside the arm's plane
    assert aside.distance == pytest.approx(0.08, abs=1e-3)
    assert (
        aside.turn == pytest.approx(math.atan2(0.08, 0.25))
        and "turn 18 degrees to the left" in aside.message
    )
    assert solver.solve(Target((-0.25, -0.08, 0.1))).turn == pytest.approx(math.atan2(-0.08, -0.25))
    assert len(ahead.q) == 3 and np.all(np.isfinite(ahead.q))
