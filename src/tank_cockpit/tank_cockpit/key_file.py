"""The key of this user's cockpits, kept so that a bookmark goes on to work."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from tank_cockpit.access import KEY_CHARACTERS
from tank_core.exceptions import TankError
from tank_core.io.one_line import reason

FILE = "cockpit.key"


def load_key(folder: Path) -> str:
    """The key in a folder, made where there is none.

    For this user's eyes alone. Delete the file to lock everybody out. Raises TankError where it
    cannot be read or made.
    """
    path = folder / FILE
    try:
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            key = path.read_text(encoding="ascii").strip()
        else:
            key = secrets.token_urlsafe(16)
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(key)
    except (OSError, ValueError) as error:
        raise TankError(f"the cockpit's key {path} cannot be read: {reason(error)}") from None
    if len(key) < KEY_CHARACTERS or not key.isascii() or set(key) & set(' ;,"\\&#%+='):
        raise TankError(
            f"the cockpit's key in {path} is not {KEY_CHARACTERS} letters or more; delete that file"
        )
    return key
