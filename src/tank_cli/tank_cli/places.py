"""Where the command line keeps its own files: the XDG state folder (https://specifications.freedesktop.org/basedir-spec)."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tank_core.exceptions import TankError

KEEP_LOGS = 10


def state_folder() -> Path:
    """$XDG_STATE_HOME/tank, or ~/.local/state/tank; made if it is not there.

    Raises TankError where it cannot be made or written to.
    """
    base = Path(os.environ.get("XDG_STATE_HOME", ""))
    folder = (base if base.is_absolute() else Path.home() / ".local" / "state") / "tank"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        why = "" if os.access(folder, os.W_OK | os.X_OK) else "no permission"
    except OSError as error:
        why = error.strerror or str(error)
    if why:
        raise TankError(
            f"logs cannot be written to {str(folder)!r} ({why}); export XDG_STATE_HOME to a folder of yours, such as /tmp/state"
        )
    return folder


@contextmanager
def claimed_domain() -> Iterator[None]:
    """Holds this ROS domain for one stack of this user; raises TankError when another has it. Death of any kind lets go of it."""
    domain = os.environ.get("ROS_DOMAIN_ID") or "0"
    with (state_folder() / f"domain-{Path(domain).name}.lock").open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip()
            raise TankError(
                f"another stack of Tank runs already in ROS domain {domain} (process {holder}); "
                'talk to it with ./tank say "...", end it, or set another ROS_DOMAIN_ID'
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def new_log() -> Path:
    """The path of this process's log; the oldest of others are deleted."""
    logs = sorted(state_folder().glob("stack-*.log"), key=lambda path: path.stat().st_mtime)
    for old in logs[: max(0, len(logs) - KEEP_LOGS + 1)]:
        old.unlink(missing_ok=True)
    return state_folder() / f"stack-{os.getpid()}.log"
