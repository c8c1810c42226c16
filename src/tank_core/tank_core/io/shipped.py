"""The folders of files that come with Tank, in a checkout and installed."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tank_core.io.checkout import find_checkout


def shipped_folders(in_checkout: str, package: str, in_share: str) -> list[Path]:
    """The source checkout's folder, then those of installed prefixes.

    A prefix has ``share/PACKAGE/IN_SHARE``. They may be missing.
    """
    root = find_checkout()
    prefixes = os.environ.get("AMENT_PREFIX_PATH", "").split(os.pathsep)
    installed = [
        Path(prefix) / "share" / package / in_share
        for prefix in (*filter(None, prefixes), sys.prefix)
    ]
    return list(dict.fromkeys((*([root / in_checkout] if root else ()), *installed)))
