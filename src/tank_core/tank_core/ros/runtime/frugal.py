"""Settings of libraries that a process of nodes has before it imports them."""

from __future__ import annotations

import ctypes
import os
from collections.abc import MutableMapping

ARENAS = 2
_M_ARENA_MAX = -8  # of malloc.h


def prepare(environment: MutableMapping[str, str] = os.environ) -> None:
    """Keep libraries from threads that never have work.

    And malloc from memory for each thread. To be called before numpy is imported. What the
    environment says already holds.
    """
    # numpy and OpenCV bring an OpenBLAS each, which makes a thread for each further core at once;
    # nodes multiply 6 x 6 matrices
    environment.setdefault("OPENBLAS_NUM_THREADS", "1")
    # glibc gives each thread up to 64 MB of its own to take from, and keeps what it gave
    if "MALLOC_ARENA_MAX" not in environment:
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            mallopt(_M_ARENA_MAX, ARENAS)
