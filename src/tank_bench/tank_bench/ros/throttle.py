"""Processes that get a share of one core, by a cgroup or by signals."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from tank_bench.common.processor import quota_us, turns_s

CGROUPS = Path("/sys/fs/cgroup")
WAYS = ("cgroup", "signals")
# Of processors that others want, too: as much as there is, so that their work does not count. By
# version of cgroups; the limit holds all the same.
WEIGHTS = {"cpu.weight": "10000", "cpu.shares": "262144"}


class Throttle(Protocol):
    """A limit for some processes."""

    way: str

    def set(self, share: float) -> None:
        """Let them have this share (over 0, up to 1) of one core from now on."""

    def close(self) -> None:
        """Take the limit away."""


@contextmanager
def throttled(pids: Iterable[int], way: str = "", beside: Iterable[int] = ()) -> Iterator[Throttle]:
    """A throttle of processes, threads that they have included, on one core.

    ``way``: one of WAYS; empty: a cgroup where one can be made. By a cgroup they, and those
    ``beside`` them without a limit, come before whoever else wants a processor.
    """
    pids = list(pids)
    core = min(os.sched_getaffinity(0))
    for pid in pids:
        for task in Path(f"/proc/{pid}/task").iterdir():
            with suppress(OSError):  # it has ended meanwhile
                os.sched_setaffinity(int(task.name), {core})
    throttle = (cgroup(pids) if way != "signals" else None) or BySignals(pids)
    favored = cgroup(beside, "-beside") if throttle.way != "signals" else None
    try:
        yield throttle
    finally:
        throttle.close()
        if favored is not None:
            favored.close()


def cgroup(pids: Iterable[int], suffix: str = "") -> Throttle | None:
    """A cgroup of version 2, else of version 1; None where none can be made."""
    for root, limit, weight in (
        (CGROUPS, "cpu.max", "cpu.weight"),
        (CGROUPS / "cpu", "cpu.cfs_quota_us", "cpu.shares"),
    ):
        folder = root / f"tank-bench-{os.getpid()}{suffix}"
        try:
            folder.mkdir()
        except OSError:
            continue
        try:
            if (folder / limit).exists():
                (folder / weight).write_text(WEIGHTS[weight], encoding="ascii")
                for pid in pids:
                    (folder / "cgroup.procs").write_text(str(pid), encoding="ascii")
                return ByCgroup(root, folder)
        except OSError:
            pass
        folder.rmdir()
    return None


class ByCgroup:
    """The kernel's own limit."""

    way = "cgroup"

    def __init__(self, root: Path, folder: Path) -> None:
        self._root, self._folder = root, folder

    def set(self, share: float) -> None:
        quota, period = quota_us(share)
        if (self._folder / "cpu.max").exists():
            self._write("cpu.max", f"{quota} {period}")
        else:
            self._write("cpu.cfs_quota_us", "-1")  # a quota over the period is refused
            self._write("cpu.cfs_period_us", str(period))
            self._write("cpu.cfs_quota_us", str(quota))

    def close(self) -> None:
        for pid in (self._folder / "cgroup.procs").read_text(encoding="ascii").split():
            with suppress(OSError):  # it has ended meanwhile
                (self._root / "cgroup.procs").write_text(pid, encoding="ascii")
        self._folder.rmdir()

    def _write(self, name: str, text: str) -> None:
        (self._folder / name).write_text(text, encoding="ascii")


class BySignals:
    """SIGSTOP and SIGCONT in turns, from a thread of this process."""

    way = "signals"

    def __init__(self, pids: Iterable[int]) -> None:
        self._pids, self._share, self._ended = list(pids), 1.0, threading.Event()
        self._thread = threading.Thread(target=self._run, name="throttle", daemon=True)
        self._thread.start()

    def set(self, share: float) -> None:
        self._share = share

    def close(self) -> None:
        self._ended.set()
        self._thread.join()
        self._send(signal.SIGCONT)

    def _run(self) -> None:
        while not self._ended.is_set():
            run, stand = turns_s(self._share)
            if stand > 0.0:
                self._send(signal.SIGSTOP)
                time.sleep(stand)
            self._send(signal.SIGCONT)
            time.sleep(run)

    def _send(self, number: signal.Signals) -> None:
        for pid in self._pids:
            with suppress(ProcessLookupError):
                os.kill(pid, number)
