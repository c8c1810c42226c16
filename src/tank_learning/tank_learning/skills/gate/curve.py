"""The learning curve of a run, as words while it runs, and as a picture."""

from __future__ import annotations

from pathlib import Path

import matplotlib

matplotlib.use("agg")  # no screen
import matplotlib.pyplot as plt


class Curve:
    """Mean losses over the updates of a run."""

    def __init__(self, folder: Path, updates: int) -> None:
        self._path, self._whole = folder / "curve.png", updates
        self._updates: list[int] = []
        self._losses: list[float] = []

    def add(self, updates: int, loss: float, seconds: float) -> None:
        """Keep and print a report; ``seconds`` of the processor."""
        self._updates.append(updates)
        self._losses.append(loss)
        left = seconds * (self._whole / updates - 1)
        print(
            f"{updates / self._whole:4.0%}  loss {loss:.4f}  {seconds:.0f} s, {left:.0f} s of the "
            "processor to go",
            flush=True,
        )

    def draw(self) -> None:
        """Draw it as ``curve.png`` in the folder."""
        figure, axes = plt.subplots(figsize=(8, 4.5), layout="constrained")
        axes.semilogy(self._updates, self._losses)
        axes.set(xlabel="updates", ylabel="loss of chunks", title="go_through, cloned")
        axes.grid(alpha=0.3, which="both")
        figure.savefig(self._path, dpi=110)
        plt.close(figure)
