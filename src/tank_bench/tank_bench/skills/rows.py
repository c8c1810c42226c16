"""The rows of ``./tank bench skills``: who does it, and on which robot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """A way to do a thing, and a situation: a line of the table.

    ``by``: "classical" is the stack's own way, and stands first. ``variant``: what differs from
    the situation that a skill was trained in, such as "dim light"; empty: nothing.
    """

    skill: str  # "face", "go_through", "reach", "pick and place"
    by: str
    robot: str
    realism: str = "ideal"
    variant: str = ""
    wanted: float | None = None  # the least share of successes
    file: str = ""  # of a skill of one's own, in place of the one that comes with Tank


@dataclass(frozen=True)
class Outcome:
    """The end of one trial, judged by the simulator's truth.

    ``claimed``: what the robot itself said; a claim without success is a false one.
    """

    success: bool
    claimed: bool
    seconds: float  # of the robot's time
    decision_ms: tuple[float, ...] = ()  # processor time of each decision


Trial = tuple[Row, int]  # and the seed, which places everything
Run = Callable[[Row, int], Outcome]
