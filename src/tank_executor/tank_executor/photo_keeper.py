"""Keeps pictures as JPEG files that tell when and where they were taken."""

from __future__ import annotations

import hashlib
import json
import math
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tank_core.exceptions import TankError
from tank_core.io import outputs
from tank_core.io.user_paths import CURE, state_folder
from tank_executor.findings import Photo, PhotoRequest

FOLDER, MOST = "photos", 200  # of the state folder; pictures in it, the oldest go first
PHOTO_QUALITY = 90  # of a JPEG that is made here
CALENDAR_S = 1e8  # [s] a clock beyond this counts from 1970; a simulation's starts at 0
_BEGIN, _COMMENT, _END = b"\xff\xd8", b"\xff\xfe", b"\xff\xd9"  # markers of a JPEG


class PhotoKeeper:
    """A folder of the last pictures.

    A file is there when all of it is on the disk, and never before.
    """

    def __init__(self, folder: Path | None = None, most: int = MOST) -> None:
        """Keep ``most`` pictures in ``folder``.

        ``photos`` in the state folder if not given. It is made with the first picture.
        """
        self._folder, self._most = folder, most

    def keep(self, jpeg: bytes, time: float, request: PhotoRequest) -> tuple[Photo, bytes] | str:
        """Keep a picture that was taken at ``time`` [s] for a request.

        Returns it with the bytes of its file, or why it could not be kept. Takes as long as the
        disk does.
        """
        data = with_details(jpeg, details(time, request))
        try:
            folder = self._folder or state_folder() / FOLDER
            outputs.make_folder(folder, CURE)
            path = folder / file_name(time, data)
            outputs.write(path, data, CURE)
        except TankError as error:
            return f"the picture could not be kept: {error}"
        self._drop_oldest(folder, path)
        return Photo(str(path), time, request.pose, request.heading_deg), data

    def _drop_oldest(self, folder: Path, newest: Path) -> None:
        others = sorted((path for path in folder.glob("photo_*.jpg") if path != newest), key=_age)
        for path in others[: max(0, len(others) + 1 - self._most)]:
            with suppress(OSError):  # somebody else's, or gone meanwhile
                path.unlink()


def file_name(time: float, data: bytes) -> str:
    """The name of a picture's file: by its time [s] and content.

    The same picture has the same name, and two pictures have two.
    """
    stamp = f"{time:08.2f}"
    if time >= CALENDAR_S:
        stamp = datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%d_%H-%M-%S")
    return f"photo_{stamp}_{hashlib.sha256(data).hexdigest()[:8]}.jpg"


def details(time: float, request: PhotoRequest) -> dict[str, Any]:
    """Return what a picture's file tells besides the picture."""
    pose = request.pose
    heading = request.heading_deg
    return {
        "time_s": round(time, 6),
        "x_m": round(pose.x, 4),
        "y_m": round(pose.y, 4),
        "yaw_deg": round(math.degrees(pose.yaw), 2),
        "heading_deg": None if heading is None else round(heading, 2),
    }


def is_jpeg(data: bytes) -> bool:
    """Whether it begins as a JPEG does."""
    return data.startswith(_BEGIN + b"\xff")


def is_whole(jpeg: bytes) -> bool:
    """Whether it is a JPEG from its first marker to its last.

    Cameras fill up with zeros.
    """
    return is_jpeg(jpeg) and jpeg.rstrip(b"\0").endswith(_END)


def with_details(jpeg: bytes, told: dict[str, Any]) -> bytes:
    """A JPEG with details as its comment (segment COM of ITU-T T.81), in JSON."""
    text = json.dumps(told).encode("ascii")
    segment = _COMMENT + (len(text) + 2).to_bytes(2, "big") + text
    return jpeg[:2] + segment + jpeg[2:].rstrip(b"\0")


def details_of(jpeg: bytes) -> dict[str, Any]:
    """The details that ``with_details`` put into a JPEG.

    Raises ValueError where there are none.
    """
    if jpeg[:4] != _BEGIN + _COMMENT:
        raise ValueError("the picture has no comment that tells when and where it was taken")
    told: dict[str, Any] = json.loads(jpeg[6 : 4 + int.from_bytes(jpeg[4:6], "big")])
    return told


def _age(path: Path) -> float:
    with suppress(OSError):  # gone meanwhile
        return path.stat().st_mtime
    return 0.0
