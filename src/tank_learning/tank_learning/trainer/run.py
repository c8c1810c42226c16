"""The loop of every training run: steps, reports, checkpoints, resumption.

On a CPU a run that was killed and resumed ends with the same weights to the last bit.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol, TypeVar

import torch

from tank_core.exceptions import TankError
from tank_learning.trainer import curve
from tank_learning.trainer.checkpoint import Checkpoint
from tank_learning.trainer.progress import Progress, is_sound

Step = TypeVar("Step")


class Trainable(Protocol[Step]):
    """A recipe at work: what differs from one training to another."""

    cure: str  # what to do when the loss is not finite

    def steps(self) -> Iterator[Step]:
        """Endless optimizer steps, the same at every call."""

    def size(self, step: Step) -> int:
        """Tokens of a step, padding counted."""

    def learn(self, step: Step, progress: float) -> float:
        """Do one optimizer step at a progress in [0, 1); its loss [nat/token]."""

    def held_out(self) -> float | None:
        """Return the share of held-out sentences answered right.

        None without such sentences.
        """

    def state(self) -> dict[str, Any]:
        """All that was learned, for a checkpoint."""

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a checkpoint."""

    def publish(self) -> None:
        """Write what a run leaves beside its checkpoint.

        Called before that is written.
        """


@dataclass(frozen=True)
class Intervals:
    """The intervals of reports and checkpoints."""

    report_steps: int
    save_every_s: float


def train(
    learner: Trainable[Step],
    checkpoint: Checkpoint,
    state: Mapping[str, Any] | None,
    rhythm: Intervals,
) -> None:
    """Train to the end of the recipe.

    ``state`` is from ``checkpoint.read``; None begins anew. Leaves the checkpoint, ``curve.jsonl``
    and ``curve.png`` in the checkpoint's folder and prints progress. Raises TankError when the
    loss is not finite.
    """
    folder, progress = checkpoint.path.parent, Progress(checkpoint.recipe["tokens"])
    if state is None:
        # lest a run that is killed early be resumed as the one before it
        checkpoint.path.unlink(missing_ok=True)
        curve.cut(folder, 0)
    else:
        learner.restore(state)
        torch.set_rng_state(state["random"])
        progress.restore(state)
        curve.cut(folder, progress.seen)
        print(f"going on at {progress.share:.1%} of {checkpoint.path}", flush=True)
    _Run(learner, checkpoint, progress, rhythm).go()


class _Run:
    def __init__(
        self, learner: Trainable[Any], checkpoint: Checkpoint, progress: Progress, rhythm: Intervals
    ) -> None:
        self.learner, self.checkpoint, self.progress = learner, checkpoint, progress
        self.rhythm = rhythm
        self._saved = time.monotonic()

    def go(self) -> None:
        progress, start = self.progress, time.monotonic() - self.progress.seconds
        # a resumed run passes over what it has seen
        for step in islice(self.learner.steps(), progress.step, None):
            if progress.share >= 1:
                break
            progress.losses.append(self.learner.learn(step, progress.share))
            progress.step += 1
            progress.seen += self.learner.size(step)
            progress.seconds = time.monotonic() - start
            full = progress.full
            if progress.step % self.rhythm.report_steps == 0 or progress.share >= 1:
                self._report(full)
                if full:
                    self._save()
            if time.monotonic() - self._saved > self.rhythm.save_every_s:
                self._save()

    def _report(self, full: bool) -> None:
        line = self.progress.line()
        if full and (share := self.learner.held_out()) is not None:
            line["held_out"] = round(share, 4)
        folder = self.checkpoint.path.parent
        curve.append(folder, line)
        self.progress.tell(line)
        if not is_sound(line):
            raise TankError(f"the loss is not finite; {self.learner.cure}")
        if full:
            self.progress.shown = self.progress.share
            curve.draw(folder)

    def _save(self) -> None:
        self.learner.publish()
        state = {**self.learner.state(), **self.progress.state(), "random": torch.get_rng_state()}
        self.checkpoint.write(state)
        self._saved = time.monotonic()
