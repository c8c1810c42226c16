"""The lateness of this machine, for whatever measures real time.

A stalled machine keeps no limit.
"""

from __future__ import annotations

import threading
import time
from types import TracebackType

TICK_S = 0.005
HANDOVERS = 4  # threads and processes that wake in turn between a cause and its effect on the robot


class Lateness:
    """Sleeps on a thread of its own, and notes how late it wakes.

    A context manager. A test adds ``allowance`` to a limit in real time. It is some milliseconds on
    a calm machine, so the limit stays one.
    """

    def __init__(self) -> None:
        self._late: list[tuple[float, float]] = []  # when it woke, and how late that was [s]
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lateness", daemon=True)

    def __enter__(self) -> Lateness:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()

    def longest(self, since: float = 0.0) -> float:
        """The longest lateness [s] after ``since``, the present sleep included.

        ``since``: a time.monotonic() [s].
        """
        late = list(self._late)
        now, last = time.monotonic(), late[-1][0] if late else time.monotonic()
        past = max((seconds for when, seconds in late if when >= since), default=0.0)
        return max(past, now - max(last, since) - 2 * TICK_S)

    def allowance(self, since: float = 0.0) -> float:
        """The time [s] by which an effect may be late for the machine's sake.

        ``since``: time.monotonic() [s] of its cause.
        """
        return HANDOVERS * self.longest(since)

    def _run(self) -> None:
        while not self._ended.is_set():
            began = time.monotonic()
            time.sleep(TICK_S)
            now = time.monotonic()
            self._late.append((now, max(0.0, now - began - TICK_S)))
