"""A try at a demonstration, and how its recording is told. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tank_learning.skills.dataset.demonstration import Demonstration

# whether a source is in the dataset already
Known = Callable[[str], bool]


@dataclass(frozen=True)
class Attempt:
    """A demonstration, or why there is none.

    ``notes`` say what is missing in one that is there.
    """

    source: str
    shown: Demonstration | None = None
    why_not: str = ""
    notes: tuple[str, ...] = ()
