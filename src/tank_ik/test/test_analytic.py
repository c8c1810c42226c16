"""The exact solution agrees with forward kinematics and damped least squares.

Arms that it does not fit are refused.
"""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tank_core.geometry import Pose2D, wrap
from tank_core.robot import Robot, load_robot, robot_names
from tank_core.state import Array
from tank_ik import Chain, Target, dls
from tank_ik.analytic import PlanarArm, UnsupportedArmError

DOWN = (0.0, 0.0, -1.0)
CHAIN = Chain.from_robot(load_robot("tank"))
ARM = PlanarArm.from_chain(CHAIN)
ARMS = {name: PlanarArm.from_chain(Chain.from_robot(load_robot(name))) for name in robot_names()}


def somewhere(arm: PlanarArm, share: tuple[float, ...]) -> tuple[Target, Array]:
    """Return a reachable target, by shares of travel, and its direction."""
    q = arm.chain.lower + np.array(share[: len(arm.chain)]) * (arm.chain.upper - arm.chain.lower)
    tip, rotation = arm.chain.forward(q)
    roll = arm.signs[-1] * q[-1] if arm.kinds.endswith("r") else 0.0
    return Target(tuple(tip), tuple(rotation[:, 0]) if arm.points else None, roll), rotation[:, 0]


@pytest.mark.parametrize("name", robot_names())
@given(st.tuples(*[st.floats(0.0, 1.0)] * 4))
@settings(max_examples=150)
def test_forward_of_inverse_is_the_target(name: str, share: tuple[float, ...]) -> None:
    arm = ARMS[name]
    target, _ = somewhere(arm, share)
    result = arm.solve(target)
    assert result.reached
    tip, rotation = arm.chain.forward(result.q)
    np.testing.assert_allclose(tip, target.position, atol=1e-6)
    if target.approach is not None:
        np.testing.assert_allclose(rotation[:, 0], target.approach, atol=1e-6)
    assert np.all(result.q >= arm.chain.lower) and np.all(result.q <= arm.chain.upper)


@pytest.mark.parametrize("name", robot_names())
@given(st.tuples(*[st.floats(-0.35, 0.35)] * 3), st.floats(-7.0, 7.0))
@settings(max_examples=60)
def test_anywhere_it_answers_within_limits_and_tells_by_how_much(
    name: str, place: tuple[float, float, float], roll: float
) -> None:
    arm = ARMS[name]
    result = arm.solve(Target(place, roll=roll))
    assert np.all(result.q >= arm.chain.lower) and np.all(result.q <= arm.chain.upper)
    assert result.distance == pytest.approx(math.dist(arm.chain.forward(result.q)[0], place))
    assert result.reached or result.distance > 1e-9 or result.angle > 0


@pytest.mark.parametrize("name", robot_names())
def test_it_agrees_with_damped_least_squares(name: str, random: np.random.Generator) -> None:
    arm = ARMS[name]
    for share in random.uniform(0.0, 1.0, (40, 4)):
        target, _ = somewhere(arm, tuple(share))
        exact = arm.solve(target, arm.chain.home)
        iterated = dls.solve(arm.chain, target, exact.q + 0.05)
        assert iterated.reached
        np.testing.assert_allclose(
            arm.chain.forward(iterated.q)[0], arm.chain.forward(exact.q)[0], atol=6e-4
        )


@pytest.mark.parametrize("name", [name for name in robot_names() if not ARMS[name].turns])
@given(st.floats(-math.pi, math.pi), st.floats(0.12, 0.2), st.floats(0.0, 0.1))
@settings(max_examples=50)
def test_an_arm_without_a_yaw_reaches_a_place_once_the_robot_has_turned(
    name: str, azimuth: float, out: float, height: float
) -> None:
    arm = ARMS[name]
    target = Target((out * math.cos(azimuth), out * math.sin(azimuth), height))
    turn = arm.turn_to(target)
    assert wrap(turn - azimuth) == pytest.approx(0.0, abs=5e-3)
    x, y, z = target.position
    after = Target((*Pose2D(yaw=turn).to_local((x, y)), z))
    assert arm.turn_to(after) == 0.0
    assert arm.solve(after).reached == arm.solve(Target((out, 0.0, height))).reached
    assert arm.solve(target).reached == (turn == 0.0 and arm.solve(after).reached)


