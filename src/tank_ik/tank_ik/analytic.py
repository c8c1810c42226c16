"""The exact solution for an arm of a base yaw and three parallel pitch joints, at any lengths.

Seen along its pitch axes the arm is planar: (r, h), forward and up from the shoulder. The asked direction fixes where the
wrist must be; shoulder and elbow are then the two-link problem (law of cosines: Craig, "Introduction to Robotics", 4.4).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tank_core.exceptions import TankError
from tank_core.state import Array
from tank_ik.chain import Chain
from tank_ik.target import ANGLE_TOLERANCE_RAD, POSITION_TOLERANCE_M, IkResult, Target

_LIMIT_SLACK = 1e-9  # [rad] of rounding that still counts as within limits
_DOWN = -0.5 * math.pi


class UnsupportedArmError(TankError, ValueError):
    """An arm that this solution does not fit."""


@dataclass(frozen=True)
class _Segment:
    """A link in the arm's plane: ``length`` [m] at ``angle`` [rad] over the link's own +x."""

    length: float
    angle: float


@dataclass(frozen=True)
class PlanarArm:
    """Yaw, shoulder, elbow and wrist. ``signs``: +1 where a positive joint turns left or lifts, else -1."""

    chain: Chain
    signs: tuple[float, float, float, float]
    base: tuple[float, float, float]  # the yaw joint [m] in base_link
    shoulder: tuple[float, float]  # (r, h) [m] from the yaw joint
    upper: _Segment
    fore: _Segment
    hand: _Segment

    @classmethod
    def from_chain(cls, chain: Chain) -> PlanarArm:
        """Raises UnsupportedArmError that says what differs."""
        if len(chain) != 4:
            raise UnsupportedArmError(f"the exact solution needs 4 joints (a yaw, 3 pitches), not {len(chain)}; use dls.solve")
        _check_axis(chain, 0, (0.0, 0.0, 1.0), "vertical")
        for index in (1, 2, 3):
            _check_axis(chain, index, (0.0, 1.0, 0.0), "along y")
        offsets = (*chain.origins[1:, 1], chain.tool[1])
        if np.max(np.abs(offsets)) > 1e-9:
            raise UnsupportedArmError(f"the exact solution needs no sideways offsets and this arm's are {offsets} m; use dls.solve")
        signs = (*chain.axes[0, 2:], *(-chain.axes[1:, 1]))  # a turn about -y lifts what lies along +x
        points = [(float(x), float(z)) for x, _, z in (*chain.origins[1:], chain.tool)]
        base = chain.origins[0]
        return cls(
            chain,
            tuple(float(sign) for sign in signs),  # type: ignore[arg-type]
            (float(base[0]), float(base[1]), float(base[2])),
            points[0],
            *(_Segment(math.hypot(r, h), math.atan2(h, r)) for r, h in points[1:]),
        )

    def solve(self, target: Target, q0: Array | None = None) -> IkResult:
        """The solution within limits that is nearest to ``q0`` (n,), or home; without a direction the hand points down.

        Out of reach: the nearest that this solution finds, never nearer than what ``dls.solve`` finds.
        """
        near = self.chain.home if q0 is None else q0
        best: tuple[float, list[float]] | None = None
        for q in self._candidates(target):
            if self._within(q):
                cost = sum((a - b) ** 2 for a, b in zip(q, near, strict=True))
                if best is None or cost < best[0]:
                    best = (cost, q)
        if best is None:
            return self._nearest(target, near)
        return self._checked(target, np.array(best[1]), exact=True)

    def _candidates(self, target: Target, stretch: bool = False) -> Iterator[list[float]]:
        """Facing the target or facing away, elbow up or down. ``stretch``: straight or folded where it does not reach."""
        x, y = target.position[0] - self.base[0], target.position[1] - self.base[1]
        h = target.position[2] - self.base[2] - self.shoulder[1]
        distance = math.hypot(x, y)
        yaw = math.atan2(y, x) if distance > 1e-9 else _azimuth(target)
        for turn, side in ((0.0, 1.0), (math.pi, -1.0)):
            pitch = _pitch(target, yaw + turn)
            r = side * distance - self.shoulder[0]
            angle = pitch + self.hand.angle
            wrist = (r - self.hand.length * math.cos(angle), h - self.hand.length * math.sin(angle))
            for upper, fore in self._two_links(*wrist, stretch):
                yield self._joints(yaw + turn, upper, fore, pitch)

    def _two_links(self, r: float, h: float, stretch: bool) -> Iterator[tuple[float, float]]:
        """Directions [rad] of the lines shoulder-elbow and elbow-wrist that put the wrist at (r, h)."""
        a, b, distance = self.upper.length, self.fore.length, math.hypot(r, h)
        if distance < 1e-9:
            return
        cosine = (a * a + distance * distance - b * b) / (2.0 * a * distance)
        if abs(cosine) > 1.0 + 1e-9 and not stretch:
            return
        opening = math.acos(max(-1.0, min(1.0, cosine)))
        for side in (1.0, -1.0):
            upper = math.atan2(h, r) + side * opening
            yield upper, math.atan2(h - a * math.sin(upper), r - a * math.cos(upper))

    def _joints(self, yaw: float, upper: float, fore: float, pitch: float) -> list[float]:
        shoulder = upper - self.upper.angle
        elbow = fore - self.fore.angle - shoulder
        wrist = pitch - shoulder - elbow
        return [self._into_limits(i, self.signs[i] * angle) for i, angle in enumerate((yaw, shoulder, elbow, wrist))]

    def _into_limits(self, index: int, angle: float) -> float:
        """The same angle, by whole turns, within the joint's limits if any is."""
        angle = math.remainder(angle, 2.0 * math.pi)
        if angle < self.chain.lower[index] - _LIMIT_SLACK and angle + 2.0 * math.pi <= self.chain.upper[index]:
            return angle + 2.0 * math.pi
        if angle > self.chain.upper[index] + _LIMIT_SLACK and angle - 2.0 * math.pi >= self.chain.lower[index]:
            return angle - 2.0 * math.pi
        return angle

    def _within(self, q: list[float]) -> bool:
        limits = zip(self.chain.lower, q, self.chain.upper, strict=True)
        return all(lower - _LIMIT_SLACK <= angle <= upper + _LIMIT_SLACK for lower, angle, upper in limits)

    def _nearest(self, target: Target, near: Array) -> IkResult:
        tries = [np.array(q) for q in self._candidates(target, stretch=True)] or [near]
        return min((self._checked(target, q, exact=False) for q in tries), key=lambda result: (result.distance, result.angle))

    def _checked(self, target: Target, q: Array, exact: bool) -> IkResult:
        """What the positions, put within limits, really reach: the direction may lie outside the arm's plane."""
        q = self.chain.clip(q)
        tip, rotation = self.chain.forward(q)
        asked = target.approach or (0.0, 0.0, -1.0)
        angle = math.acos(max(-1.0, min(1.0, float(np.dot(rotation[:, 0], asked)))))
        distance = math.dist(tip, target.position)
        reached = exact and distance <= POSITION_TOLERANCE_M and angle <= ANGLE_TOLERANCE_RAD
        return IkResult(q, reached, distance, angle)


def _check_axis(chain: Chain, index: int, wanted: tuple[float, float, float], words: str) -> None:
    if abs(abs(float(np.dot(chain.axes[index], wanted))) - 1.0) > 1e-9:
        axis = tuple(chain.axes[index].tolist())
        raise UnsupportedArmError(f"the exact solution needs joint {chain.names[index]} {words} and its axis is {axis}; use dls.solve")


def _azimuth(target: Target) -> float:
    x, y, _ = target.approach or (0.0, 0.0, -1.0)
    return math.atan2(y, x) if math.hypot(x, y) > 1e-9 else 0.0


def _pitch(target: Target, yaw: float) -> float:
    """How far the hand points up [rad] in the vertical plane at ``yaw``; past +-90 degrees when it points back."""
    if target.approach is None:
        return _DOWN
    x, y, z = target.approach
    return math.atan2(z, x * math.cos(yaw) + y * math.sin(yaw))
