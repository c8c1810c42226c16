"""Stops by people that outlive the process that they stopped.

A small file beside the guardian's socket, where a reboot takes it away and a kill -9 does not.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from tank_core.exceptions import TankError
from tank_core.io.inputs import parse_json, read_bytes
from tank_core.io.one_line import described
from tank_core.io.outputs import write

LONGEST = 10_000  # bytes of the file
UNREADABLE = "a stop was kept and cannot be read"


class KeptStops:
    """The file of one driver: who stopped, and why."""

    def __init__(self, socket: Path) -> None:
        """``socket`` is the guardian's."""
        self.path = socket.with_name(f"{socket.name}.stops")

    def read(self, otherwise: str) -> dict[str, str]:
        """Those that were kept: who, and why.

        What cannot be read is a stop too, by ``otherwise``: nobody knows that it was taken back.
        """
        if not self.path.exists():
            return {}
        try:
            found = parse_json(read_bytes(self.path, LONGEST))
        except (TankError, ValueError) as error:
            return {otherwise: f"{UNREADABLE} ({described(error)})"}
        if isinstance(found, dict) and all(isinstance(why, str) for why in found.values()):
            return found
        return {otherwise: f"{UNREADABLE} ({self.path} has no reasons)"}

    def keep(self, stops: Mapping[str, str]) -> None:
        """Keep these, and no others.

        Raises TankError where that cannot be done.
        """
        if stops:
            write(self.path, json.dumps(dict(stops)).encode())
            return
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise TankError(f"{self.path} cannot be removed: {error.strerror}") from None
