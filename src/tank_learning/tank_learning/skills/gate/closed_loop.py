"""Drives a learned skill in closed loop, and judges by the truth."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, replace

from tank_core.geometry import Pose2D
from tank_core.skill import SURE, Chunk, Observation, Skill
from tank_core.state import Twist2D
from tank_learning.skills.gate.demonstrator import stands_beyond
from tank_learning.skills.gate.room import GateRoom
from tank_skills.chunk_player import ChunkAction, ChunkPlayer

PATIENCE = 200  # steps


@dataclass(frozen=True)
class ChunkTiming:
    """A chunk is asked for each ``every`` steps, and is there ``delay`` later."""

    every: int = 5
    delay: int = 0


OVERLAPPING, DELAYED = ChunkTiming(), ChunkTiming(every=10, delay=10)


@dataclass(frozen=True)
class RolloutResult:
    """The end of a drive."""

    pose: Pose2D  # in the gate's frame
    width: float  # [m] of the gate
    touched: bool
    ended: bool  # by itself
    seconds: float
    decision_ms: tuple[float, ...] = ()

    @property
    def success(self) -> bool:
        """Whether it stands where it is to end, and nothing was touched."""
        return not self.touched and stands_beyond(self.pose, self.width)


def drive(
    room: GateRoom, skill: Skill, seed: int, rhythm: ChunkTiming = OVERLAPPING
) -> RolloutResult:
    """Drive from the start of a seed until the skill says that it has ended."""
    room.reset(seed)
    skill.reset()
    player, coming = ChunkPlayer(rhythm.every), deque[tuple[int, Chunk]]()
    took: list[float] = []
    next_look, stands, ended = 0, True, False
    for step in range(PATIENCE):
        now = room.state.time
        frame = room.frame if step >= next_look else None
        if frame is not None:
            began = time.process_time()
            coming.append((step + rhythm.delay, skill.act(Observation(room.state, frame))))
            took.append(1000 * (time.process_time() - began))
            next_look = step + rhythm.every
        while coming and coming[0][0] <= step:
            chunk = coming.popleft()[1]
            # The first is waited for: nothing of it has passed, since the robot stood still.
            player.offer(replace(chunk, time=now) if stands else chunk)
            stands = False
        action = player.at(now) or ChunkAction()
        ended = action.end >= SURE
        room.step(Twist2D() if ended or action.twist is None else action.twist)
        if ended or room.touched:
            break
    pose, width = room.pose, room.scene.gate.width
    return RolloutResult(pose, width, room.touched, ended, room.state.time, tuple(took))
