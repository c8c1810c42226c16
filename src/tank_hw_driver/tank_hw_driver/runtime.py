"""The places of the guardian's and the chip model's sockets.

Without numpy and ROS: the guardian uses it.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from tank_core.exceptions import TankError

MAX_PATH = 107  # bytes of a Unix socket's address on Linux (sun_path is 108, its end included)
SYSTEM_FOLDER = Path("/run/tank")  # of a system service (systemd: RuntimeDirectory=tank)


def guardian_socket() -> Path:
    """The guardian's socket, for itself and for drivers.

    $TANK_GUARDIAN_SOCKET, else "guardian" in the first of these folders where it is, or could be:
    $XDG_RUNTIME_DIR/tank, /run/tank, /tmp/tank-UID. Raises TankError.
    """
    return _socket("TANK_GUARDIAN_SOCKET", "guardian")


def chips_socket() -> Path:
    """The chip model's socket.

    $TANK_CHIPS_SOCKET, else "chips" in the folders of ``guardian_socket``. Raises TankError.
    """
    return _socket("TANK_CHIPS_SOCKET", "chips")


def cockpit_socket() -> Path:
    """The socket between the robot's process and the page served beside it.

    $TANK_COCKPIT_SOCKET, else "cockpit" in the folders of ``guardian_socket``. Raises TankError.
    """
    return _socket("TANK_COCKPIT_SOCKET", "cockpit")


def prepare(path: Path) -> None:
    """Make the folder of a socket that is about to be bound.

    For this user alone. Raises TankError.
    """
    if len(os.fsencode(path)) > MAX_PATH:
        raise TankError(
            f"socket path {path} has {len(os.fsencode(path))} bytes; Linux takes {MAX_PATH}: give "
            "a shorter one"
        )
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise TankError(
            f"folder {path.parent} cannot be made ({error.strerror}); give a socket in a folder "
            "that is yours"
        ) from None


def _socket(variable: str, name: str) -> Path:
    given = os.environ.get(variable)
    if given:
        return Path(given)
    folders = _folders()
    # Where one is already: a driver in somebody's session must find the guardian that the system
    # runs.
    return next(
        (folder / name for folder in folders if (folder / name).exists()), folders[0] / name
    )


def _folders() -> list[Path]:
    """Folders in which sockets may be made or found, the best one first.

    Never empty.
    """
    session = os.environ.get("XDG_RUNTIME_DIR")
    folders = [Path(session) / "tank"] if session and Path(session).is_dir() else []
    if os.access(SYSTEM_FOLDER, os.W_OK):
        folders.append(SYSTEM_FOLDER)
    return folders or [own_folder()]


def own_folder() -> Path:
    """/tmp/tank-UID, checked, because anybody could have made it first.

    Raises TankError.
    """
    return alone(Path(f"/tmp/tank-{os.getuid()}"))


def alone(folder: Path) -> Path:
    """The folder, made or found, when it is this user's alone.

    Raises TankError when it is not.
    """
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise TankError(
            f"folder {folder} cannot be made ({error.strerror}); set XDG_RUNTIME_DIR to a folder "
            "that is yours"
        ) from None
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise TankError(
            f"{folder} is not a folder of yours alone (mode 0700); remove it, or set "
            "XDG_RUNTIME_DIR to a folder that is yours"
        )
    return folder
