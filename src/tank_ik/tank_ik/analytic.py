"""Solves planar arms of any lengths exactly.

Such an arm has a base yaw or none, two or three parallel pitch joints, and a wrist roll or none.

Seen along its pitch axes the arm is planar: (r, h), forward and up from the shoulder. With three
pitches the asked direction fixes where the wrist must be; with two the direction follows from the
place. Shoulder and elbow are then the two-link problem (law of cosines: Craig, "Introduction to
Robotics", 4.4). A roll about the hand's own axis moves nothing, so it is free.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tank_core.exceptions import TankError
from tank_core.geometry import wrap
from tank_core.state import Array
from tank_ik.chain import Chain
from tank_ik.target import ANGLE_TOLERANCE_RAD, POSITION_TOLERANCE_M, IkResult, Target

# [rad] of rounding that still counts as within limits; a straight arm costs half of the digits
_LIMIT_SLACK = 1e-6
_DOWN = -0.5 * math.pi
_AXES = "rpy"  # roll about x, pitch about y, yaw about z


class UnsupportedArmError(TankError, ValueError):
    """An arm that this solution does not fit."""


@dataclass(frozen=True)
class _Segment:
    """A link in the arm's plane.

    ``length`` [m] at ``angle`` [rad] over the link's own +x.
    """

    length: float
    angle: float


@dataclass(frozen=True)
class PlanarArm:
    """An arm in the form that is solved exactly.

    ``kinds`` has a letter for each joint, as in y?p{2,3}r?. ``signs`` are +1 where a positive joint
    turns left, lifts or rolls right, else -1.
    """

    chain: Chain
    kinds: str
    signs: tuple[float, ...]
    base: tuple[float, float, float]  # the first joint [m] in base_link
    shoulder: tuple[float, float]  # (r, h) [m] from the first joint
    upper: _Segment
    fore: _Segment
    hand: _Segment | None  # None with two pitches: the forearm then ends at the tool

    @classmethod
    def from_chain(cls, chain: Chain) -> PlanarArm:
        """Recognize the form in a chain.

        Raises UnsupportedArmError, which says what differs.
        """
        kinds = "".join(_kind(axis) for axis in chain.axes)
        if not re.fullmatch("y?p{2,3}r?", kinds):
            axes = ", ".join(
                f"{name} about {axis}"
                for name, axis in zip(chain.names, chain.axes.round(3).tolist(), strict=True)
            )
            raise UnsupportedArmError(
                "the exact solution needs a yaw or none, 2 or 3 pitches, and a roll or none; this "
                f"arm has {len(chain)} joints: {axes}; "
                "use dls.solve"
            )
        offsets = (*chain.origins[1:, 1], chain.tool[1], *(chain.tool[2:] if "r" in kinds else ()))
        if np.max(np.abs(offsets)) > 1e-9:
            raise UnsupportedArmError(
                "the exact solution needs no sideways offsets, and a tool on the roll's axis; "
                f"this arm's are {[float(offset) for offset in offsets]} m; use dls.solve"
            )
        # A turn about -y lifts what lies along +x.
        signs = tuple(
            -float(axis[1]) if kind == "p" else float(axis.sum())
            for kind, axis in zip(kinds, chain.axes, strict=True)
        )
        points = [(float(x), float(z)) for x, _, z in (*chain.origins, chain.tool)]
        if "r" in kinds:  # the wrist and what is beyond it are one piece in the plane
            points[-2:] = [(points[-2][0] + points[-1][0], points[-2][1] + points[-1][1])]
        shoulder, *segments = points[1:] if "y" in kinds else [(0.0, 0.0), *points[1:]]
        upper, fore, *hand = (_Segment(math.hypot(r, h), math.atan2(h, r)) for r, h in segments)
        x, y, z = chain.origins[0].tolist()
        return cls(chain, kinds, signs, (x, y, z), shoulder, upper, fore, hand[0] if hand else None)

    @property
    def turns(self) -> bool:
        """Whether the arm has a yaw of its own.

        Without one the whole robot must turn to aim it.
        """
        return "y" in self.kinds

    @property
    def points(self) -> bool:
        """Whether the hand's direction can be chosen.

        Where it cannot it follows from the place.
        """
        return self.hand is not None

    def solve(self, target: Target, q0: Array | None = None) -> IkResult:
        """Return the solution within limits nearest to ``q0`` (n,), or home.

        Without a direction a hand that can points down. Out of reach it is the nearest that this
        solution finds, which is never nearer than what ``dls.solve`` finds.
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

    def turn_to(self, target: Target) -> float:
        """Return the robot's turn [rad] after which the arm faces the target.

        The turn is about base_link, left positive; 0 for an arm that turns by itself, and where the
        target is in its plane already or on the axis of the turn.
        """
        x, y, _ = target.position
        if self.turns or (x > 0 and abs(y - self.base[1]) <= POSITION_TOLERANCE_M):
            return 0.0
        aside = self.base[1] / max(math.hypot(x, y), abs(self.base[1]), sys.float_info.min)
        return wrap(math.atan2(y, x) - math.asin(aside))

    def _candidates(self, target: Target, stretch: bool = False) -> Iterator[list[float]]:
        """Yield joint positions that face the target or away, elbow up or down.

        ``stretch``: straight or folded where the arm does not reach.
        """
        h = target.position[2] - self.base[2] - self.shoulder[1]
        for yaw, out in self._facings(target):
            r = out - self.shoulder[0]
            if self.hand is None:
                links = ((upper, fore, fore) for upper, fore in self._two_links(r, h, stretch))
            else:
                pitch = _pitch(target, yaw)
                angle = pitch + self.hand.angle
                wrist = (
                    r - self.hand.length * math.cos(angle),
                    h - self.hand.length * math.sin(angle),
                )
                links = ((upper, fore, pitch) for upper, fore in self._two_links(*wrist, stretch))
            for upper, fore, pitch in links:
                yield self._joints(yaw, upper, fore, pitch, target.roll)

    def _facings(self, target: Target) -> Iterator[tuple[float, float]]:
        """Yield yaws [rad] of the arm's plane and the target's distance [m]."""
        x, y = target.position[0] - self.base[0], target.position[1] - self.base[1]
        if not self.turns:
            yield 0.0, x
            return
        distance = math.hypot(x, y)
        yaw = math.atan2(y, x) if distance > 1e-9 else _azimuth(target)
        yield yaw, distance
        yield yaw + math.pi, -distance

    def _two_links(self, r: float, h: float, stretch: bool) -> Iterator[tuple[float, float]]:
        """Yield directions [rad] of both links that put the wrist at (r, h).

        They are those of the lines from shoulder to elbow and from elbow to wrist.
        """
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

    def _joints(
        self, yaw: float, upper: float, fore: float, pitch: float, roll: float
    ) -> list[float]:
        shoulder = upper - self.upper.angle
        elbow = fore - self.fore.angle - shoulder
        angles = {
            "y": [yaw],
            "p": [shoulder, elbow, pitch - shoulder - elbow],
            "r": [math.remainder(roll, math.pi)],
        }
        wanted = (angles[kind].pop(0) for kind in self.kinds)
        return [self._into_limits(i, self.signs[i] * angle) for i, angle in enumerate(wanted)]

    def _into_limits(self, index: int, angle: float) -> float:
        """Return the same angle, by whole turns, within limits if any is.

        A roll goes to the nearest limit, because it moves nothing.
        """
        if self.kinds[index] == "r":
            return max(float(self.chain.lower[index]), min(float(self.chain.upper[index]), angle))
        angle = wrap(angle)
        if (
            angle < self.chain.lower[index] - _LIMIT_SLACK
            and angle + 2.0 * math.pi <= self.chain.upper[index]
        ):
            return angle + 2.0 * math.pi
        if (
            angle > self.chain.upper[index] + _LIMIT_SLACK
            and angle - 2.0 * math.pi >= self.chain.lower[index]
        ):
            return angle - 2.0 * math.pi
        return angle

    def _within(self, q: list[float]) -> bool:
        limits = zip(self.chain.lower, q, self.chain.upper, strict=True)
        return all(
            lower - _LIMIT_SLACK <= angle <= upper + _LIMIT_SLACK for lower, angle, upper in limits
        )

    def _nearest(self, target: Target, near: Array) -> IkResult:
        tries = [np.array(q) for q in self._candidates(target, stretch=True)] or [near]
        return min(
            (self._checked(target, q, exact=False) for q in tries),
            key=lambda result: (result.distance, result.angle),
        )

    def _checked(self, target: Target, q: Array, exact: bool) -> IkResult:
        """Measure what joint positions, put within limits, really reach.

        Place and direction may lie outside the arm's plane.
        """
        q = self.chain.clip(q)
        tip, rotation = self.chain.forward(q)
        asked = target.approach or ((0.0, 0.0, -1.0) if self.points else None)
        angle = (
            0.0
            if asked is None
            else math.acos(max(-1.0, min(1.0, float(np.dot(rotation[:, 0], asked)))))
        )
        distance = math.dist(tip, target.position)
        reached = exact and distance <= POSITION_TOLERANCE_M and angle <= ANGLE_TOLERANCE_RAD
        return IkResult(q, reached, distance, angle)


def _kind(axis: Array) -> str:
    """Return the letter of a joint about one of its frame's axes, else "?"."""
    main = int(np.argmax(np.abs(axis)))
    return _AXES[main] if abs(abs(float(axis[main])) - 1.0) <= 1e-9 else "?"


def _azimuth(target: Target) -> float:
    x, y, _ = target.approach or (0.0, 0.0, -1.0)
    return math.atan2(y, x) if math.hypot(x, y) > 1e-9 else 0.0


def _pitch(target: Target, yaw: float) -> float:
    """Return the hand's elevation [rad] in the vertical plane at ``yaw``.

    It is past +-90 degrees for a hand that points back.
    """
    if target.approach is None:
        return _DOWN
    x, y, z = target.approach
    return math.atan2(z, x * math.cos(yaw) + y * math.sin(yaw))
