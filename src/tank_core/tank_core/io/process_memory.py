"""The memory of a process, as Linux tells it."""

from __future__ import annotations

from pathlib import Path


def memory_mb(field: str, pid: int | str = "self") -> float:
    """A field of /proc/PID/status in MB (10^6 bytes).

    VmRSS is what is resident now, VmHWM the most that ever was.
    """
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise ValueError(f"/proc/{pid}/status has no {field}")
