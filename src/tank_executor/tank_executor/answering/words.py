"""Numbers, places and lists as a person says them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tank_core.geometry import Place, wrap

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
AHEAD_DEG = 1  # less is straight ahead, more than 179 straight behind
_ABOUT_M, _ABOUT_DEG = 0.1, 10  # steps of a place that is not measured well
_POINTS = (
    "north", "northeast", "east", "southeast", "south", "southwest", "west", "northwest",
)  # fmt: skip


def number(count: int) -> str:
    """A count in words up to ten."""
    return _NUMBERS[count] if count < len(_NUMBERS) else str(count)


def counted(count: int, name: str) -> str:
    """A number of things: "one red cube", "two red cubes", "no red cube"."""
    return f"{number(count)} {name}{'s' if count > 1 else ''}"


def with_article(name: str) -> str:
    """A name with its article: "a red cube", "an orange ball"."""
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def listed(parts: Sequence[str], mark: str = ",") -> str:
    """Parts as a list: "a, b and c"; ``mark`` stands between them."""
    if len(parts) < 2:
        return "".join(parts)
    joint = " and " if mark == "," else f"{mark} and "
    return f"{f'{mark} '.join(parts[:-1])}{joint}{parts[-1]}"


def place(where: Place, exact: bool = True) -> str:
    """A place [m] in base_link: "0.62 m away, 20 degrees to the left".

    One that is not ``exact`` is rounded to what is known of it.
    """
    distance, angle = math.hypot(*where), math.degrees(math.atan2(where[1], where[0]))
    if exact:
        return f"{distance:.2f} m {_direction(round(angle), '')}"
    rough = _ABOUT_DEG * round(angle / _ABOUT_DEG)
    return f"about {max(_ABOUT_M, distance):.1f} m {_direction(rough, 'about ')}"


def _direction(degrees: int, about: str) -> str:
    if abs(degrees) <= AHEAD_DEG:
        return "straight ahead"
    if abs(degrees) >= 180 - AHEAD_DEG:
        return "straight behind me"
    return f"away, {about}{side(degrees)}"


def side(degrees: float) -> str:
    """A turn [deg]: "20 degrees to the left"; positive is left."""
    return f"{abs(round(degrees))} degrees to the {'left' if degrees > 0 else 'right'}"


def lasting(seconds: float) -> str:
    """A duration [s] in whole seconds, at least one."""
    return f"{max(1, round(seconds))} s"


def heading(degrees: float) -> str:
    """A compass heading [deg]: "90 degrees (east)"."""
    return f"{round(degrees) % 360} degrees ({_POINTS[round(degrees / 45) % 8]})"


def turned(yaw: float) -> str:
    """A turn [rad] since the start: "turned 90 degrees to the left"."""
    degrees = round(math.degrees(wrap(yaw)))
    return "facing as I did there" if degrees == 0 else f"turned {side(degrees)}"