def test_a_roll_is_held_where_it_is_asked_for_and_moves_nothing() -> None:
    arm = ARMS["rasptank"]
    place, limit = (0.15, 0.0, 0.03), float(arm.chain.upper[-1])
    for roll, joint in ((0.0, 0.0), (0.6, 0.6), (math.pi + 0.6, 0.6), (math.pi / 2 - 0.01, limit)):
        result = arm.solve(Target(place, roll=roll))
        assert result.reached and result.q[-1] == pytest.approx(joint)


def test_the_solution_nearest_to_the_start_is_taken() -> None:
    target = Target((0.3, 0.0, 0.02), DOWN)
    first = ARM.solve(target)
    np.testing.assert_allclose(ARM.solve(target, first.q).q, first.q, atol=1e-9)


@pytest.mark.parametrize(
    "position", [(0.7, 0.0, 0.0), (0.1, 0.0, 0.9), (0.3, 0.6, 0.1), (0.1, 0.0, -3.0)]
)
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


@given(st.floats(-2.0, 2.0))
def test_over_the_yaw_axis_the_asked_direction_sets_the_yaw(azimuth: float) -> None:
    place = (*CHAIN.origins[0][:2], 0.4)
    level = (math.cos(azimuth), math.sin(azimuth), 0.0)
    result = ARM.solve(Target(place, level))
    tip, rotation = CHAIN.forward(result.q)
    assert result.reached
    np.testing.assert_allclose(tip, place, atol=1e-9)
    np.testing.assert_allclose(rotation[:, 0], level, atol=1e-9)


@pytest.mark.parametrize("name", [name for name in robot_names() if ARMS[name].turns])
@pytest.mark.parametrize("height", [0.02, 0.1, 0.2, 0.3])
def test_over_the_yaw_axis_it_is_met_where_iteration_meets_it(name: str, height: float) -> None:
    chain = ARMS[name].chain
    target = Target((*chain.origins[0][:2], height), DOWN if ARMS[name].points else None)
    result = ARMS[name].solve(target)
    assert result.reached is dls.solve(chain, target, chain.home).reached
    assert result.distance == pytest.approx(math.dist(chain.forward(result.q)[0], target.position))


def test_mirrored_joints_are_solved_as_well(robot: Robot) -> None:
    flipped = tuple(
        dataclasses.replace(
            joint,
            axis=tuple(-value for value in joint.axis),
            lower=-joint.upper,
            upper=-joint.lower,
            home=-joint.home,
        )
        for joint in robot.arm.joints
    )
    chain = Chain.from_robot(
        dataclasses.replace(robot, arm=dataclasses.replace(robot.arm, joints=flipped))
    )
    target = Target((0.27, 0.13, 0.02), DOWN)
    np.testing.assert_allclose(
        PlanarArm.from_chain(chain).solve(target).q, -ARM.solve(target).q, atol=1e-9
    )


def test_other_arms_are_refused_by_name(robot: Robot, odd_chain: Chain) -> None:
    with pytest.raises(UnsupportedArmError, match="6"):
        PlanarArm.from_chain(odd_chain)
    joints = (
        *robot.arm.joints[:2],
        dataclasses.replace(robot.arm.joints[2], axis=(1.0, 0.0, 0.0)),
        robot.arm.joints[3],
    )
    rolled = Chain.from_robot(
        dataclasses.replace(robot, arm=dataclasses.replace(robot.arm, joints=joints))
    )
    with pytest.raises(UnsupportedArmError, match=f"{joints[2].name} about .1.0, 0.0, 0.0"):
        PlanarArm.from_chain(rolled)
    offset = Chain.from_robot(
        dataclasses.replace(robot, arm=dataclasses.replace(robot.arm, tool=(0.1, 0.02, 0.0)))
    )
    with pytest.raises(UnsupportedArmError, match="sideways"):
        PlanarArm.from_chain(offset)
