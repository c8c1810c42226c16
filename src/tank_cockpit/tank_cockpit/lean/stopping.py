"""A stop from a process without ROS: to the guardian and the robot's process."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from tank_cockpit.lean.framing import HEAD, LARGEST_LETTER, FrameTooLongError, head, pack

STOP = json.dumps({"t": "stop"})


class Stopping:
    """Stops the robot by both ways at once; safe from any thread.

    ``motors_off`` tells the guardian, which needs neither ROS nor the robot's process: it cuts the
    motors though all else hangs. What counts as confirmed is the robot's own word all the same.
    """

    def __init__(self, path: Path, motors_off: Callable[[], object]) -> None:
        """The robot's process listens at ``path``."""
        self._path, self._motors_off = path, motors_off

    def __call__(self, timeout: float) -> bool:
        """Stop; whether the robot has confirmed it within ``timeout`` [s]."""
        guardian = threading.Thread(target=self._motors_off, name="guardian")
        guardian.start()  # one that hangs keeps the robot's process waiting no moment
        try:
            with suppress(OSError, FrameTooLongError), socket.socket(socket.AF_UNIX) as way:
                way.settimeout(timeout)
                way.connect(str(self._path))
                way.sendall(pack(STOP))
                return _confirmed(way, time.monotonic() + timeout)
            return False
        finally:
            guardian.join()


def _confirmed(way: socket.socket, until: float) -> bool:
    """Whether the robot tells, after this press, that it has stopped."""
    known: int | None = None
    while (left := until - time.monotonic()) > 0.0:
        way.settimeout(left)
        letter = _letter(way)
        if letter.get("t") != "stop":
            continue
        if known is None:
            known = int(letter["presses"])  # what it said before counts for nothing
        elif letter["state"] == "stopped" and int(letter["presses"]) > known:
            return True
    return False


def _letter(way: socket.socket) -> dict[str, Any]:
    length, is_text = head(_exactly(way, HEAD.size), LARGEST_LETTER)
    body = _exactly(way, length)
    return dict(json.loads(body)) if is_text else {}


def _exactly(way: socket.socket, length: int) -> bytes:
    body = b""
    while len(body) < length:
        more = way.recv(length - len(body))
        if not more:
            raise ConnectionError("the robot's process has gone")
        body += more
    return body
