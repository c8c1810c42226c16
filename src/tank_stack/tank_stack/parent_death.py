"""Becomes a command that gets a signal when its parent dies, even by kill -9.

``python -S -E parent_death.py PARENT SIGNAL COMMAND ...``. A program of its own, because between
fork and exec of a process with threads hardly anything is safe. It imports no package, so that it
costs a hundredth of a second. The signal is sent when the *thread* that started this one ends:
start it from one that stays.
"""

from __future__ import annotations

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h; the setting outlives exec


def main() -> None:
    parent, number, command = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
        if os.getppid() != parent:  # it died before we asked
            sys.exit(1)
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
