"""Watches whether somebody hears "stop".

That is the language node, known by its process's liveliness and by a message now and then.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.event_handler import QoSLivelinessChangedInfo, SubscriptionEventCallbacks
from std_msgs.msg import String

from tank_core.ros import interfaces as names
from tank_core.ros.tank_node import TankNode


class Hearing:
    """Tells when a language node was there and is no more.

    Where none ever was, commands come from elsewhere.
    """

    def __init__(self, node: TankNode, lost: Callable[[str], None]) -> None:
        """Call ``lost(why)`` from a callback of the node, or from ``watch``."""
        self._node, self._lost = node, lost
        self._inside = False  # whoever listens is a node of this process
        # time.monotonic() of its last message; None: nobody listens
        self.heard_at: float | None = None
        events = SubscriptionEventCallbacks(
            liveliness=node.guarded(names.LISTENING, self._on_liveliness)
        )
        group = MutuallyExclusiveCallbackGroup()
        self._subscription = node.create_subscription(
            String,
            names.LISTENING,
            self._on_message,
            names.ALIVE,
            callback_group=group,
            event_callbacks=events,
        )

    def watch(self) -> None:
        """Check for silence; to be called a few times a second."""
        if self.heard_at is not None and time.monotonic() - self.heard_at > names.LISTENING_SILENCE:
            self._tell("is stuck, or was deactivated")

    def close(self) -> None:
        self._node.destroy_subscription(self._subscription)

    def _on_message(self, message: String) -> None:
        self.heard_at = time.monotonic()
        self._inside = message.data == names.THIS_PROCESS

    def _on_liveliness(self, event: QoSLivelinessChangedInfo) -> None:
        # Fast DDS asserts nothing between two nodes of one process but by messages; they end
        # together anyway.
        if not self._inside and (event.not_alive_count_change > 0 or event.alive_count_change < 0):
            self._tell("ended or hangs")

    def _tell(self, why: str) -> None:
        self.heard_at = None
        self._lost(f"nobody listens any more: the language node {why}")
