"""Reads single keys from a terminal, each as soon as its bytes are there.

Over ssh as well.
"""

from __future__ import annotations

import os
import select
import signal
import sys
from types import FrameType

from prompt_toolkit.input.vt100 import raw_mode
from prompt_toolkit.input.vt100_parser import Vt100Parser
from prompt_toolkit.key_binding import KeyPress
from prompt_toolkit.keys import Keys

from tank_core.exceptions import TankError

NAMES = {
    Keys.ControlM: "enter", Keys.ControlJ: "enter", Keys.ControlH: "backspace",
    Keys.Up: "up", Keys.Down: "down", Keys.Left: "left", Keys.Right: "right",
}  # fmt: skip
PART = "part of a key"  # an escape sequence that is not yet whole: a key all the same
ENDS = (Keys.ControlC, Keys.ControlD, Keys.ControlZ, Keys.ControlBackslash)
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Keyboard:
    """The keys of the terminal that is stdin, while this context lasts.

    ``read`` raises KeyboardInterrupt when it is to end: Ctrl-C, Ctrl-D, end of input, SIGINT,
    SIGTERM, SIGHUP. Raises TankError where the input is no terminal.
    """

    def __init__(self) -> None:
        if not sys.stdin.isatty():
            raise TankError(
                "a person has to look and press keys here, and the input is no terminal; over ssh "
                "say: ssh -t ROBOT ./tank ..."
            )
        self._fd = sys.stdin.fileno()
        self._keys: list[str] = []
        self._parser = Vt100Parser(self._on_key)
        self._ended, self._partial = False, False

    def __enter__(self) -> Keyboard:
        self._before = {number: signal.signal(number, self._on_signal) for number in SIGNALS}
        self._raw = raw_mode(self._fd)
        self._raw.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._raw.__exit__()
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def read(self, timeout: float) -> list[str]:
        """The keys that came within ``timeout`` [s].

        Back at once when there is one. Names as in NAMES, or the character.
        """
        if select.select([self._fd], [], [], timeout)[0]:
            self._take()
        elif self._partial:  # nothing follows: it was the escape key
            self._parser.flush()
            self._partial = False
        if self._ended:
            raise KeyboardInterrupt
        keys, self._keys = self._keys, []
        return keys

    @property
    def left(self) -> tuple[str, ...]:
        """The keys that came together with the one that ended it."""
        return tuple(self._keys)

    def _take(self) -> None:
        try:
            data = os.read(self._fd, 1024)
        except OSError:  # EIO: the terminal is gone
            data = b""
        if not data:
            self._ended = True
            return
        before = len(self._keys)
        self._parser.feed(data.decode("utf-8", "replace"))
        if len(self._keys) == before:
            self._partial = True
            self._keys.append(PART)

    def _on_key(self, press: KeyPress) -> None:
        self._partial = False
        self._ended = self._ended or press.key in ENDS
        self._keys.append(
            NAMES.get(press.key, press.data) if isinstance(press.key, Keys) else press.key
        )

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        """Note the signal only.

        Raised here, it could break into the very code that stops the motors.
        """
        self._ended = True
