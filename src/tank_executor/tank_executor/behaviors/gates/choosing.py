"""Chooses the gate that is meant, among those that the camera knows. Pure.

Which one is ahead and which on a side is by their direction from where the robot stood when it was
told, however it has turned since.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tank_core.commands import Side
from tank_core.geometry import Pose2D
from tank_executor.memory import KnownGate
from tank_executor.motion.guard import GATE_M
from tank_executor.motion.route import Footprint

# a gate in these directions is straight ahead, ahead, or on a side
STRAIGHT_RAD, AHEAD_RAD = math.radians(15.0), math.radians(60.0)
ASIDE_RAD = math.radians(25.0), math.radians(120.0)
FAR_M = 4.0  # what is farther away is not meant
KEPT_S = 60.0  # what was not seen for longer may have gone
ODD_M = 0.02  # a gate that is measured this much too narrow from afar may still fit


@dataclass(frozen=True)
class GateChoice:
    """The gate that is meant, or why there is none; both None: none is known."""

    gate: KnownGate | None = None
    reason: str | None = None


def choose(
    gates: Sequence[KnownGate],
    start: Pose2D,
    side: Side | None,
    footprint: Footprint,
    now: float,
    looked: bool,
) -> GateChoice:
    """Return the gate that is meant by who speaks to a robot at ``start``.

    ``looked``: the robot has turned to look. Before that what is ahead, but not straight ahead, may
    be one of two.
    """
    known = [gate for gate in gates if now - gate.seen <= KEPT_S and _away(gate, start) <= FAR_M]
    meant = _on_side(known, start, side) if side else _ahead(known, start, looked)
    fitting = [gate for gate in meant if gate.width > needed(footprint) - ODD_M]
    if len(fitting) > 1:
        return GateChoice(reason=_which(fitting, start, side))
    if fitting:
        return GateChoice(fitting[0])
    if meant:
        return GateChoice(reason=too_narrow(meant[0], footprint))
    return GateChoice()


def needed(footprint: Footprint) -> float:
    """Return the width [m] that the robot needs."""
    return 2 * (footprint.half_width + GATE_M)


def too_narrow(gate: KnownGate, footprint: Footprint) -> str:
    """Say that it is, with the figures."""
    return (
        f"the {gate.name} is {gate.width:.2f} m wide, and I need {needed(footprint):.2f} m to "
        "drive through"
    )


def bearing(gate: KnownGate, start: Pose2D) -> float:
    """Return the direction [rad] of a gate's middle, seen from there."""
    x, y = start.to_local((gate.pose.x, gate.pose.y))
    return math.atan2(y, x)


def not_found(gates: Sequence[KnownGate], start: Pose2D, side: Side | None) -> str:
    """Say that none is seen there, where one is, and what cannot be seen."""
    text = f"I see no gate {where(side)}"
    if gates:
        there = bearing(min(gates, key=lambda gate: _away(gate, start)), start)
        text += f", but one {_direction(there)}"
    return f"{text}; one of the floor's color I cannot see"


def where(side: Side | None) -> str:
    """Return "ahead" or "on the left"."""
    return "ahead" if side is None else f"on the {side}"


def _direction(angle: float) -> str:
    if abs(angle) > math.radians(135.0):
        return "behind me"
    if abs(angle) < ASIDE_RAD[0]:
        return "ahead"
    return "on the left" if angle > 0 else "on the right"


def _away(gate: KnownGate, start: Pose2D) -> float:
    return math.dist((gate.pose.x, gate.pose.y), (start.x, start.y))


def _ahead(gates: list[KnownGate], start: Pose2D, looked: bool) -> list[KnownGate]:
    """Return those straight ahead; if there is none, those roughly ahead."""
    near = [gate for gate in gates if abs(bearing(gate, start)) <= STRAIGHT_RAD]
    if near or not looked:
        return near
    return [gate for gate in gates if abs(bearing(gate, start)) <= AHEAD_RAD]


def _on_side(gates: list[KnownGate], start: Pose2D, side: Side) -> list[KnownGate]:
    """Return those on a side: what is more or less ahead is not."""
    sign, (least, most) = side.sign, ASIDE_RAD
    return [gate for gate in gates if least < sign * bearing(gate, start) <= most]


def _which(gates: list[KnownGate], start: Pose2D, side: Side | None) -> str:
    number = {2: "two", 3: "three", 4: "four"}.get(len(gates), str(len(gates)))
    sides = [bearing(gate, start) > 0 for gate in gates]
    if side is None and sorted(sides) == [False, True]:
        return f"I see {number} gates; say left or right"
    return f"I see {number} gates {where(side)}; turn toward the one you mean and say it again"
