"""Stops, held by source: each is in force until whoever made it takes it back.

Pure. The robot's controller and the plan runner each hold one of their own. Not thread-safe:
whoever owns it takes care that one thread at a time changes it.
"""

from __future__ import annotations

OPERATOR = "operator"  # who stopped, where nothing else is said


class StopLatch:
    """Who stopped, and why.

    A stop always wins: while one source's is in force, no other's reset sets anything free.
    """

    def __init__(self) -> None:
        self._stops: dict[str, str] = {}  # who -> why

    @property
    def stopped(self) -> bool:
        """True from a stop until everybody who stopped has reset it."""
        return bool(self._stops)

    @property
    def reason(self) -> str:
        """The reason of the stop in words; empty when there is none."""
        return "; ".join(self._stops.values())

    @property
    def refusal(self) -> str | None:
        """The refusal of motion in words; None when it is free."""
        return f"stopped ({self.reason}); reset the stop first" if self.stopped else None

    def of(self, *sources: str) -> dict[str, str]:
        """The stops of these sources that are in force: who, and why."""
        return {who: why for who, why in self._stops.items() if who in sources}

    def stopped_by(self, source: str) -> bool:
        """True from this source's stop until it has reset it."""
        return source in self._stops

    def stop(self, reason: str, source: str = OPERATOR) -> None:
        """Latch a stop on a source's behalf; its last reason counts.

        Idempotent.
        """
        self._stops[source] = reason

    def reset(self, source: str | None = None) -> bool:
        """Take back the stop of one source, or of all.

        Returns True when none is in force any more.
        """
        if source is None:
            self._stops.clear()
        else:
            self._stops.pop(source, None)
        return not self.stopped
