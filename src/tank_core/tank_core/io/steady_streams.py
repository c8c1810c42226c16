"""Standard streams that can be relied on.

Whatever their encoding, closed, full, or with nobody who reads any more.
"""

from __future__ import annotations

import codecs
import io
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO

from tank_core.exceptions import TankError
from tank_core.io.one_line import reason

# What stands for the signs that Tank prints where the terminal's encoding lacks them; anything else
# is shown as an escape.
PLAIN = {
    "✓": "+", "✗": "x", "■": "#", "→": "->", "›": ">", "…": "...", "–": "-", "—": "-", "“": '"',
    "”": '"', "’": "'", "·": ".",
    "°": " deg", "²": "^2", "×": "x", "≤": "<=", "≥": ">=",
}  # fmt: skip
ERRORS = "tank_plain"


def _plain(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    characters = error.object[error.start : error.end]
    return "".join(
        PLAIN.get(one) or one.encode("ascii", "backslashreplace").decode() for one in characters
    ), error.end


codecs.register_error(ERRORS, _plain)


class StreamError(TankError):
    """A stream that cannot take the result."""


class Stdout:
    """stdout, for as long as it takes what is written.

    From then on stderr, so that a result is never lost.

    ``failed``: why it took no more. A reader who has gone is no fault: BrokenPipeError is raised as
    it comes.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.failed = ""
        self._kept: list[str] = []  # since the last flush that worked

    def write(self, text: str) -> int:
        if self.failed:
            return sys.stderr.write(text)
        self._kept.append(text)
        self._try(lambda: self._stream.write(text))
        if len(self._kept) > 1000:
            self.flush()
        return len(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        if not self.failed and self._try(self._stream.flush):
            self._kept.clear()

    def _try(self, work: Any) -> bool:
        try:
            work()
        except BrokenPipeError:
            raise
        except OSError as error:
            self.failed = reason(error)
            sys.stderr.write(
                f"tank: stdout takes no more ({self.failed}); what it lost follows "
                f"here\n{''.join(self._kept)}"
            )
            sys.stderr.flush()
            _discard(self._stream)
            return False
        return True

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _discard(stream: TextIO) -> None:
    """Drop a stream's buffer, which would fail again when the process ends."""
    with suppress(OSError, ValueError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)
        stream.flush()


@contextmanager
def steady(needs_stdout: bool) -> Iterator[Stdout]:
    """Keep the three streams there, and never raise for what they encode.

    A context manager. Raises StreamError before anything is done where ``needs_stdout`` and stdout
    is closed or full.
    """
    closed = sys.stdout is None
    _open_closed()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # not one that somebody else has put there
            stream.reconfigure(errors=ERRORS)
    if needs_stdout:
        _require(closed)
    before, steady_one = sys.stdout, Stdout(sys.stdout)
    sys.stdout = steady_one
    try:
        yield steady_one
        steady_one.flush()
    finally:
        sys.stdout = before


def _open_closed() -> None:
    """Open what is closed of the descriptors 0 to 2.

    They would be given to the next files that are opened, and a library's message would go into
    those.
    """
    while (handle := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(handle, True)
    os.close(handle)
    for name, number, mode in (("stdin", 0, "r"), ("stdout", 1, "w"), ("stderr", 2, "w")):
        if getattr(sys, name) is None:
            # for the process's life
            stream = open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115
            setattr(sys, name, stream)


def _require(closed: bool) -> None:
    fault = "it is closed" if closed else _full()
    if fault:
        raise StreamError(
            f"the result cannot be written to stdout: {fault}; let it go to a terminal or pipe, or "
            "to a file with room"
        )


def _full() -> str:
    try:
        number = sys.stdout.fileno()
    except ValueError:  # no file: a test's, or a notebook's
        return ""
    try:
        os.write(number, b"")
        if stat.S_ISREG(os.fstat(number).st_mode):
            disk = os.fstatvfs(number)
            return "the disk is full" if disk.f_blocks and not disk.f_bavail else ""
    except BrokenPipeError:
        return ""
    except OSError as error:
        return reason(error)
    return ""
