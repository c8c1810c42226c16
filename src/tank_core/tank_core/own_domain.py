"""For tests: a ROS domain that no other test run on this machine has. One clock is for a domain."""

from __future__ import annotations

import fcntl
import tempfile
from functools import cache
from pathlib import Path
from typing import IO

from tank_core.exceptions import TankError

DOMAINS: tuple[int, ...] = (
    *range(1, 20),
    *range(93, 102),
)  # above 101 a domain's ports are those that Linux gives out
_held: list[IO[str]] = []


@cache
def own_domain() -> int:
    """The same for this process until its end. Raises TankError when all are taken."""
    for domain in DOMAINS:
        try:
            file = (Path(tempfile.gettempdir()) / f"tank-test-domain-{domain}.lock").open("w")
        except OSError:  # another user's
            continue
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            continue
        _held.append(file)
        return domain
    raise TankError(f"other test runs on this machine have all ROS domains of {DOMAINS}; wait for one to end")
