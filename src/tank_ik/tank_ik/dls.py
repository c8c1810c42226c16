"""Solves any serial arm by damped least squares.

Each step is dq = J^T (J J^T + lambda^2 I)^-1 e, with joint limits, a null-space posture and
restarts.

The damping follows the error, lambda^2 = c |e|^2 + bias, which converges like Newton near a
solution and stays calm out of reach (T. Sugihara, "Solvability-unconcerned inverse kinematics by
the Levenberg-Marquardt method", IEEE T-RO 27(5), 2011).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tank_core.state import Array
from tank_ik.chain import Chain
from tank_ik.kinematics import Pose, cross
from tank_ik.target import ANGLE_TOLERANCE_RAD, POSITION_TOLERANCE_M, IkResult, Target

# A hand that points 1 rad off counts as much as this many meters: about a hand's length, so
# position leads.
APPROACH_WEIGHT_M = 0.1
# share of the squared error; Sugihara's 0.5 needs twice the steps on arms of this size
DAMPING = 0.05
BIAS = 1e-7  # [m^2] smallest lambda^2
POSTURE_GAIN = 0.05  # share of the way to the posture that the null space is given at each step
MAX_ITERATIONS = 60
MAX_REJECTIONS = 6  # each multiplies the damping by 10; after that this start is given up
PLATEAU = 1e-4  # a step that gains less than this share of the squared error ends the descent
RESTARTS = 6


@dataclass
class _Search:
    """The state of one descent: the best positions so far, and their error."""

    q: Array
    pose: Pose
    error: Array
    cost: float  # squared length of ``error`` [m^2]
    iterations: int = 0


def solve(
    chain: Chain, target: Target, q0: Array, posture: Array | None = None, restarts: int = RESTARTS
) -> IkResult:
    """Return positions for the target, always within limits.

    It descends from ``q0`` [rad] (n,) and, if that fails, from other starts. ``posture`` (n,), the
    home pose if not given, is approached in the null space of the error.
    """
    posture = chain.home if posture is None else posture
    best: _Search | None = None
    iterations = 0
    for start in _starts(chain, q0, restarts):
        search = _descend(chain, target, start, posture)
        iterations += search.iterations
        if best is None or search.cost < best.cost:
            best = search
        if _reached(target, best):
            return _result(target, best, iterations)
    assert best is not None  # the first start is always there
    return _result(target, _closest(chain, target, best, posture), iterations)


def descent(
    chain: Chain, target: Target, q0: Array, posture: Array | None = None
) -> Iterator[tuple[Array, float]]:
    """Yield the steps of one descent: positions (n,) and the error [m].

    The weighted error strictly decreases.
    """
    search = _begin(chain, target, chain.clip(q0))
    yield search.q, math.sqrt(search.cost)
    while not _reached(target, search) and _improve(
        chain, target, search, chain.home if posture is None else posture
    ):
        yield search.q, math.sqrt(search.cost)


def _starts(chain: Chain, q0: Array, restarts: int) -> Iterator[Array]:
    yield chain.clip(np.asarray(q0, dtype=float))
    if restarts > 0:
        yield chain.home
    random = np.random.default_rng(0)
    for _ in range(restarts - 1):
        yield random.uniform(chain.lower, chain.upper)


def _descend(chain: Chain, target: Target, q0: Array, posture: Array) -> _Search:
    search = _begin(chain, target, q0)
    while search.iterations < MAX_ITERATIONS and not _reached(target, search):
        if not _improve(chain, target, search, posture):
            break
    return search


def _closest(chain: Chain, target: Target, best: _Search, posture: Array) -> _Search:
    """Go as near as the tool gets to what is out of reach, whatever direction.

    That is what the operator wants to know.
    """
    if target.approach is None or math.dist(best.pose.tip, target.position) <= POSITION_TOLERANCE_M:
        return best
    return _descend(chain, Target(target.position), best.q, posture)


def _begin(chain: Chain, target: Target, q: Array) -> _Search:
    pose = chain.pose(q)
    error = _error(target, pose)
    return _Search(q, pose, error, float(error @ error))


def _error(target: Target, pose: Pose) -> Array:
    """Return the weighted error [m] of position and, if asked, of direction.

    Its shape is (3,) or (6,).
    """
    if target.approach is None:
        short: Array = np.array(target.position) - pose.tip
        return short
    error = np.empty(6)
    np.subtract(target.position, pose.tip, out=error[:3])
    np.subtract(target.approach, pose.rotation[:, 0], out=error[3:])
    error[3:] *= APPROACH_WEIGHT_M
    return error


def _improve(chain: Chain, target: Target, search: _Search, posture: Array) -> bool:
    """Take the next accepted step, in place.

    False when no step makes the error smaller by what is worth another.
    """
    jacobian = _error_jacobian(target, search.pose)
    wish = POSTURE_GAIN * (posture - search.q)
    damping = DAMPING * search.cost + BIAS
    for _ in range(MAX_REJECTIONS):
        search.iterations += 1
        trial = _begin(chain, target, _next(chain, search, jacobian, damping, wish))
        if search.cost - trial.cost > PLATEAU * search.cost:
            search.q, search.pose = trial.q, trial.pose
            search.error, search.cost = trial.error, trial.cost
            return True
        damping, wish = 10.0 * damping, 0.0 * wish  # a posture that costs error is given up first
    return False


def _error_jacobian(target: Target, pose: Pose) -> Array:
    """Return d(tip, weighted pointing) / dq, of shape (3, n) or (6, n)."""
    jacobian = pose.jacobian()
    if target.approach is None:
        return jacobian[:3]
    jacobian[3:] = APPROACH_WEIGHT_M * cross(jacobian[3:].T, pose.rotation[:, 0]).T
    return jacobian


def _next(chain: Chain, search: _Search, jacobian: Array, damping: float, wish: Array) -> Array:
    """Return the positions (n,) to which the damped step leads.

    Joints at a limit that would leave it are held, and the others solve for the rest.
    """
    step = _damped(jacobian, search.error, damping, wish)
    q = chain.clip(search.q + step)
    held = (q == search.q) & (step != 0.0)
    if held.any():
        step = _damped(
            np.where(held, 0.0, jacobian), search.error, damping, np.where(held, 0.0, wish)
        )
        q = chain.clip(search.q + step)
    return q


def _damped(jacobian: Array, error: Array, damping: float, wish: Array) -> Array:
    """Return J# e + (I - J# J) wish (n,), with J# = J^T (J J^T + damping I)^-1.

    It takes one solve.
    """
    square = jacobian.dot(jacobian.T)
    square.flat[:: len(square) + 1] += damping
    step: Array = wish + jacobian.T.dot(np.linalg.solve(square, error - jacobian.dot(wish)))
    return step


def _reached(target: Target, search: _Search) -> bool:
    error = search.error
    if error[0] ** 2 + error[1] ** 2 + error[2] ** 2 > POSITION_TOLERANCE_M**2:
        return False
    limit = (APPROACH_WEIGHT_M * ANGLE_TOLERANCE_RAD) ** 2
    return target.approach is None or float(error[3] ** 2 + error[4] ** 2 + error[5] ** 2) <= limit


def _result(target: Target, search: _Search, iterations: int) -> IkResult:
    angle = 0.0
    if target.approach is not None:
        angle = math.acos(
            max(-1.0, min(1.0, float(search.pose.rotation[:, 0] @ np.array(target.approach))))
        )
    distance = math.dist(search.pose.tip, target.position)
    reached = distance <= POSITION_TOLERANCE_M and angle <= ANGLE_TOLERANCE_RAD
    return IkResult(search.q, reached, distance, angle, iterations)
