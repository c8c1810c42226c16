"""Gates that the robot drove through, to come back the same way. Pure.

Walls have no color, so a straight way back may lead into one; a gate that was driven through is
known to lead to the other side.
"""

from __future__ import annotations

import math
from dataclasses import replace

from tank_core.geometry import Place, Pose2D
from tank_executor.memory import KnownGate

SAME_M = 0.4  # a gate that is found this near to another one is that gate, after some drift


class Passages:
    """The gates that were driven through, in their order."""

    def __init__(self) -> None:
        self._gates: list[KnownGate] = []

    @property
    def count(self) -> int:
        """The number of gates so far: where the robot is, as ``back`` takes it."""
        return len(self._gates)

    def note(self, gate: KnownGate) -> None:
        """The robot drove through a gate, in the direction of its pose."""
        self._gates.append(gate)

    def back(self, count: int, here: Place, goal: Place) -> list[KnownGate]:
        """Gates between ``here`` and ``goal`` [m] in odom, in their order.

        ``count``: the gates so far when the robot was at the goal. What was gone through there and
        back does not count, nor a gate that the robot has come round.
        """
        way: list[KnownGate] = []
        for gate in self._gates[count:]:
            if way and way[-1].pose.distance(gate.pose) <= SAME_M and _opposite(way[-1], gate):
                way.pop()
            else:
                way.append(gate)
        stops = [goal, *((gate.pose.x, gate.pose.y) for gate in way)]
        back: list[KnownGate] = []
        for gate, before in reversed(list(zip(way, stops, strict=False))):
            if gate.pose.to_local(here)[0] > 0.0 > gate.pose.to_local(before)[0]:
                back.append(_turned(gate))
                here = (gate.pose.x, gate.pose.y)
        return back


def _opposite(one: KnownGate, two: KnownGate) -> bool:
    return one.pose.turned(two.pose) > math.pi / 2


def _turned(gate: KnownGate) -> KnownGate:
    """Return a gate as it is seen from its other side."""
    return replace(gate, pose=Pose2D(gate.pose.x, gate.pose.y, gate.pose.yaw + math.pi))
