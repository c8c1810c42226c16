"""Amounts: numbers with a unit, and what a word of vagueness means instead."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import ClassVar, TypeGuard

from tank_core.commands.units import METERS, SECONDS
from tank_core.exceptions import InvalidCommandError
from tank_core.io.one_line import quoted


@dataclass(frozen=True)
class Amount:
    """A number over 0, from ``minimum`` to ``maximum``, in ``unit``."""

    unit: str
    maximum: float
    units: Mapping[str, Decimal]  # of shorthand, and their sizes; the action's own comes first
    # what a word of vagueness, or no word at all (""), means
    vague: Mapping[str, Decimal]
    # motion for a time: how much of it a second brings, by the speed that was said
    rates: Mapping[str | None, Decimal] | None = None
    rule: str = ""  # its rule in the grammar; "" is spelled out where it stands
    converted_digits: int = 3  # decimals of an amount that was said in another unit
    minimum: float = 0.0  # 0 itself is never an amount
    # words one of which stands before a number in shorthand, and what they multiply it by
    marks: Mapping[str, Decimal] = field(default_factory=dict)
    limit: Decimal | None = None  # what no word at all means where something else ends the motion
    # an angle along a circle: the field of its radius; a length, or a time, is the angle of that
    # length
    radius: str = ""
    blank: ClassVar[float] = 0.0

    def checked(self, name: str, value: object) -> float:
        """The number that ``value`` is.

        Raises InvalidCommandError that names the limits.
        """
        if not is_number(value) or not 0 < value <= self.maximum or value < self.minimum:
            least = f"of at least {self.minimum:g}" if self.minimum else "over 0"
            raise InvalidCommandError(
                f"{name} is {quoted(value)}; it must be a number {least} and at most "
                f"{self.maximum:g} {self.unit}"
            )
        return float(value)

    def said(self, value: float) -> str:
        """An amount as the operator reads it: "1.5 m"."""
        return f"{value:g} {self.unit}"

    @property
    def spoken_units(self) -> tuple[str, ...]:
        """Every unit that shorthand has for it."""
        ways = METERS if self.radius else ()
        return (*self.units, *ways, *(SECONDS if self.rates else ()))

    def converted(
        self, number: Decimal, unit: str, speed: str | None, radius: float = 1.0
    ) -> float:
        """``number`` of ``unit`` in the action's own, rounded half up.

        "" is the own unit; a unit of time is motion for that long at ``speed`` (None: normal).
        ``radius`` [m] is that of the circle, where the way is one.
        """
        own = unit in ("", next(iter(self.units)))
        along = bool(self.radius) and unit not in ("", *self.units)
        if self.rates and unit in SECONDS:
            number *= self.rates.get(speed, self.rates[None]) * SECONDS[unit]
        else:
            number *= (METERS if along else self.units).get(unit, Decimal(1))
        if along:
            number *= Decimal(180 / math.pi / radius)
        step = Decimal(1).scaleb(-(3 if own else self.converted_digits))
        return float(number.quantize(step, rounding=ROUND_HALF_UP))


def is_number(value: object) -> TypeGuard[float]:
    """Whether a value is a number at all.

    One that is not finite fails every comparison.
    """
    return isinstance(value, (int, float)) and not isinstance(value, bool)
