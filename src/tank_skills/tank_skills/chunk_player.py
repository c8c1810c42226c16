"""Plays chunks of actions by their stamps. Pure: time is an argument."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tank_core.exceptions import ModelError
from tank_core.skill import Chunk, SkillCard
from tank_core.state import Array, Twist2D

EARLY = 1e-6  # share of a period: where rounding alone makes an action late


@dataclass(frozen=True)
class ChunkAction:
    """The action of one moment; None leaves a part alone.

    ``joints``: targets [rad or m] of the card's joints. ``end``: 0 to 1, how sure the skill is
    that all is done.
    """

    twist: Twist2D | None = None
    joints: Array | None = None
    end: float = 0.0


def check_chunk(chunk: Chunk) -> None:
    """Raise ModelError for a chunk that cannot be played."""
    parts = [part for part in (chunk.twists, chunk.joints, chunk.end) if part is not None]
    if not (chunk.period > 0.0 and math.isfinite(chunk.time + chunk.period)):
        raise ModelError(f"a chunk has the time {chunk.time} and the period {chunk.period}")
    if not chunk.length:
        raise ModelError("a chunk is empty; propose one action at least")
    if any(len(part) != chunk.length for part in parts):
        raise ModelError("the parts of a chunk differ in length; propose as many of each")
    if chunk.twists is not None and chunk.twists.shape[1:] != (2,):
        raise ModelError(f"the twists of a chunk are {chunk.twists.shape}; they have 2 columns")
    if not all(np.isfinite(part).all() for part in parts):
        raise ModelError("a chunk has numbers that are not finite")


class ChunkPlayer:
    """The action that is due, of the newest chunk.

        player.offer(chunk)
        action = player.at(now)  # None: there is none for now
        if player.wants(now):
            ...  # ask for the next one; this one goes on meanwhile

    What lies in the past is skipped, a newer chunk takes over at once, and after the last action
    there is none: it is never held or repeated. So a chunk that took a whole second to be made is
    played from its second second on.
    """

    def __init__(self, ask_after: int) -> None:
        """``ask_after``: actions of a chunk after which it wants another."""
        self._ask_after = max(1, ask_after)
        self._chunk: Chunk | None = None

    @classmethod
    def of(cls, card: SkillCard) -> ChunkPlayer:
        """The player of a skill's chunks."""
        return cls(card.ask_after or card.horizon // 2)

    def offer(self, chunk: Chunk) -> None:
        """Take over a chunk, unless it was made from something older.

        Raises ModelError, in one line, for what is none; the one before goes on.
        """
        check_chunk(chunk)
        if self._chunk is None or chunk.time >= self._chunk.time:
            self._chunk = chunk

    def at(self, now: float) -> ChunkAction | None:
        """The action at ``now`` [s]."""
        chunk, index = self._chunk, self._index(now)
        if chunk is None or not 0 <= index < chunk.length:
            return None
        return ChunkAction(
            None if chunk.twists is None else Twist2D(*map(float, chunk.twists[index])),
            None if chunk.joints is None else chunk.joints[index],
            0.0 if chunk.end is None else float(chunk.end[index]),
        )

    def wants(self, now: float) -> bool:
        """Whether it is time to ask for the next chunk."""
        index = self._index(now)
        return self._chunk is None or index < 0 or index >= min(self._ask_after, self._chunk.length)

    def _index(self, now: float) -> int:
        """Which action is due: negative before the first."""
        if self._chunk is None:
            return -1
        return math.floor((now - self._chunk.time) / self._chunk.period + EARLY)
