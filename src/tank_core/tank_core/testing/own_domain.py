"""ROS domains for stacks that are to hear nobody else.

Such as two runs of the tests at one time.
"""

from __future__ import annotations

import fcntl
import tempfile
from pathlib import Path
from typing import IO

from tank_core.exceptions import TankError
from tank_core.ros.runtime.environment import SAFE_DOMAIN

DOMAINS = range(SAFE_DOMAIN, SAFE_DOMAIN - 50, -1)  # from the top, where fewest people are
_claims: list[IO[str]] = []


def own_domain() -> int:
    """A ROS domain that nobody else on this machine claims for this process.

    Another one at each call. Raises TankError when all are in use.
    """
    for number in DOMAINS:
        try:
            file = Path(tempfile.gettempdir(), f"tank-domain-{number}.lock").open("a")  # noqa: SIM115  # for ever
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:  # somebody else has it
            continue
        _claims.append(file)
        return number
    raise TankError(
        f"no ROS domain of {DOMAINS[0]} to {DOMAINS[-1]} is free; end other runs of the tests"
    )
