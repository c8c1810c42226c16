"""The place of the model, and whether it is the published one."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from tank_core.exceptions import ModelError, TankError
from tank_core.io.checkout import home
from tank_core.io.shipped import shipped_folders

DEFAULT_NAME = "tank-nano.gguf"
GEMMA_NAME, DELTA_NAME = "tank-gemma.gguf", "tank-gemma.delta"
NANO, GEMMA, BOTH = NAMES = ("tank-nano", "tank-gemma", "both")  # what is said instead of a path
HELP = (
    f"language model: {NANO} (the default), {GEMMA}, {BOTH} (only what both of them read is done), "
    "or the path of a GGUF file"
)
ENVIRONMENT = "TANK_MODEL"
SUMS = "SHA256SUMS"


def find_models(given: str = "") -> tuple[Path, ...]:
    """The path of the model, or of the two that answer together.

    By what was given, else by $TANK_MODEL, else the one that comes with Tank: a path, or one of
    ``NAMES``. Whether the file at a path exists is the loader's to say; raises ModelError where
    tank-gemma was not built.
    """
    chosen = given or os.environ.get(ENVIRONMENT, "") or NANO
    if chosen not in NAMES:
        return (Path(chosen).expanduser(),)
    nano = () if chosen == GEMMA else (_coming_with_tank(DEFAULT_NAME),)
    return nano if chosen == NANO else (*nano, _built())


def find_model(given: str = "") -> Path:
    """The model's path; of two the first (see ``find_models``)."""
    return find_models(given)[0]


def find_delta() -> Path:
    """The path of the delta that makes Gemma-3-270M ours; it may be missing."""
    return _coming_with_tank(DELTA_NAME)


def gemma_file() -> Path:
    """The path of tank-gemma, which ./tank setup --gemma builds.

    Raises TankError where there is no folder for it.
    """
    return home() / "models" / GEMMA_NAME


def _built() -> Path:
    try:
        file = gemma_file()
    except TankError as error:
        raise ModelError(str(error)) from None
    if not file.is_file():
        raise ModelError(f"{GEMMA} is not built on this machine; run ./tank setup --gemma")
    return file


def _coming_with_tank(name: str) -> Path:
    places = [folder / name for folder in model_folders()]
    return next((place for place in places if place.is_file()), places[0])


def model_folders() -> list[Path]:
    """Return the folders where models that come with Tank may lie.

    The source checkout, then the share folders of installed prefixes.
    """
    return shipped_folders("models", "tank_language", "models")


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
