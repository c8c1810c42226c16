"""Files that a command writes.

Whether they can be written is found out before the work, and what was made is never lost after it.
"""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from tank_core.exceptions import TankError
from tank_core.io.one_line import quoted, reason

ROOM = 1 << 16  # bytes that are tried: a disk that is full takes not even these
CURE = "name another place"
# open since they were checked: a reader takes a pipe that is closed for the end
_pipes: dict[Path, int] = {}


class OutputError(TankError):
    """Something that cannot be written."""


def check_file(path: Path) -> None:
    """Check that a file can be made or written over.

    Raises OutputError where not. Leaves everything as it is.
    """
    try:
        if _special(path):
            _try_device(path)
            return
        target = _target(path)
        if target.is_dir():
            raise OutputError(f"{quoted(str(path))} is a folder; {CURE}, with a file's name")
        if not target.parent.is_dir():
            raise OutputError(
                f"{quoted(str(path))} cannot be written: there is no folder "
                f"{quoted(str(target.parent))}; make it, or {CURE}"
            )
        if target.exists() and not os.access(target, os.W_OK):
            raise OutputError(f"{quoted(str(path))} cannot be written: it may only be read; {CURE}")
        _try_folder(target.parent)
    except (OSError, ValueError) as error:
        raise _refusal(path, error) from None


def check_folder(path: Path, cure: str = CURE) -> None:
    """Check that files can be written into a folder, or that it can be made.

    Raises OutputError where not. Leaves everything as it is.
    """
    try:
        above = _target(path)
        while not above.exists() and above != above.parent:
            above = above.parent
        if not above.is_dir():
            raise OutputError(
                f"{quoted(str(path))} cannot be made: {quoted(str(above))} is no folder; {cure}"
            )
        _try_folder(above)
    except (OSError, ValueError) as error:
        raise _refusal(path, error, cure) from None


def write(path: Path, data: bytes, cure: str = CURE) -> None:
    """All of it or nothing.

    The file appears, or is replaced, when all is on the disk; a device or pipe is written as it is.

    Where that cannot be done the data go into a file of the temporary folder; OutputError says
    where they are.
    """
    try:
        _write(path, data)
    except (OSError, ValueError) as error:
        raise OutputError(f"{_refusal(path, error, cure)}; {_rescued(path, data)}") from None


def make_folder(path: Path, cure: str = CURE) -> None:
    """With those above it. Raises OutputError."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise _refusal(path, error, cure) from None


def _write(path: Path, data: bytes) -> None:
    if _special(path):
        handle = _pipes.pop(path) if path in _pipes else os.open(path, os.O_WRONLY | os.O_NOCTTY)
        os.set_blocking(handle, True)
        with os.fdopen(handle, "wb", buffering=0) as file:
            rest = memoryview(data)
            while rest:
                rest = rest[file.write(rest) :]
        return
    target = _target(path)
    handle, draft = tempfile.mkstemp(prefix=".tank-", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            os.fchmod(file.fileno(), 0o666 & ~_umask())
        Path(draft).replace(target)
    except BaseException:
        Path(draft).unlink()
        raise


def _rescued(path: Path, data: bytes) -> str:
    """Keep the data elsewhere, and say where."""
    try:
        handle, name = tempfile.mkstemp(prefix="tank-rescued-", suffix=path.suffix[:10])
        with os.fdopen(handle, "wb") as file:
            file.write(data)
    except OSError as error:
        return f"nor into the temporary folder ({reason(error)}): it is lost"
    return f"it is kept as {name}"


def _target(path: Path) -> Path:
    """The file that links lead to: it is replaced, not the link."""
    target = Path(os.path.realpath(path))
    with suppress(FileNotFoundError):
        target.stat()  # a circle of links, a name too long, a folder that nobody may look into
    return target


def _special(path: Path) -> bool:
    """Whether it is written into and never replaced: a device, a pipe, ...."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def _try_device(path: Path) -> None:
    """Write nothing to a device, which tells whether it is full.

    A pipe without a reader would block.
    """
    handle = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
    if path not in _pipes and stat.S_ISFIFO(os.fstat(handle).st_mode):
        _pipes[path] = handle
        return
    try:
        os.write(handle, b"")
    finally:
        os.close(handle)


def _try_folder(folder: Path) -> None:
    """Make a file in a folder, with something in it; ``delete`` it again."""
    with tempfile.NamedTemporaryFile("wb", prefix=".tank-", dir=folder, buffering=0) as file:
        file.write(bytes(ROOM))


def _refusal(path: Path, error: OSError | ValueError, cure: str = CURE) -> OutputError:
    return OutputError(f"{quoted(str(path))} cannot be written: {reason(error)}; {cure}")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
