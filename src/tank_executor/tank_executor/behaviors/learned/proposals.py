"""Asks a learned skill, plays what it proposes, and ends it in time."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from tank_core.exceptions import ModelError
from tank_core.io.one_line import described
from tank_core.pacing import stamp_fault
from tank_core.skill import SURE, Chunk, Observation, Skill, SkillTarget
from tank_core.state import CameraFrame, Twist2D
from tank_executor.learned import Thought
from tank_executor.memory import AHEAD_S
from tank_executor.script import STILL, Context, Script, TickOutput
from tank_skills.chunk_player import ChunkAction, ChunkPlayer

IMAGE_PATIENCE_S = 3.0  # without a new image a skill that looks has failed


@dataclass(frozen=True)
class Ended:
    """The end of what a skill did: it said so itself, or a ``fault`` in words."""

    fault: str | None = None


class Proposals:
    """The proposals of a skill in a step of a plan, tick by tick."""

    def __init__(self, context: Context, skill: Skill, target: Callable[[], SkillTarget]) -> None:
        """``target()`` is what the skill is told of the command."""
        self.skill, self._context, self._target = skill, context, target
        self._player = ChunkPlayer.of(skill.card)
        self._thought: Thought | None = None
        self._anew = True
        self._began = self._new_image = context.now  # [s]
        # stamps [s] of the newest image, and of the one of the last thought
        self._newest: float | None = None
        self._looked_at: float | None = None
        self._acted_at = -math.inf  # when there was an action last [s]
        self._wrong: str | None = None  # with the newest image's stamp

    @property
    def looks(self) -> bool:
        """Whether the skill wants images."""
        return self.skill.card.image is not None

    def fault(self) -> str | None:
        """Say why it has to end: it lasts too long, or sees nothing."""
        card, now, frame = self.skill.card, self._context.now, self._frame()
        if frame is not None and frame.time != self._newest:
            self._newest, self._new_image = frame.time, now
        if now - self._began > card.patience:
            return f"it was not done within {card.patience:g} s"
        if self.looks and now - self._new_image > IMAGE_PATIENCE_S:
            why = (
                f"an image came, but {self._wrong}" if self._wrong else "see that a camera is there"
            )
            return f"no image came for {IMAGE_PATIENCE_S:g} s; {why}"
        return None

    def next(self) -> ChunkAction | None:
        """The action that is due; None: there is none now.

        Raises what the skill raises.
        """
        context, now = self._context, self._context.now
        if self._thought is None and self._player.wants(now) and self._sees_something_new():
            seen = Observation(context.state, self._frame(), self._target())
            self._thought = context.learned.think(self.skill, seen, self._anew)
            self._anew = False
        chunk = self._thought() if self._thought is not None else None
        if chunk is not None:
            self._thought = None
            self._check(chunk)
            # A robot that has stood still since it looked has done nothing of what was proposed:
            # to skip its beginning would be to drive a way that begins somewhere else.
            stood = self._acted_at < chunk.time
            self._player.offer(replace(chunk, time=now) if stood else chunk)
        action = self._player.at(now)
        if action is not None:
            self._acted_at = now
        return action

    def go_on(self) -> None:
        """Drop what was proposed: its end was none, and the robot stands."""
        self._player, self._thought = ChunkPlayer.of(self.skill.card), None
        self._new_image = self._context.now

    def _check(self, chunk: Chunk) -> None:
        joints = self.skill.card.joints
        if chunk.joints is not None and chunk.joints.shape[1:] != (len(joints),):
            raise ModelError(
                f"it proposes joints of the shape {chunk.joints.shape} for {', '.join(joints)}"
            )

    def _frame(self) -> CameraFrame | None:
        """The newest image that the skill may look at: by its stamp, of now."""
        frame = self._context.frame if self.looks else None
        if frame is None:
            return None
        now = self._context.state.time
        self._wrong = stamp_fault(frame.time, now, IMAGE_PATIENCE_S, AHEAD_S)
        return frame if self._wrong is None else None

    def _sees_something_new(self) -> bool:
        """Whether there is a new image; True if it wants none."""
        frame = self._frame()
        if not self.looks:
            return True
        if frame is None or frame.time == self._looked_at:
            return False
        self._looked_at = frame.time
        return True


Limit = Callable[[Twist2D], Twist2D | str]


def drive_by(proposals: Proposals, context: Context, doing: str, limit: Limit) -> Script[Ended]:
    """Drive as a skill proposes, until it says that it has ended.

    ``limit`` gives the velocity that it gets of the one that it wants, or says in words why it
    must end here. The velocity is zero at ends, and where nothing is proposed.
    """
    while (fault := proposals.fault()) is None:
        try:
            action = proposals.next()
        except Exception as error:  # whatever a skill does, the robot is to stand
            return Ended(described(error))
        if action is not None and action.end >= SURE:
            return Ended()
        wanted = action.twist if action is not None and action.twist is not None else STILL
        twist = limit(context.robot.clamp_twist(wanted))
        if isinstance(twist, str):
            return Ended(twist)
        yield TickOutput(twist, message=doing, view=proposals.looks)
    return Ended(fault)
