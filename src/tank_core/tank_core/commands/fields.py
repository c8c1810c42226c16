"""The fields of commands: amounts, words and names that they may hold.

Each says how it is checked, written in schema and grammars, and said to the operator.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Annotated, Any

from tank_core.commands.amount import Amount
from tank_core.commands.kinds import Alternative, Heading, Name, Word, Words
from tank_core.commands.units import DEGREES, METERS, SECONDS, amounts
from tank_core.commands.words import (
    Cell,
    Color,
    Past,
    Relation,
    Shape,
    Side,
    Speed,
    Until,
)
from tank_core.exceptions import InvalidCommandError


def _clock(hour: int) -> dict[str, Any]:
    """1 to 6 o'clock are on the right, 7 to 11 on the left, 30 degrees an hour.

    12 is straight ahead: nothing to do.
    """
    if not 1 <= hour <= 11:
        raise InvalidCommandError(f"{hour} o'clock is no turn; say 1 to 11 o'clock")
    if hour <= 6:
        return {"direction": Side.RIGHT, "angle_deg": 30.0 * hour}
    return {"direction": Side.LEFT, "angle_deg": 30.0 * (12 - hour)}


CLOCK = Alternative("clock", "hour", '[1-9] | "1" [0-2]', ("direction", "angle_deg"), _clock)
DISTANCE = Amount(
    "m",
    100,
    METERS,
    vague=amounts("1, bit 0.5, touch 0.3, far 5"),
    rates={None: Decimal("0.5"), Speed.SLOW: Decimal("0.2"), Speed.FAST: Decimal("1")},
    rule="way",
    limit=Decimal(10),
)
ANGLE = Amount(
    "degrees",
    360,
    DEGREES,
    vague=amounts("90, bit 30, touch 15"),
    rates={None: Decimal("57.3"), Speed.SLOW: Decimal("28.6"), Speed.FAST: Decimal("114.6")},
    rule="angle",
    converted_digits=1,
)
DURATION = Amount("s", 600, SECONDS, vague=amounts("1, bit 2, far 5"))
RADIUS = Amount(
    "m",
    10,
    METERS,
    vague=amounts("0.5, wide 1, tight 0.25"),
    minimum=0.1,
    marks=amounts("radius 1, diameter 0.5"),
)
BEND = replace(ANGLE, rates=DISTANCE.rates, rule="bend", radius="radius_m")
PACE = Words(Speed, "pace", unsaid=Speed.NORMAL, spelled=(Speed.SLOW, Speed.FAST))
Pace = Annotated[Speed, PACE]
OfSide = Annotated[Side, Words(Side, "side")]
CELL = Words(
    Cell,
    "cell",
    unsaid=Cell.FRONT,
    phrases={
        Cell.FRONT: "in front",
        Cell.FRONT_LEFT: "ahead on the left",
        Cell.FRONT_RIGHT: "ahead on the right",
        Cell.LEFT: "on the left",
        Cell.RIGHT: "on the right",
    },
)
ArmCell = Annotated[Cell, CELL]
OfColor = Annotated[Color, Words(Color, "color")]
OfShape = Annotated[Shape, Words(Shape, "shape")]
BESIDE: dict[Word, str] = {Relation.LEFT_OF: "to the left of", Relation.RIGHT_OF: "to the right of"}
RELATION = Words(Relation, "relation", phrases=BESIDE)
STAND = Words(Relation, without=(Relation.ON,), phrases=BESIDE)
UNTIL = Words(
    Until,
    mark="until",
    phrases={Until.OBSTACLE: "something is in the way", Until.OBJECT: "it sees {object}"},
)
PAST = Words(
    Past,
    phrases={
        Past.START: "to the start",
        Past.BEFORE: "to where it was before",
        Past.HERE: "to where it was asked",
    },
)
PLACE, HEADING = Name("place"), Heading()
PlaceName = Annotated[str, PLACE]
CompassHeading = Annotated[float, HEADING]
