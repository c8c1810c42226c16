"""Damped least squares reaches what can be reached, within the limits.

It says how far it fell short otherwise.
"""

import itertools
import math

import numpy as np
import pytest

from tank_ik import Chain, Target, dls
from tank_ik.target import POSITION_TOLERANCE_M

DOWN = (0.0, 0.0, -1.0)


def reachable(chain: Chain, random: np.random.Generator) -> Target:
    tip, rotation = chain.forward(random.uniform(chain.lower, chain.upper))
    return Target(tuple(tip), tuple(rotation[:, 0]))


def assert_within_limits(chain: Chain, q: np.ndarray) -> None:
    assert np.all(q >= chain.lower) and np.all(q <= chain.upper)


def test_forward_of_inverse_is_the_target(chain: Chain, random: np.random.Generator) -> None:
    missed = 0
    for _ in range(200):
        target = reachable(chain, random)
        result = dls.solve(chain, target, chain.home)
        missed += not result.reached
        assert_within_limits(chain, result.q)
        if result.reached:
            assert math.dist(chain.forward(result.q)[0], target.position) <= POSITION_TOLERANCE_M
    # an iteration can end in a local minimum of limits; the exact solution is there for that
    assert missed <= 4


def test_six_skewed_joints_are_solved_too(odd_chain: Chain, random: np.random.Generator) -> None:
    missed = 0
    for _ in range(60):
        result = dls.solve(odd_chain, reachable(odd_chain, random), odd_chain.home)
        missed += not result.reached
        assert_within_limits(odd_chain, result.q)
    assert missed <= 3


def test_the_error_strictly_decreases(chain: Chain, random: np.random.Generator) -> None:
    for _ in range(30):
        errors = [
            error
            for _, error in dls.descent(
                chain, reachable(chain, random), random.uniform(chain.lower, chain.upper)
            )
        ]
        assert all(after < before for before, after in itertools.pairwise(errors))


def test_no_step_leaves_the_limits(chain: Chain, random: np.random.Generator) -> None:
    for _ in range(30):
        for q, _ in dls.descent(
            chain, reachable(chain, random), random.uniform(chain.lower, chain.upper)
        ):
            assert_within_limits(chain, q)


def test_a_start_outside_the_limits_is_put_inside(chain: Chain) -> None:
    result = dls.solve(chain, Target((0.3, 0.0, 0.02), DOWN), np.full(len(chain), 50.0))
    assert result.reached
    assert_within_limits(chain, result.q)


@pytest.mark.parametrize(
    "position", [(0.7, 0.0, 0.0), (0.1, 0.0, 0.9), (0.3, 0.6, 0.1), (3.0, 4.0, 0.0)]
)
@pytest.mark.parametrize("approach", [None, DOWN])
def test_out_of_reach_says_the_shortfall(
    chain: Chain,
    random: np.random.Generator,
    position: tuple[float, float, float],
    approach: tuple[float, float, float] | None,
) -> None:
    result = dls.solve(chain, Target(position, approach), chain.home)
    tips = [
        chain.forward(q)[0] for q in random.uniform(chain.lower, chain.upper, (2000, len(chain)))
    ]
    nearest = min(math.dist(tip, position) for tip in tips)
    assert not result.reached
    assert result.distance == pytest.approx(math.dist(chain.forward(result.q)[0], position))
    assert result.distance <= nearest + 1e-3
    assert result.message == f"{result.distance * 100:.1f} cm out of reach"


def test_a_direction_that_cannot_be_had_is_told_apart(chain: Chain) -> None:
    result = dls.solve(chain, Target((0.46, 0.0, 0.05), DOWN), chain.home)
    assert not result.reached and result.distance <= POSITION_TOLERANCE_M
    assert result.message.startswith("within reach only with the hand pointing")


def test_the_null_space_goes_to_the_posture(odd_chain: Chain) -> None:
    target = Target(tuple(odd_chain.forward(np.full(6, 0.6))[0]))
    near = [
        dls.solve(odd_chain, target, np.full(6, 0.3), posture).q
        for posture in (np.full(6, 1.5), np.full(6, -1.5))
    ]
    assert np.linalg.norm(near[0] - 1.5) < np.linalg.norm(near[1] - 1.5)


def test_the_same_question_has_the_same_answer(chain: Chain) -> None:
    target = Target((0.7, 0.1, 0.0), DOWN)
    first, second = dls.solve(chain, target, chain.home), dls.solve(chain, target, chain.home)
    np.testing.assert_array_equal(first.q, second.q)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_target_that_is_no_number_is_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        Target((0.3, bad, 0.0))
    with pytest.raises(ValueError, match="finite"):
        Target((0.3, 0.0, 0.0), (bad, 0.0, 0.0))


def test_a_direction_of_no_length_is_refused() -> None:
    with pytest.raises(ValueError, match="approach"):
        Target((0.3, 0.0, 0.0), (0.0, 0.0, 0.0))
