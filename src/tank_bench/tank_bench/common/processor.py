"""Processor time and its shares, by /proc, and a limit in numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

PERIOD_US = 10_000  # of a limit; a Pi's core is slow all the time, not in turns of 100 ms
LEAST_QUOTA_US = 1_000  # the kernel takes no less (kernel/sched/core.c, min_cfs_quota_period)
SLICE_S = 0.005  # of a duty cycle by signals


@dataclass(frozen=True)
class ThreadTime:
    """Processor time that a thread has used so far."""

    name: str
    seconds: float


def thread_time(comm: str, schedstat: str) -> ThreadTime:
    """Read the processor time [s] of a thread from its files in /proc."""
    return ThreadTime(comm.strip(), int(schedstat.split()[0]) * 1e-9)


def shares(
    before: Mapping[int, ThreadTime], after: Mapping[int, ThreadTime], wall: float
) -> dict[str, float]:
    """The cores that threads kept busy, by name, busiest first.

    ``before`` and, ``wall`` [s] later, ``after``: threads by their numbers. Those of one name count
    together.
    """
    used: dict[str, float] = {}
    for number, thread in after.items():
        since = before[number].seconds if number in before else 0.0
        used[thread.name] = used.get(thread.name, 0.0) + (thread.seconds - since) / wall
    return dict(sorted(used.items(), key=lambda item: -item[1]))


def quota_us(share: float) -> tuple[int, int]:
    """Quota and period [us] of a group that may use ``share`` of a core."""
    period = max(PERIOD_US, round(LEAST_QUOTA_US / share))
    return max(LEAST_QUOTA_US, round(share * period)), period


def turns_s(share: float) -> tuple[float, float]:
    """The times [s] for which a process runs and stands, in turns."""
    return share * SLICE_S, (1.0 - share) * SLICE_S
