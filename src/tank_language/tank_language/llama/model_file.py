"""The place of the model, and whether it is the published one."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from tank_core.exceptions import ModelError
from tank_core.io.checkout import find_checkout

DEFAULT_NAME = "tank-nano.gguf"
ENVIRONMENT = "TANK_MODEL"
SUMS = "SHA256SUMS"


def find_model(given: str = "") -> Path:
    """The model's path.

    What was given, else $TANK_MODEL, else the one that comes with Tank. Whether it exists is the
    loader's to say.
    """
    chosen = given or os.environ.get(ENVIRONMENT, "")
    if chosen:
        return Path(chosen).expanduser()
    places = [folder / DEFAULT_NAME for folder in model_folders()]
    return next((place for place in places if place.is_file()), places[0])


def model_folders() -> list[Path]:
    """Return the folders where models that come with Tank may lie.

    The source checkout, then the share folders of installed prefixes.
    """
    root = find_checkout()
    return list(dict.fromkeys((*([root / "models"] if root else ()), *_share_folders())))


def is_published(path: Path) -> bool:
    """Whether a file is, to the last bit, one that is listed.

    The list is SHA256SUMS beside it. False when that does not list its name; raises ModelError when
    it is listed and differs.
    """
    wanted = published_sums(path.parent).get(path.name)
    found = sha256(path) if wanted else None
    if found != wanted:
        raise ModelError(
            f"model file {path} is damaged: its sha256 begins {found:.12}, {SUMS} says "
            f"{wanted:.12}; copy it again"
        )
    return wanted is not None


def published_sums(folder: Path) -> dict[str, str]:
    """Read a folder's SHA256SUMS: file name to hexadecimal sha256.

    In sha256sum's format; empty where there is none.
    """
    try:
        lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return {}
    pairs = [line.split(maxsplit=1) for line in lines]
    return {pair[1].strip().lstrip("*"): pair[0].lower() for pair in pairs if len(pair) == 2}


def sha256(path: Path) -> str:
    """The hexadecimal sha256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _share_folders() -> Iterator[Path]:
    prefixes = os.environ.get("AMENT_PREFIX_PATH", "").split(os.pathsep)
    for prefix in (*filter(None, prefixes), sys.prefix):
        yield Path(prefix) / "share" / "tank_language" / "models"
