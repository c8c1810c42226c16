"""The learning curve of a head: a line of words, and a picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib

matplotlib.use("agg")  # no screen
import matplotlib.pyplot as plt

from tank_learning.skills.transformer.training import CurvePoint


def words(line: CurvePoint, updates: int) -> str:
    """Say how far a run is, and its losses."""
    left = line.seconds * (updates / line.updates - 1)
    return (
        f"{line.updates / updates:4.0%}  loss {line.training.loss:.5f}, held out "
        f"{line.held_out.loss:.5f}; decoded actions {line.training.actions:.6f}, held out "
        f"{line.held_out.actions:.6f}  {line.seconds:.0f} s, {left:.0f} s of the processor to go"
    )


def draw(lines: Sequence[CurvePoint], path: Path, title: str) -> None:
    """Draw the squared error of decoded actions over the updates, as a PNG."""
    figure, axes = plt.subplots(figsize=(8, 4.5), layout="constrained")
    updates = [line.updates for line in lines]
    axes.semilogy(updates, [line.training.actions for line in lines], "o-", label="training")
    axes.semilogy(updates, [line.held_out.actions for line in lines], "o-", label="held out")
    axes.set(xlabel="updates", ylabel="squared error of decoded actions, -1..1", title=title)
    axes.grid(alpha=0.3, which="both")
    axes.legend()
    figure.savefig(path, dpi=110)
    plt.close(figure)
