"""Figures of the cockpit, of what was sampled. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tank_bench.common.report import Figure

IDLE_MS, LOADED_MS = 15.0, 50.0  # what is wanted of a stop, median
LIGHT_KB = 200.0  # and of the page, compressed
TICKS = 100.0  # [1/s] in which Linux tells processor time (USER_HZ), whatever the kernel's own are


@dataclass
class Samples:
    """Measurements of a cockpit.

    ``idle``, ``loaded``: times [ms] from the press on STOP to ``robot/stopped``; ``memory`` [MB]
    and ``processor`` (share of a core) of its process by the number of browsers; ``weight`` [kB] of
    the page, compressed; ``frames`` [1/s] that are drawn while the robot moves.
    """

    idle: Sequence[float]
    loaded: Sequence[float]
    weight: float
    frames: float
    memory: Mapping[int, float] = field(default_factory=dict)
    processor: Mapping[int, float] = field(default_factory=dict)


def figures(samples: Samples) -> list[Figure]:
    """The figures, with what is wanted of them."""
    median = statistics.median
    found = [
        Figure("STOP to robot/stopped, idle, median", median(samples.idle), "ms", IDLE_MS),
        Figure("STOP to robot/stopped, idle, longest", max(samples.idle), "ms"),
        Figure(
            "STOP to robot/stopped, under load, median", median(samples.loaded), "ms", LOADED_MS
        ),
        Figure("STOP to robot/stopped, under load, longest", max(samples.loaded), "ms"),
    ]
    for number in sorted(samples.memory):
        who = _browsers(number)
        found.append(Figure(f"memory of the process, {who}", samples.memory[number], "MB"))
        share = 100.0 * samples.processor[number]
        found.append(Figure(f"processor time, {who}", share, "% of a core"))
    found.append(Figure("weight of the page, compressed", samples.weight, "kB", LIGHT_KB))
    found.append(Figure("frames drawn while it moves", samples.frames, "1/s"))
    return found


def processor_seconds(stat: str) -> float:
    """The processor time [s] in /proc/PID/stat, whatever the process's name."""
    fields = stat.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _browsers(number: int) -> str:
    return "no browser" if number == 0 else "one browser" if number == 1 else f"{number} browsers"
