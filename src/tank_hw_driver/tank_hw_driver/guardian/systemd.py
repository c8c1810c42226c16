"""Signs of life for systemd (sd_notify(3))."""

from __future__ import annotations

import os
import socket
from contextlib import suppress


class SystemdNotifier:
    """Says to systemd that the service is ready, and that it lives.

    One datagram each to $NOTIFY_SOCKET; without that variable it does nothing.
    """

    def __init__(self, idle: float) -> None:
        """``idle`` [s]: the period of signs of life where no watchdog waits."""
        address = os.environ.get("NOTIFY_SOCKET", "")
        self._address = "\0" + address[1:] if address.startswith("@") else address
        usec = os.environ.get("WATCHDOG_USEC", "")
        watched = usec.isdigit() and os.environ.get("WATCHDOG_PID", str(os.getpid())) == str(
            os.getpid()
        )
        self.period = int(usec) * 1e-6 / 3 if watched else idle  # [s] between signs of life
        self._said = 0.0
        self._status = ""

    def ready(self) -> None:
        self._send("READY=1")

    def alive(self, now: float, status: str) -> None:
        """Give a sign of life when one is due, at ``now`` [s].

        And at once when the status has changed.
        """
        if now - self._said >= self.period or status != self._status:
            self._said, self._status = now, status
            self._send(f"WATCHDOG=1\nSTATUS={status}")

    def _send(self, text: str) -> None:
        if self._address:
            with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as datagram:
                datagram.setblocking(False)
                datagram.sendto(text.encode(), self._address)
