"""The question and the answer of inverse kinematics."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tank_core.geometry import Vector
from tank_core.state import Array

POSITION_TOLERANCE_M = 5e-4
ANGLE_TOLERANCE_RAD = 5e-3


@dataclass(frozen=True)
class Target:
    """A place [m] and, if said, a direction for the hand, in base_link.

    ``position`` is that of the tool center point. ``approach`` is where the hand shall point, of
    any length; None leaves it free. The roll about it is free, too, so an arm of four joints can
    meet it. ``roll`` [rad] turns the fingers about it in an arm that can; they are alike, so half
    turns do not count, and beyond its limit the joint stays there.

    Raises ValueError for numbers that are not finite and for a direction of no length.
    """

    position: Vector
    approach: Vector | None = None
    roll: float = 0.0

    def __post_init__(self) -> None:
        if not all(math.isfinite(value) for value in self.position):
            raise ValueError(
                f"the target position is {self.position}; it must be three finite numbers in meters"
            )
        if not math.isfinite(self.roll):
            raise ValueError(f"the roll is {self.roll}; it must be a finite number in radians")
        if self.approach is not None:
            length = math.hypot(*self.approach)
            if not math.isfinite(length) or length < 1e-9:
                raise ValueError(
                    f"the approach direction is {self.approach}; it must be three finite numbers, "
                    "not all 0"
                )
            x, y, z = self.approach
            object.__setattr__(self, "approach", (x / length, y / length, z / length))


@dataclass(frozen=True)
class IkResult:
    """An answer within the joint limits, be the target reached or not."""

    q: Array  # joint positions [rad]  # (n,)
    reached: bool
    distance: float  # [m] that the tool center point stays away from the target
    angle: float = 0.0  # [rad] between the hand and the asked direction; 0 when none was asked
    iterations: int = 0
    # [rad] left positive, that the robot must turn before an arm without a yaw can get there; 0:
    # not the trouble
    turn: float = 0.0

    @property
    def message(self) -> str:
        """The answer in the operator's words, such as "3.2 cm out of reach"."""
        if self.reached:
            return "within reach"
        if self.turn:
            side = "left" if self.turn > 0 else "right"
            return (
                f"{self.distance * 100:.1f} cm out of reach: the arm itself does not turn, so the "
                "robot must turn "
                f"{abs(math.degrees(self.turn)):.0f} degrees to the {side} first"
            )
        if self.distance > POSITION_TOLERANCE_M:
            return f"{self.distance * 100:.1f} cm out of reach"
        return (
            f"within reach only with the hand pointing {math.degrees(self.angle):.0f} degrees off"
        )
