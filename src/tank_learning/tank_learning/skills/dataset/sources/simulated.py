"""Demonstrations by our own executor in simulation, from sentences or commands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tank_core.commands import Command
from tank_core.state import CameraFrame
from tank_episode.episode import Episode
from tank_executor.plan import PlanState
from tank_learning.skills.dataset.sources.attempts import Attempt, Known
from tank_learning.skills.dataset.sources.sampling import FrameSampler
from tank_learning.skills.dataset.spec import FRONT, DatasetError, Spec

SETTLE_S = 0.5  # [s] before a sentence is said: by then the first image is there


@dataclass(frozen=True)
class LabeledInstruction:
    """A sentence and the commands that it means."""

    sentence: str
    commands: tuple[Command, ...]


@dataclass(frozen=True)
class SourceRoom:
    """The room in which it is done, as a source tells it."""

    world: str
    realism: str

    def source(self, what: str, seed: int) -> str:
        """The name of a try, the same for the same try."""
        return f"simulation, world {self.world}, {self.realism}, seed {seed}: {what}"


def carried_out(
    episode: Episode,
    room: SourceRoom,
    spec: Spec,
    requests: Sequence[LabeledInstruction],
    seeds: range,
    known: Known,
) -> Iterator[Attempt]:
    """The requests in turn, one in each seed's room, by the executor.

    What the executor does not say to have succeeded is no demonstration. What is ``known`` is not
    done again, and not told.
    """
    for number, seed in enumerate(seeds):
        request = requests[number % len(requests)]
        source = room.source(request.sentence, seed)
        if not known(source):
            yield _carried_out(episode, spec, request, seed, source)


def _carried_out(
    episode: Episode, spec: Spec, request: LabeledInstruction, seed: int, source: str
) -> Attempt:
    episode.reset(seed)
    episode.settle(SETTLE_S)
    if spec.cameras and (problem := episode.backend.camera_problem):
        raise DatasetError(f"{problem}; say --no-images for a dataset without")
    sampler = FrameSampler(episode.robot, spec)

    def look() -> Mapping[str, CameraFrame] | None:
        frame = episode.backend.camera()
        return None if frame is None else {FRONT: frame}

    def watch() -> None:
        sampler.step(episode.state, look, episode.loop.sent)

    try:
        episode.watcher = watch
        status = episode.run(request.commands, request.sentence)
    finally:
        episode.watcher = None
    if status.state is not PlanState.SUCCEEDED:
        return Attempt(source, why_not=f"{status.state.name.lower()}: {status.message}")
    return Attempt(source, sampler.demonstration(request.sentence, source))
