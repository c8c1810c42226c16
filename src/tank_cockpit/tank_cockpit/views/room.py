"""The simulated world as it really is, and which other ones there are. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tank_core.exceptions import TankError
from tank_core.io.inputs import InputError, parse_json


@dataclass(frozen=True)
class TrueThing:
    """A thing that is really there, in odom as it was at the start.

    ``form``: "cube", "ball" or "cylinder"; ``place`` [m]; ``turn``: quaternion x, y, z, w; ``size``
    [m] along its axes; ``rgb`` from 0 to 1; ``fast``: it stands fast, as a wall does.
    """

    form: str
    place: tuple[float, float, float]
    turn: tuple[float, float, float, float]
    size: tuple[float, float, float]
    rgb: tuple[float, float, float]
    fast: bool


class WorldLetterError(TankError, ValueError):
    """A message about the world that is none of our simulator's."""


def room_letter(things: Iterable[TrueThing]) -> dict[str, Any]:
    """The letter about all that is there."""
    return {"t": "room", "things": [_told(each) for each in things]}


def _told(thing: TrueThing) -> dict[str, Any]:
    color = "#" + "".join(f"{round(255 * min(1.0, max(0.0, part))):02x}" for part in thing.rgb)
    return {
        "form": thing.form, "p": _rounded(thing.place), "q": _rounded(thing.turn),
        "size": _rounded(thing.size), "color": color, "fast": thing.fast,
    }  # fmt: skip


def _rounded(numbers: Iterable[float]) -> list[float]:
    return [round(number, 3) for number in numbers]


def world_letter(text: str) -> dict[str, Any]:
    """The letter about which world it is, of the topic ``world``.

    Raises WorldLetterError where that is none of our simulator's.
    """
    try:
        told = parse_json(text)
    except InputError as error:
        raise WorldLetterError(str(error)) from None
    if not isinstance(told, dict) or not isinstance(told.get("worlds"), list):
        raise WorldLetterError("the topic world is no JSON object with world, seed and worlds")
    seed = told.get("seed")
    return {
        "t": "world",
        "world": str(told.get("world", "")),
        "seed": seed if isinstance(seed, int) else 0,
        "worlds": [str(each) for each in told["worlds"]],
    }
