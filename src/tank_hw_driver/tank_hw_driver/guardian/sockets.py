"""Finds the guardians of this machine without connecting to them.

They take who connects for a driver.
"""

from __future__ import annotations

import fcntl
from pathlib import Path

TABLE = "/proc/net/unix"
LISTENING = 0x10000  # __SO_ACCEPTCON of linux/net.h


def listening(table: str) -> list[str]:
    """The paths on which somebody listens, of the text of /proc/net/unix."""
    rows = [line.split(None, 7) for line in table.splitlines()[1:]]
    return [row[7] for row in rows if len(row) == 8 and int(row[3], 16) & LISTENING]


def guardians(table: str) -> list[Path]:
    """The sockets of the guardians in the text of /proc/net/unix.

    Whoever they belong to, by the names of tank_hw_driver.runtime. Not those in containers.
    """
    paths = [Path(path) for path in listening(table)]
    return [
        path for path in paths if path.name == "guardian" and path.parent.name.startswith("tank")
    ]


def is_locked(socket: Path) -> bool:
    """Whether a guardian holds the lock beside its socket.

    In whatever container it lives. False where it is not ours to see.
    """
    try:
        with socket.with_name(socket.name + ".lock").open("r", encoding="ascii") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
