"""Notices that what was held is lost, between the grasp and the release.

By the gripper, which feels it; a hand that feels nothing knows when it looks again.
"""

from __future__ import annotations

from tank_executor.script import Context

LOST_S = 0.2  # [s] without it between the fingers: a jolt is shorter


class Carrying:
    """Watches the hand while the robot does something else than handling.

    Feed it every state with ``lost``.
    """

    def __init__(self) -> None:
        self._gone_at: float | None = None

    def lost(self, context: Context) -> str | None:
        """Return what was lost, once, such as "the red cube"; None: nothing.

        The memory then holds nothing, and keeps what was lost.
        """
        memory = context.memory
        if context.robot.gripper.joint not in context.state.joints:
            return None  # not known now
        if not memory.holding or context.grasp_check.squeezes(context):
            self._gone_at = None
            return None
        if self._gone_at is None or context.now < self._gone_at:
            self._gone_at = context.now
        if context.now - self._gone_at < LOST_S:
            return None
        memory.lost = memory.held or "what I was holding"
        memory.holding, memory.held, memory.shown = False, "", None
        return memory.lost
