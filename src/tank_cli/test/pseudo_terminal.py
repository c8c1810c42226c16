"""Runs a command under a terminal of its own, as sshd gives one.

A pseudo-terminal: what it prints is read, keys are typed, the line may drop.
"""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence

OWN_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
    "os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
)


class Terminal:
    """A Python command line; a context manager that leaves nothing running."""

    def __init__(self, words: Sequence[str], environment: Mapping[str, str]) -> None:
        self._fd, inner = pty.openpty()
        path = os.pathsep.join(entry for entry in sys.path if entry)
        self.process = subprocess.Popen(
            [sys.executable, "-c", OWN_TERMINAL, *words],
            stdin=inner,
            stdout=inner,
            stderr=inner,
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": path, **environment},
        )
        os.close(inner)
        self.text = ""  # all that was printed
        self._seen = 0

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self.hang_up()
        try:
            self.process.wait(60.0)
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()

    def expect(self, words: str, timeout: float = 60.0) -> None:
        """Wait until ``words`` are printed, after those expected before."""
        give_up = time.monotonic() + timeout
        while words not in self.text[self._seen :]:
            if not self._read(give_up - time.monotonic()):
                raise AssertionError(f"{words!r} was not printed, but:\n{self.text[self._seen :]}")
        self._seen = self.text.index(words, self._seen) + len(words)

    def type(self, keys: str) -> None:
        os.write(self._fd, keys.encode())

    def answer(self, words: str, keys: str) -> None:
        self.expect(words)
        self.type(keys)

    def end(self, timeout: float = 60.0) -> int:
        """Its exit code; what it still prints is read."""
        give_up = time.monotonic() + timeout
        while self.process.poll() is None and time.monotonic() < give_up:
            self._read(0.1)
        return self.process.wait(60.0)

    def hang_up(self) -> None:
        """The line drops: the terminal is gone. Idempotent."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _read(self, timeout: float) -> bool:
        if timeout <= 0.0 or not select.select([self._fd], [], [], timeout)[0]:
            return False
        try:
            data = os.read(self._fd, 4096)
        except OSError:  # EIO: the other end is closed
            return False
        self.text += data.decode("utf-8", "replace")
        return bool(data)
