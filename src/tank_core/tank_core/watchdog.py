"""A heartbeat: what is not repeated in time has ended."""

from __future__ import annotations


class Watchdog:
    """Expired until it is fed, and again ``timeout`` [s] after that.

    Time is an argument [s], of any one clock.
    """

    def __init__(self, timeout: float) -> None:
        self.timeout = timeout
        self._fed: float | None = None

    def feed(self, now: float) -> None:
        """Somebody is there."""
        self._fed = now

    def starve(self) -> None:
        """Expire at once."""
        self._fed = None

    def expired(self, now: float) -> bool:
        """True when nobody fed it in time.

        A clock that went back (a simulation was reset) counts as expired: stopping is safe.
        """
        return self._fed is None or not 0.0 <= now - self._fed <= self.timeout

    def left(self, now: float) -> float:
        """The time [s] until it expires unless it is fed again; 0 when it has."""
        return 0.0 if self._fed is None or self.expired(now) else self._fed + self.timeout - now
