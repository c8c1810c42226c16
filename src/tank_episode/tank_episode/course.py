"""The way on which a command list leads, as far as its words tell. Pure."""

from __future__ import annotations

import math

from tank_core.commands import (
    Arc,
    Command,
    Face,
    GoBack,
    GoTo,
    Move,
    MoveDirection,
    Past,
    Relation,
    Remember,
    Turn,
)
from tank_core.diff_drive import arc_end
from tank_core.geometry import Place, Pose2D

NORTH = math.pi / 2  # [rad] +y of the world, and of odom, which begins at the world's origin
# to the left of the way on which the robot faces a thing [rad]: where it stands beside it, as seen
# from there
_ASIDE = {
    Relation.BEHIND: 0.0,
    Relation.LEFT_OF: math.pi / 2,
    Relation.RIGHT_OF: -math.pi / 2,
}


class Course:
    """The place of a robot that does as it is told, and what it would remember.

    ``here`` is in the world, [m] and [rad]. Tell it every command with ``follow``; what a command
    finds on its way is told by ``goes_to``, ``faces`` and ``ends_beside``.
    """

    def __init__(self, north: float) -> None:
        """Begin at the world's origin, with a compass: ``north`` in [rad]."""
        self.here = Pose2D()
        self.places: dict[str, Pose2D] = {}  # by name
        self._past = {Past.START: self.here}
        self._north = north

    def begin(self) -> None:
        """A request begins here."""
        asked = self._past.get(Past.HERE)
        if asked is not None and asked != self.here:
            self._past[Past.BEFORE] = asked
        self._past[Past.HERE] = self.here

    def follow(self, command: Command) -> None:
        """Go where the command's own words lead."""
        if isinstance(command, Move):
            sign = 1.0 if command.direction is MoveDirection.FORWARD else -1.0
            self.goes_to((sign * command.distance_m, 0.0))
        elif isinstance(command, Turn):
            angle = command.direction.sign * math.radians(command.angle_deg)
            self.goes_to((0.0, 0.0), angle)
        elif isinstance(command, Arc):
            sign = command.direction.sign
            end = arc_end(sign * command.radius_m, sign * math.radians(command.angle_deg))
            self.here = self.here.compose(end)
        elif isinstance(command, Face) and command.heading_deg is not None:
            yaw = self._north - math.radians(command.heading_deg)
            self.here = Pose2D(self.here.x, self.here.y, yaw)
        elif isinstance(command, Remember) and command.heading_deg is not None:
            self._north = self.here.yaw + math.radians(command.heading_deg)
        elif isinstance(command, Remember):
            self.places[str(command.place)] = self.here
        elif isinstance(command, GoTo):
            self.here = self.places.get(command.place, self.here)
        elif isinstance(command, GoBack):
            self.here = self._past.get(command.to, self.here)

    def goes_to(self, place: Place, turned: float = 0.0) -> None:
        """Go to a place [m] as seen from here, turned [rad] from here."""
        self.here = self.here.compose(Pose2D(*place, turned))

    def faces(self, place: Place) -> None:
        """Turn toward a place in the world [m]."""
        x, y = self.here.x, self.here.y
        self.here = Pose2D(x, y, math.atan2(place[1] - y, place[0] - x))

    def ends_beside(self, place: Place, away: float, relation: Relation | None = None) -> None:
        """Drive to ``away`` [m] from a place in the world, and face it.

        ``relation``: the side of it, as it is seen from here; by default this one.
        """
        self.faces(place)
        side = self.here.yaw + _ASIDE.get(relation or Relation.NEXT_TO, math.pi)
        x, y = place[0] + away * math.cos(side), place[1] + away * math.sin(side)
        self.here = Pose2D(x, y)
        self.faces(place)
