"""The file from which an interrupted run goes on, written whole or not at all."""

from __future__ import annotations

import reprlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from tank_core.exceptions import TankError

_RENAMED = {"done": "step", "torch_rng": "random"}  # keys of checkpoints of before


class OneOptimizer:
    """A learner of one network and one optimizer, as its checkpoint keeps it."""

    network: Any
    optimizer: torch.optim.Optimizer

    def state(self) -> dict[str, Any]:
        return {"weights": self.network.state_dict(), "optimizer": self.optimizer.state_dict()}

    def restore(self, state: Mapping[str, Any]) -> None:
        self.network.load_state_dict(state["weights"])
        self.optimizer.load_state_dict(state["optimizer"])


@dataclass(frozen=True)
class Checkpoint:
    """The checkpoint file of a run.

    ``recipe`` (with the length of the run in "tokens") and ``origin`` (names of other things that
    decide the run, such as a digest of its sentences) are what a run must share to go on from it.
    """

    path: Path
    recipe: Mapping[str, Any]
    origin: Mapping[str, str]

    def read(self, resume: bool) -> dict[str, Any] | None:
        """The state to go on from; None to begin.

        Raises TankError for a file of an unfinished run that is not resumed, for one of another
        recipe or origin, and for one that cannot be read.
        """
        if not self.path.is_file():
            return None
        state = self._load()
        if resume:
            self._check(state)
            return state
        if state["seen"] < state["recipe"]["tokens"]:
            raise TankError(
                f"{self.path} is of a run that has not ended; go on with --resume, or give "
                "another --out"
            )
        return None

    def write(self, state: Mapping[str, Any]) -> None:
        """Keep a state."""
        save({"recipe": dict(self.recipe), **self.origin, **state}, self.path)

    def _load(self) -> dict[str, Any]:
        try:
            state = torch.load(self.path, weights_only=True, map_location="cpu")
        except Exception as error:  # zip, pickle and end-of-file errors have no common parent
            raise TankError(
                f"{self.path} cannot be read ({type(error).__name__}); remove it and begin again"
            ) from None
        return {_RENAMED.get(key, key): value for key, value in state.items()}

    def _check(self, state: Mapping[str, Any]) -> None:
        other = [f"other {key}" for key, value in self.origin.items() if state.get(key) != value]
        was = state["recipe"]
        other += [
            f"{key} {reprlib.repr(was.get(key))} instead of {reprlib.repr(value)}"
            for key, value in self.recipe.items()
            if was.get(key) != value
        ]
        if other:
            raise TankError(
                f"{self.path} was made with {', '.join(other)}; resume with the same arguments "
                "and sentences, or give another --out"
            )


def save(state: Mapping[str, Any], path: Path) -> None:
    """Write all of it or nothing: a killed run leaves the file before."""
    unfinished = path.with_suffix(".new")
    torch.save(dict(state), unfinished)
    unfinished.replace(path)
