"""The file that a calibration writes."""

from __future__ import annotations

from pathlib import Path

from tank_core.exceptions import TankError


def refuse_to_overwrite(path: Path, force: bool) -> None:
    """Raise TankError where a file is there already, unless ``force``.

    Before the work, not after it.
    """
    if path.exists() and not force:
        raise TankError(
            f"{path} is there already; name another file with --out, or overwrite it with --force"
        )
