"""A stop by the guardian: motors off, whatever the driver does."""

from __future__ import annotations

import socket
from contextlib import suppress
from pathlib import Path

from tank_hw_driver.guardian import protocol

ANSWER_S = 0.1  # [s] the guardian has to take it


def motors_off(path: Path | str) -> bool:
    """Ask the guardian at a socket to cut the motors; whether it was there.

    A driver that works gets them back when it has heard of that and forgotten its velocity; one
    that hangs does not.
    """
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as way:
        way.settimeout(ANSWER_S)
        way.connect(str(path))
        way.send(protocol.STOP)
        while way.recv(protocol.MAX_BYTES):  # until it lets go of us, which it does when it is done
            pass
        return True
    return False
