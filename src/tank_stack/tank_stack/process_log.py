"""The log of what the stack's processes print.

All of it goes into a file, and what a person should see to the terminal.
"""

from __future__ import annotations

import re
import threading
from collections import deque
from contextlib import suppress
from pathlib import Path

from tank_core.exceptions import TankError
from tank_core.io.console import DIM, RED, YELLOW, paint, say
from tank_core.io.user_paths import CURE

# By this a user chooses another format of the lines; then none of them could be read here.
FORMAT_VARIABLE = "RCUTILS_CONSOLE_OUTPUT_FORMAT"

HIDDEN_KEPT = 3  # lines
# [INFO] [1732190000.123456789] [node]: text     (rcutils' default format)
_ROS_LINE = re.compile(r"\[(?P<level>[A-Z]+)\] \[[\d.]+\] \[(?P<node>[^\]]+)\]: (?P<text>.*)")
_COLORS = {"WARN": YELLOW, "ERROR": RED, "FATAL": RED}
_ESCAPES = re.compile(r"\x1b\[[\d;]*m")


class ProcessLog:
    """Keeps and shows the lines that processes print.

    From several threads. ``quiet`` shows warnings and worse only; otherwise everything. ``hidden``
    counts those that came after ``stop_showing``, ``newest_hidden`` has the last of them.
    """

    def __init__(self, path: Path, quiet: bool) -> None:
        self.path, self._quiet = path, quiet
        self.hidden = 0
        self.newest_hidden: deque[str] = deque(maxlen=HIDDEN_KEPT)
        try:
            self._file = path.open("w", encoding="utf-8", errors="backslashreplace")
        except OSError as error:
            raise TankError(f"log {path} cannot be written: {error.strerror}; {CURE}") from None
        self._lock = threading.Lock()
        self._shows = True

    def take(self, process: str, line: str) -> None:
        """Take a line that a process printed."""
        plain = _ESCAPES.sub("", line)
        with self._lock:
            self._keep(f"{process}: {plain}\n")
        shown = shown_line(process, plain, self._quiet)
        if shown and self._shows:
            say(shown)
        elif shown:
            with self._lock:
                self.hidden += 1
                self.newest_hidden.append(shown)

    def _keep(self, line: str) -> None:
        """Write a line to the file; a disk that becomes full ends the log.

        Not the reading: a process that nobody reads from would stand still.
        """
        if self._file.closed:
            return
        try:
            self._file.write(line)
            self._file.flush()
        except OSError as error:
            say(f"log {self.path} ends here: {error.strerror}", YELLOW)
            self._close()

    def _close(self) -> None:
        with suppress(OSError):  # what is in the buffer cannot be written, either
            self._file.close()

    def stop_showing(self) -> None:
        """Write to the file only, from now on."""
        self._shows = False

    def close(self) -> None:
        """Close the file; lines that still come are shown, but not kept.

        Idempotent.
        """
        with self._lock:
            self._close()


def shown_line(process: str, line: str, quiet: bool) -> str:
    """The line as the terminal shall show it; empty for none."""
    match = _ROS_LINE.match(line)
    if match is None:  # no node's log: a print, a library's warning, a traceback
        return (
            ""
            if not line.strip() or (quiet and line.startswith("tank_nodes: running"))
            else f"{paint(f'[{process}]', DIM)} {line}"
        )
    if quiet and match["level"] not in _COLORS:
        return ""
    return f"{paint('[' + match['node'] + ']', _COLORS.get(match['level'], DIM))} {match['text']}"
