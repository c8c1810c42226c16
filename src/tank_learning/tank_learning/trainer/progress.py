"""The position of a run, and its reports."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

FULL_EVERY = 0.1  # share of the run after which held-out sentences are answered again


@dataclass
class Progress:
    """The position of a run; a checkpoint holds all of it."""

    tokens: int  # of the whole run
    step: int = 0
    seen: int = 0  # [tokens]
    seconds: float = 0.0
    shown: float = 0.0  # progress at the last full report
    losses: list[float] = field(default_factory=list)  # since the last report [nat/token]

    @property
    def share(self) -> float:
        """Share of the run that is done; a little above 1 after the last step."""
        return self.seen / self.tokens

    @property
    def full(self) -> bool:
        """Whether the next report is to tell the share of held-out sentences."""
        return self.share - self.shown >= FULL_EVERY or self.share >= 1

    def state(self) -> dict[str, Any]:
        """For a checkpoint."""
        return {
            "step": self.step,
            "seen": self.seen,
            "seconds": self.seconds,
            "shown": self.shown,
            "losses": list(self.losses),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a checkpoint."""
        self.step, self.seen, self.seconds = state["step"], state["seen"], state["seconds"]
        self.shown, self.losses = state["shown"], list(state.get("losses", ()))

    def line(self) -> dict[str, float]:
        """A line of the learning curve; the losses begin anew."""
        loss, self.losses = sum(self.losses) / len(self.losses), []
        return {
            "progress": round(self.share, 3),
            "tokens": self.seen,
            "loss": round(loss, 4),
            "seconds": round(self.seconds),
        }

    def tell(self, line: Mapping[str, float]) -> None:
        """Print a line of the curve, with the time that is left."""
        left = self.seconds / max(self.share, 1e-9) * max(0.0, 1 - self.share)
        print(
            f"{self.share:6.1%}  loss {line['loss']:.4f}  held-out "
            f"{line.get('held_out', '      ')}  {self.seconds:.0f} s, {left:.0f} s to go",
            flush=True,
        )


def is_sound(line: Mapping[str, float]) -> bool:
    """Whether the loss of a line is a number."""
    return math.isfinite(line["loss"])
