"""A stack's status as lines for a person. Pure."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TextIO

from tank_cli.status.watch import Status
from tank_core.io.console import BOLD, DIM, GREEN, RED, YELLOW, paint


def lines(status: Status, stream: TextIO | None = None) -> list[str]:
    """A screen: what it does, streams, nodes, faults with their cures.

    In colors where ``stream`` (default stderr) shows them.
    """
    out = stream or sys.stderr
    if not status.heard:
        return ["no stack is heard; start one with ./tank sim, or see ./tank doctor"]
    return [
        *_head(status, out),
        "",
        paint(f"{'stream':<22}{'rate':>8}{'expected':>12}{'age':>10}", BOLD, out),
        *_streams(status, out),
        "",
        paint(f"{'node':<22}{'memory':>8}{'report':>12}   process", BOLD, out),
        *_nodes(status, out),
        "",
        *_faults(status, out),
    ]


def _head(status: Status, out: TextIO) -> Iterator[str]:
    vitals = status.vitals
    word = paint("stopped", YELLOW, out) if status.stopped else status.doing
    yield f"{word}" + ("; /reset, or the service reset_stop, lets it move" * status.stopped)
    told = []
    if vitals["volts"] is not None:
        charge = "" if vitals["charge"] is None else f", {vitals['charge']:.0%}"
        told.append(f"battery {vitals['volts']:.1f} V{charge}")
    if vitals["simulated"]:
        factor = vitals["factor"]
        speed = "paused" if vitals["paused"] else "?" if factor is None else f"{factor:.2f}"
        told.append(f"real-time factor {speed}")
    if told:
        yield " · ".join(told)


def _streams(status: Status, out: TextIO) -> Iterator[str]:
    for name, one in sorted(status.streams.items()):
        rate, expected = _cell(one.rate_hz, "Hz"), _cell(one.expected_hz, "Hz")
        line = f"{name:<22}{rate:>8}{expected:>12}{_cell(one.age_s, 's'):>10}"
        yield f"{paint(line, YELLOW, out)}  too slow" if one.slow else line


def _nodes(status: Status, out: TextIO) -> Iterator[str]:
    shown: set[str] = set()
    for name, node in status.nodes.items():
        # nodes of one process share its memory, which is told once
        first = node.process not in shown or not node.process
        shown.add(node.process)
        memory = _cell(node.memory_mb, "MB", 0) if first else '"'
        process = paint(node.process, DIM, out)
        yield f"{name:<22}{memory:>8}{_cell(node.age_s, 's'):>12}   {process}"


def _faults(status: Status, out: TextIO) -> Iterator[str]:
    silent, faults = status.vitals["silent"], status.vitals["faults"]
    if silent is not None:
        yield f"{paint('✗', RED, out)} no odometry for {silent:.1f} s: the robot hangs or has ended"
    for fault in faults:
        mark = paint("✗", RED, out) if fault["error"] else paint("!", YELLOW, out)
        yield f"{mark} {fault['part']}: {fault['message']}"
    if not faults and silent is None:
        yield f"{paint('✓', GREEN, out)} no faults"


def _cell(value: float | None, unit: str, digits: int = 1) -> str:
    return "-" if value is None else f"{value:.{digits}f} {unit}"
