"""The files that the command line keeps for itself, in the XDG state folder.

https://specifications.freedesktop.org/basedir-spec
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tank_core.exceptions import TankError
from tank_core.io.outputs import OutputError, check_folder, make_folder
from tank_core.ros.runtime.environment import domain

KEEP_LOGS = 10
CURE = "set XDG_STATE_HOME to a folder that may be written"


def state_folder() -> Path:
    """$XDG_STATE_HOME/tank, or ~/.local/state/tank; made if it is not there.

    Raises TankError where it cannot be.
    """
    base = Path(os.environ.get("XDG_STATE_HOME", ""))
    try:
        folder = (base if base.is_absolute() else Path.home() / ".local" / "state") / "tank"
    except RuntimeError:
        raise TankError(f"there is no home folder for logs; {CURE}") from None
    try:
        make_folder(folder, CURE)
        check_folder(folder, CURE)
    except OutputError as error:
        raise TankError(f"state folder for logs: {error}") from None
    return folder


@contextmanager
def claimed_domain() -> Iterator[None]:
    """Holds this ROS domain for one stack of this user.

    Raises TankError when another has it. Death of any kind lets go of it.
    """
    number = domain()
    path = state_folder() / f"domain-{number}.lock"
    try:
        file = path.open("a+", encoding="ascii", errors="replace")
    except OSError as error:
        raise TankError(
            f"lock {path} cannot be opened: {error.strerror}; delete it, or {CURE}"
        ) from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip()
            raise TankError(
                f"another stack of Tank runs already in ROS domain {number} (process {holder}); "
                'talk to it with ./tank say "...", end it, or set another ROS_DOMAIN_ID'
            ) from None
        with suppress(OSError):  # on a full disk the lock holds without its holder's name
            os.ftruncate(file.fileno(), 0)
            os.write(file.fileno(), str(os.getpid()).encode())
        yield


def crash_report(text: str) -> str:
    """Keep a traceback; where it is, in words. Never raises."""
    folders: list[Path] = []
    with suppress(TankError):
        folders.append(state_folder())
    with suppress(OSError):
        folders.append(Path(tempfile.gettempdir()))
    for folder in folders:
        path = folder / f"crash-{os.getpid()}.log"
        try:
            path.write_text(text, encoding="utf-8", errors="backslashreplace")
        except OSError:
            continue
        return f"what happened is in {path}: please report it with that file"
    return "and what happened could be written nowhere"


def new_log() -> Path:
    """The path of this process's log; the oldest of others are deleted."""
    folder = state_folder()
    logs = sorted(folder.glob("stack-*.log"), key=_age)
    for old in logs[: max(0, len(logs) - KEEP_LOGS + 1)]:
        with suppress(OSError):  # somebody else's, or gone meanwhile
            old.unlink()
    return folder / f"stack-{os.getpid()}.log"


def _age(path: Path) -> float:
    with suppress(FileNotFoundError):  # another stack, which starts now, too, has deleted it
        return path.stat().st_mtime
    return 0.0
