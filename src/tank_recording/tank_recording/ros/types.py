"""Message types by their names: classes, and the texts of definitions."""

from __future__ import annotations

import importlib
from functools import cache
from pathlib import Path
from typing import Any

from ament_index_python.packages import PackageNotFoundError, get_package_share_directory

from tank_recording.bag import RecordingError
from tank_recording.definitions import full_text


def message_class(name: str) -> Any:
    """The class of a name such as ``nav_msgs/msg/Odometry``.

    Raises RecordingError where it is not here.
    """
    package, _, kind = name.partition("/msg/")
    try:
        return getattr(importlib.import_module(f"{package}.msg"), kind)
    except (ImportError, AttributeError, ValueError):
        raise RecordingError(
            f"the message type {name} is not installed here; install {package}, or leave the "
            "topic out"
        ) from None


@cache
def definition(name: str) -> str:
    """The full definition of ``nav_msgs/msg/Odometry``. Raises RecordingError."""
    return full_text(name, _text)


def _text(name: str) -> str:
    package, _, kind = name.partition("/")
    try:
        path = Path(get_package_share_directory(package)) / "msg" / f"{kind}.msg"
        return path.read_text(encoding="utf-8")
    except (PackageNotFoundError, OSError, ValueError):
        raise RecordingError(
            f"the definition of {name} is not installed here; install {package}"
        ) from None
