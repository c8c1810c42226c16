"""The learning curve of a training run: JSON lines, and a picture."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("agg")  # no screen
import matplotlib.pyplot as plt

CURVE = "curve.jsonl"


def read_curve(folder: Path) -> list[dict[str, Any]]:
    """The reports of a run, each a dictionary.

    It holds progress in [0, 1], tokens, loss [nat/token], seconds, and now and then held_out, the
    share of held-out sentences that were answered right.
    """
    return [json.loads(line) for line in (folder / CURVE).read_text(encoding="utf-8").splitlines()]


def append(folder: Path, line: Mapping[str, float | str]) -> None:
    """Add a report."""
    with (folder / CURVE).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def cut(folder: Path, seen: int) -> None:
    """Drop the reports of later tokens than ``seen``: they are done again."""
    lines = read_curve(folder) if (folder / CURVE).is_file() else []
    kept = [json.dumps(line) + "\n" for line in lines if line["tokens"] <= seen]
    (folder / CURVE).write_text("".join(kept), encoding="utf-8")


def draw(folder: Path) -> Path:
    """Draw ``curve.jsonl`` as ``curve.png``.

    Loss, and the share of held-out sentences answered right, over millions of tokens.
    """
    lines = read_curve(folder)
    held = [line for line in lines if "held_out" in line]
    figure, left = plt.subplots(figsize=(8, 4.5), layout="constrained")
    left.semilogy(
        [line["tokens"] / 1e6 for line in lines], [line["loss"] for line in lines], color="tab:blue"
    )
    left.set(
        xlabel="tokens seen [million]",
        title=f"{lines[-1]['loss']:.4f} nat/token after {lines[-1]['seconds']} s",
    )
    left.set_ylabel("training loss [nat/token]", color="tab:blue")
    left.grid(alpha=0.3, which="both")
    right = left.twinx()
    right.plot(
        [line["tokens"] / 1e6 for line in held],
        [line["held_out"] for line in held],
        "o-",
        color="tab:orange",
    )
    right.set_ylabel("held-out sentences right", color="tab:orange")
    right.set_ylim(0, 1)
    path = folder / "curve.png"
    figure.savefig(path, dpi=110)
    plt.close(figure)
    return path
