"""An alarm clock of the kernel's: setting and clearing it wakes nobody."""

from __future__ import annotations

import ctypes
import os
import time

TFD_CLOEXEC = 0o2000000  # of sys/timerfd.h
_libc = ctypes.PyDLL(None, use_errno=True)  # that keeps the interpreter: its calls never wait


class _Setting(ctypes.Structure):
    """struct itimerspec: when it goes off again [s, ns], and when at first."""

    _fields_ = tuple(
        (name, ctypes.c_long) for name in ("again_s", "again_ns", "first_s", "first_ns")
    )


class Alarm:
    """Wakes one of the threads that wait for it, some time after it was set.

    Set and cleared in 2 us together, where another thread's timed wait would have to be woken to
    hear of either. Linux's timerfd; Python has it from 3.13 on.
    """

    def __init__(self) -> None:
        """Raises OSError where the system has no more files."""
        self._file = _checked(_libc.timerfd_create(time.CLOCK_MONOTONIC, TFD_CLOEXEC))
        self._clear = _Setting()

    def set(self, seconds: float) -> None:
        """Go off after so long [s], at once if that is 0.

        Whatever was set before is off.
        """
        wait = max(1, round(seconds * 1e9))
        self._settle(_Setting(0, 0, *divmod(wait, 1_000_000_000)))

    def clear(self) -> None:
        """Do not go off, unless it has already."""
        self._settle(self._clear)

    def wait(self) -> None:
        """Wait until it goes off; of several threads that wait one returns."""
        os.read(self._file, 8)

    def close(self) -> None:
        """Let go of it; nobody waits or sets any more."""
        os.close(self._file)

    def _settle(self, setting: _Setting) -> None:
        _checked(_libc.timerfd_settime(self._file, 0, ctypes.byref(setting), None))


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
