"""Places beside a thing, as the robot sees them when it faces the thing. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tank_core.commands import Relation
from tank_core.commands.fields import RELATION
from tank_core.geometry import Place
from tank_executor.memory import Thing

# directions [rad] from a thing, against the one in which the robot looks at it; left is positive
_SIDES = {
    Relation.BEHIND: 0.0,
    Relation.LEFT_OF: math.pi / 2,
    Relation.IN_FRONT_OF: math.pi,
    Relation.RIGHT_OF: -math.pi / 2,
}
_AROUND = 8  # directions that are tried where any side will do
# how far off the direction that was said a place may be, where that one is not free
_OFF = tuple(math.radians(angle) for angle in (0.0, 15.0, -15.0, 30.0, -30.0))
OFF_M = 1.5  # [m/rad] what it costs in way to be off: more than any way is shorter for it


@dataclass(frozen=True)
class Beside:
    """A relation to a thing, seen along ``facing`` [rad] in odom."""

    relation: Relation
    facing: float

    def directions(self) -> list[tuple[float, float]]:
        """Return the directions [rad] in odom that will do, with costs [m]."""
        if self.relation is Relation.NEXT_TO:
            return [(2 * math.pi * number / _AROUND, 0.0) for number in range(_AROUND)]
        middle = self.facing + _SIDES[self.relation]
        return [(middle + off, OFF_M * abs(off)) for off in _OFF]

    def words(self, thing: Thing) -> str:
        """Say it: "to the left of the blue ball"."""
        return f"{RELATION.said(self.relation)} the {thing.name}"


def place_beside(thing: Thing, direction: float, away: float) -> Place:
    """Return the place in odom ``away`` [m] from the middle of a thing."""
    return thing.x + away * math.cos(direction), thing.y + away * math.sin(direction)
