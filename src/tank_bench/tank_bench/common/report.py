"""Measured figures as a table for people and as JSON for machines.

With what they were measured on.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tank_core import __version__
from tank_core.io.console import GREEN, RED, paint
from tank_core.io.outputs import write
from tank_core.io.process_memory import memory_mb as memory_mb
from tank_learning.language.evaluation.shares import wilson


@dataclass(frozen=True)
class Figure:
    """A measured number.

    ``at_most`` or ``at_least`` is what is wanted of it; with neither it is only told.
    """

    name: str
    value: float
    unit: str = ""
    at_most: float | None = None
    at_least: float | None = None
    interval: tuple[float, float] | None = None  # where it is with 95 %
    count: int | None = None  # of what it is a share

    @classmethod
    def share(
        cls,
        name: str,
        part: int,
        whole: int,
        at_most: float | None = None,
        at_least: float | None = None,
    ) -> Figure:
        """Return how many of a number, with the share's interval."""
        interval = wilson(part, whole)
        return cls(name, part / whole, "", at_most, at_least, interval, whole)

    @property
    def told(self) -> str:
        """Such as "3.2 ms", "0.97 (0.83 to 0.99, n = 30)"."""
        value = f"{self.value:.4g} {self.unit}".rstrip()
        if self.interval is None:
            return value
        low, high = self.interval
        return f"{self.value:.3f} ({low:.3f} to {high:.3f}, n = {self.count})"

    @property
    def wanted(self) -> str:
        if self.at_most is not None:
            return f"<= {self.at_most:g}"
        return f">= {self.at_least:g}" if self.at_least is not None else ""

    @property
    def met(self) -> bool | None:
        """None where nothing is wanted."""
        if self.at_most is not None:
            return self.value <= self.at_most
        return self.value >= self.at_least if self.at_least is not None else None


@dataclass(frozen=True)
class Measured:
    """Figures, with what else was measured.

    ``details`` for JSON, ``lines`` for people under the table.
    """

    figures: Sequence[Figure]
    details: dict[str, Any] = field(default_factory=dict)
    lines: Sequence[str] = ()


def percentile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` (0 to 1) of the values do not exceed.

    The nearest rank, so it is one that was measured.
    """
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, max(0, -(-round(share * len(ranked) * 1e6) // 10**6) - 1))]


def table(title: str, figures: Sequence[Figure]) -> str:
    """A table of aligned columns.

    Name, value with unit, what is wanted and whether it is met.
    """
    values = [figure.told for figure in figures]
    name_width, value_width = max(len(figure.name) for figure in figures), max(map(len, values))
    wanted_width = max(len(figure.wanted) for figure in figures)
    lines = [title]
    for figure, value in zip(figures, values, strict=True):
        mark = (
            ""
            if figure.met is None
            else paint("ok", GREEN, sys.stdout)
            if figure.met
            else paint("MISSED", RED, sys.stdout)
        )
        told = f"  {figure.name:{name_width}}  {value:>{value_width}}"
        lines.append(f"{told}  {figure.wanted:{wanted_width}}  {mark}".rstrip())
    return "\n".join(lines)


def as_json(name: str, figures: Sequence[Figure]) -> dict[str, Any]:
    """Everything that was measured, and on what."""
    return {
        "bench": name,
        "version": __version__,
        "machine": {
            "cpu": _cpu(), "cores": os.cpu_count(), "load": list(os.getloadavg()),
            "system": platform.platform(),
            "python": platform.python_version(),
        },
        "figures": [asdict(figure) | {"met": figure.met} for figure in figures],
    }  # fmt: skip


def write_json(
    path: Path, name: str, figures: Sequence[Figure], details: dict[str, Any] | None = None
) -> None:
    """Write all that was measured to a file.

    Raises OutputError that says where the figures are instead.
    """
    write(path, (json.dumps(as_json(name, figures) | (details or {}), indent=2) + "\n").encode())


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = (
        line.partition(":")[2].strip() for line in lines if line.startswith(("model name", "Model"))
    )
    return next(names, platform.machine())
