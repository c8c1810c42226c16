"""Keys of a terminal: each by its name, at once; nothing is left changed."""

from __future__ import annotations

import io
import os
import pty
import signal
import sys
import termios
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tank_cli.calibrate.keyboard import ENDS, PART, SIGNALS, Keyboard
from tank_core.exceptions import TankError

WAIT_S = 60.0  # only a key that never comes takes so long


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The person's end of a terminal whose other end is stdin."""
    person, inner = pty.openpty()
    with os.fdopen(inner, "r") as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield person
    with suppress(OSError):  # the test may have hung up already
        os.close(person)


@pytest.mark.parametrize(("data", "key"), [
    (b"y", "y"), (b"Q", "Q"), ("é".encode(), "é"), (b" ", " "), (b"\r", "enter"), (b"\n", "enter"),
    (b"\x7f", "backspace"), (b"\x08", "backspace"), (b"\x1b[A", "up"), (b"\x1b[B", "down"),
    (b"\x1b[C", "right"), (b"\x1b[D", "left"), (b"\x1bOA", "up"),
])  # fmt: skip
def test_each_key_has_its_name(terminal: int, data: bytes, key: str) -> None:
    with Keyboard() as keyboard:
        os.write(terminal, data)
        assert keyboard.read(WAIT_S) == [key]
        assert keyboard.read(0.0) == []


def test_keys_that_came_together_come_in_their_order(terminal: int) -> None:
    with Keyboard() as keyboard:
        os.write(terminal, b"12\x1b[Aq\r")
        assert keyboard.read(WAIT_S) == ["1", "2", "up", "q", "enter"]


def test_the_first_byte_of_a_sequence_counts_as_a_key_that_stops_motors(terminal: int) -> None:
    with Keyboard() as keyboard:
        os.write(terminal, b"\x1b")
        assert keyboard.read(WAIT_S) == [PART]
        os.write(terminal, b"[A")
        assert keyboard.read(WAIT_S) == ["up"]


def test_a_sequence_that_does_not_go_on_was_the_escape_key(terminal: int) -> None:
    with Keyboard() as keyboard:
        os.write(terminal, b"\x1b")
        keyboard.read(WAIT_S)
        assert keyboard.read(0.0) == ["\x1b"]


@pytest.mark.parametrize("key", [b"\x03", b"\x04", b"\x1a", b"\x1c"])
def test_the_keys_that_end_a_program_end_it(terminal: int, key: bytes) -> None:
    assert len(ENDS) == 4
    with Keyboard() as keyboard:
        os.write(terminal, b"y" + key)
        with pytest.raises(KeyboardInterrupt):
            keyboard.read(WAIT_S)
        assert keyboard.left[0] == "y"


def test_a_terminal_that_is_gone_ends_it(terminal: int) -> None:
    with Keyboard() as keyboard:
        os.close(terminal)
        with pytest.raises(KeyboardInterrupt):
            keyboard.read(WAIT_S)


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_ends_it_at_the_next_read_and_not_before(
    terminal: int, number: signal.Signals
) -> None:
    with Keyboard() as keyboard:
        os.kill(os.getpid(), number)  # nothing is raised here
        with pytest.raises(KeyboardInterrupt):
            keyboard.read(0.0)


def test_terminal_and_signals_are_as_before_afterwards(terminal: int) -> None:
    descriptor = sys.stdin.fileno()
    mode = termios.tcgetattr(descriptor)
    handlers = [signal.getsignal(number) for number in SIGNALS]
    with pytest.raises(RuntimeError), Keyboard():
        assert termios.tcgetattr(descriptor) != mode
        assert [signal.getsignal(number) for number in SIGNALS] != handlers
        raise RuntimeError
    assert termios.tcgetattr(descriptor) == mode
    assert [signal.getsignal(number) for number in SIGNALS] == handlers


def test_an_input_that_is_no_terminal_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("y"))
    with pytest.raises(TankError, match="no terminal"):
        Keyboard()
