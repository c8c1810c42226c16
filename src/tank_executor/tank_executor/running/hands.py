"""The word about hands that drive, as the executor tells it. Pure.

As JSON on ``teleop_state``: {"state": "free", "driven" or "refused", "why": WORDS, "speeds":
{"slow", "normal", "fast": [m/s, rad/s]}, "reach": [m]}.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from tank_core.exceptions import TankError
from tank_core.io.inputs import parse_json
from tank_core.robot import Robot

FREE, DRIVEN, REFUSED = "free", "driven", "refused"


@dataclass(frozen=True)
class Hands:
    """Whether a hand drives, or why one is refused, and facts of the robot.

    ``speeds``: by word, [m/s] and [rad/s]. ``reach``: how far ahead of the robot's middle a thing
    ends that it drives up to [m]; None where it was not told.
    """

    state: str
    why: str
    speeds: Mapping[str, tuple[float, float]]
    reach: float | None = None

    def to_text(self) -> str:
        return json.dumps(asdict(self))


def speeds_of(robot: Robot) -> dict[str, tuple[float, float]]:
    """The speeds of a robot by their words."""
    return {word.value: (pace.linear, pace.angular) for word, pace in robot.speeds.items()}


def hands_from_text(text: str) -> Hands | None:
    """Read what ``to_text`` wrote; None where it is something else."""
    try:
        data = parse_json(text)
        speeds = {str(word): (float(v), float(w)) for word, (v, w) in data["speeds"].items()}
        reach = data.get("reach")  # older recordings have none
        return Hands(
            str(data["state"]), str(data["why"]), speeds, None if reach is None else float(reach)
        )
    except (AttributeError, KeyError, TypeError, ValueError, TankError):
        return None
