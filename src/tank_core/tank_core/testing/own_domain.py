"""ROS domains for stacks that are to hear nobody else.

Such as two runs of the tests at one time.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from pathlib import Path
from typing import IO

from tank_core.exceptions import TankError
from tank_core.ros.runtime.environment import SAFE_DOMAIN

DOMAINS = range(SAFE_DOMAIN, SAFE_DOMAIN - 50, -1)  # from the top, where fewest people are
SPARE = 8  # of them, for programs beside a run of the tests
LEAST = 3  # for each process of a run: one stack, another beside it, and the next test's
_claims: list[tuple[int, IO[str]]] = []  # the one that was given last stands last


def own_domain() -> int:
    """A ROS domain that nobody else on this machine claims for this process.

    Another one at each call, until this process has its share; then those in turn. Raises TankError
    when all are in use.
    """
    if len(_claims) >= _share():
        _claims.append(_claims.pop(0))
        return _claims[-1][0]
    for number in DOMAINS:
        try:
            path = Path(tempfile.gettempdir(), f"tank-domain-{number}.lock")
            file = path.open("a")  # for ever
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:  # somebody else has it
            continue
        _claims.append((number, file))
        return number
    raise TankError(
        f"no ROS domain of {DOMAINS[0]} to {DOMAINS[-1]} is free; end other runs of the tests"
    )


def _share() -> int:
    """The most domains for a process; a run of the tests has several."""
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    return max(LEAST, (len(DOMAINS) - SPARE) // processes)
