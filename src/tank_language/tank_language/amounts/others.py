"""Amounts that no move, turn or wait has to itself, and names.

Of arcs, of headings, of all steps together. Pure.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence

from tank_core.commands import COMPASS, DISTANCE, RADIUS, Arc, Command, Move, TakePhoto, Turn
from tank_core.commands.units import DEGREES, METERS, SECONDS
from tank_language.amounts.sentence import Sentence
from tank_language.amounts.spoken import BARE, Quantity
from tank_language.amounts.values import DEFAULTS, FULL_TURN, candidates, value

# a width of the whole circle, which is twice its radius
_DIAMETER = re.compile(r"\b(?:diameter|across|wide|width|over)\b")
TENTH = 0.06  # [deg]; angles are rounded to one digit
_RADII = (*map(float, RADIUS.vague.values()),)


def unheard(commands: Iterable[Command], sentence: Sentence) -> str | None:
    """Say which place, heading or arc does not follow from the sentence."""
    for command in commands:
        place = getattr(command, "place", None)
        if place and not re.search(rf"(?<!\w){re.escape(place)}(?!\w)", sentence.text):
            return f"no place called {place!r} was said; say its name as it was given"
        heading = getattr(command, "heading_deg", None)
        told = heading in COMPASS or any(_is_heading(heading, one) for one in sentence.said)
        if heading is not None and not told:
            return f"heading {heading:g} does not follow from what was said"
        if isinstance(command, Arc):
            said = sentence.said
            if not _near(command.radius_m, (*_RADII, *_radii(said, sentence))):
                return f"a radius of {command.radius_m:g} m does not follow from what was said"
            if not _near(command.angle_deg, (*DEFAULTS[Turn], *_angles(command, said)), TENTH):
                return f"an arc of {command.angle_deg:g} degrees does not follow from what was said"
    return None


def takes(commands: Sequence[Command], one: Quantity, sentence: Sentence) -> bool:
    """Whether something else took this amount.

    An arc, a heading, or all steps together with pictures between them.
    """
    for command in commands:
        heading = getattr(command, "heading_deg", None)
        if heading is not None and _is_heading(heading, one):
            return True
        if isinstance(command, Arc) and (
            _near(command.radius_m, _radii([one], sentence))
            or _near(command.angle_deg, _angles(command, [one]), TENTH)
        ):
            return True
    if not any(isinstance(command, TakePhoto) for command in commands):
        return False
    ways = math.fsum(value(each) for each in commands if isinstance(each, Move))
    angles = math.fsum(value(each) for each in commands if isinstance(each, Turn))
    return any(
        _near(total, candidates(kind, [one], sentence), rounded * len(commands))
        for kind, total, rounded in ((Move, ways, 5e-4), (Turn, angles, TENTH))
    )


def _is_heading(heading: float | None, one: Quantity) -> bool:
    return float(one.number) % FULL_TURN == heading and one.unit in (BARE, "deg")


def _radii(said: Iterable[Quantity], sentence: Sentence) -> Iterator[float]:
    """Yield every radius [m] that these amounts may be, or be the diameter of."""
    across = _DIAMETER.search(sentence.text)
    for one in said:
        if one.unit in (BARE, *METERS):
            length = float(one.number * METERS.get(one.unit, METERS["m"]))
            yield from (length, length / 2) if across else (length,)


def _angles(arc: Arc, said: Iterable[Quantity]) -> Iterator[float]:
    """Yield every angle [deg] of this arc's circle that these amounts may be."""
    for one in said:
        if one.unit in (BARE, *DEGREES):
            yield float(one.number * DEGREES.get(one.unit, DEGREES["deg"]))
        if one.unit == "turn":
            yield float(one.number) * FULL_TURN
        lengths = [one.number * METERS[one.unit]] if one.unit in METERS else []
        if one.unit in SECONDS and DISTANCE.rates:
            lengths = [one.number * SECONDS[one.unit] * rate for rate in DISTANCE.rates.values()]
        yield from (math.degrees(float(length) / arc.radius_m) for length in lengths)


def _near(found: float, wanted: Iterable[float], rounded: float = 1e-3) -> bool:
    return any(math.isclose(found, one, rel_tol=1e-3, abs_tol=rounded) for one in wanted)
