"""A thread's name where the system shows it."""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path

LONGEST = 15  # characters that Linux keeps


def show_thread_name() -> None:
    """Give this thread's name to the system, for ``top -H`` and debuggers."""
    thread = threading.current_thread()
    with suppress(OSError):  # elsewhere than on Linux it is not shown
        path = Path(f"/proc/self/task/{threading.get_native_id()}/comm")
        path.write_text(thread.name[:LONGEST], encoding="utf-8", errors="replace")
