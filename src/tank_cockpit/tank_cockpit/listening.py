"""Sockets to listen at, and the names by which browsers reach them."""

from __future__ import annotations

import errno
import socket
from contextlib import suppress

from tank_cockpit.access import HERE, NAMES
from tank_core.exceptions import TankError
from tank_core.io.one_line import quoted, reason

EVERYWHERE = "0.0.0.0"
TRIES = 20  # ports, from the one asked for


def listen(host: str, port: int) -> socket.socket:
    """A socket bound to the first free port from ``port`` on.

    Raises TankError where there is none, or no such address here.
    """
    for candidate in range(port, min(port + TRIES, 65536)):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HERE if host in NAMES else host, candidate))
            listener.listen(64)
            return listener
        except OSError as error:
            listener.close()
            if error.errno != errno.EADDRINUSE:
                raise TankError(
                    f"the cockpit cannot listen at {quoted(host)}: {reason(error)}; give an "
                    f"address of this machine, or {EVERYWHERE} for all of them"
                ) from None
    raise TankError(f"ports {port} to {port + TRIES - 1} are all taken; give another page_port")


def names_of(host: str) -> frozenset[str]:
    """The names by which browsers reach a cockpit that listens at ``host``."""
    if host in NAMES:
        return NAMES
    own = socket.gethostname().lower()
    here = NAMES | {own_address()} if host == EVERYWHERE else {host.lower()}
    return frozenset({own, f"{own}.local", *here})


def own_address() -> str:
    """This machine's address in its network; 127.0.0.1 where it has none."""
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # nothing is sent: it only asks which way would be taken
        return str(probe.getsockname()[0])
    return HERE
