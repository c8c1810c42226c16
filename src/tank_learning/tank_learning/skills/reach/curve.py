"""The learning curve of reaching: a line of words, and a picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib

matplotlib.use("agg")  # no screen
import matplotlib.pyplot as plt

from tank_learning.skills.reach.training import ReachReport


def words(line: ReachReport, updates: int) -> str:
    """A line that says how far a run is, and how the actor did."""
    left = line.cpu_seconds * (updates / line.updates - 1)
    score = line.score
    return (
        f"{line.updates / updates:4.0%}  {score.successes} of {score.tries} at rest, "
        f"{score.seconds:.2f} s, {score.away * 100:.1f} cm away; {line.steps} steps, "
        f"loss {line.loss:.3f}  "
        f"{line.cpu_seconds:.0f} s, {left:.0f} s of the processor to go"
    )


def draw(lines: Sequence[ReachReport], path: Path, title: str) -> None:
    """Draw successes and times over the simulation's steps, as a PNG."""
    figure, axes = plt.subplots(figsize=(8, 4.5), layout="constrained")
    steps = [line.steps for line in lines]
    axes.plot(steps, [line.score.share for line in lines], "o-", color="tab:blue")
    axes.set(xlabel="steps of 40 ms", title=title, ylim=(0, 1.02))
    axes.set_ylabel("at rest at the target", color="tab:blue")
    axes.grid(alpha=0.3)
    right = axes.twinx()
    right.plot(steps, [line.score.seconds for line in lines], "o-", color="tab:orange")
    right.set_ylabel("mean time of the successes [s]", color="tab:orange")
    right.set_ylim(bottom=0)
    figure.savefig(path, dpi=110)
    plt.close(figure)
