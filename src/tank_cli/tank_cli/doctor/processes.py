"""Processes of this machine and the processor time that they take, by /proc."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

TICK_S = 1.0 / os.sysconf("SC_CLK_TCK")
MB = 1e-3 * 1.024  # of a kB as the kernel counts them
BUSIEST = 3


def find(word: str, root: Path = Path("/proc")) -> int | None:
    """The number of a process with this in its command line, but ours."""
    for folder in root.glob("[0-9]*"):
        with suppress(OSError):  # it has ended meanwhile, or is not ours to see
            line = (folder / "cmdline").read_bytes().decode("utf-8", "replace")
            if word in line and int(folder.name) != os.getpid():
                return int(folder.name)
    return None


class Processes:
    """A process, its family and all others: the cores that they keep busy."""

    def __init__(self, pid: int, root: Path = Path("/proc")) -> None:
        """``pid``: the process; neither it nor we are others."""
        self.pid, self._root = pid, root
        self._began, self._before = time.monotonic(), self._seconds()
        self._first = self._began, self._before

    def begin(self) -> None:
        """Count from now on."""
        self._began, self._before = time.monotonic(), self._seconds()

    def own_cores(self) -> float:
        """The cores that the process has kept busy since ``begin``."""
        return self._busy(self._began, self._before).get(self.pid, ("", 0.0))[1]

    def others(self, mine: frozenset[int] = frozenset()) -> list[tuple[str, float]]:
        """The busiest others since this was made: names and cores.

        ``mine``: not these.
        """
        busy = self._busy(*self._first)
        rest = [found for pid, found in busy.items() if pid not in mine | {self.pid, os.getpid()}]
        return sorted(rest, key=lambda found: -found[1])[:BUSIEST]

    def resident_mb(self) -> float:
        """The process's memory [MB]."""
        return self._field(f"{self.pid}/status", "VmRSS:")

    def free_mb(self) -> float:
        """The machine's memory that is left [MB]."""
        return self._field("meminfo", "MemAvailable:")

    def _field(self, name: str, key: str) -> float:
        text = (self._root / name).read_text(encoding="ascii", errors="replace")
        return float(text.partition(key)[2].split()[0]) * MB

    def _busy(
        self, began: float, before: dict[int, tuple[str, float]]
    ) -> dict[int, tuple[str, float]]:
        span = max(1e-3, time.monotonic() - began)
        return {
            pid: (name, (seconds - before.get(pid, (name, 0.0))[1]) / span)
            for pid, (name, seconds) in self._seconds().items()
        }

    def _seconds(self) -> dict[int, tuple[str, float]]:
        """The processor time [s] of each process so far, and its name."""
        found = {}
        for folder in self._root.glob("[0-9]*"):
            with suppress(OSError):  # it has ended meanwhile
                text = (folder / "stat").read_text(encoding="utf-8", errors="replace")
                head, _, tail = text.rpartition(")")
                words = tail.split()
                ticks = int(words[11]) + int(words[12])
                found[int(folder.name)] = head.partition("(")[2], ticks * TICK_S
        return found
