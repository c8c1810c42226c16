"""A subscription that hears every publisher of its type.

Whatever quality of service that one offers.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.event_handler import SubscriptionEventCallbacks
from rclpy.exceptions import InvalidHandle
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy

from tank_core.ros.runtime.link import Exchange, Near, Stamped, exchange

LEAST_MEMORY = 100  # messages by which a second copy is known
# A queue that overflows on one of two ways would let the older of two messages come last.
LEAST_DEPTH = 10


class OpenSubscription:
    """A subscription that loses nothing of what a reliable publisher says.

    It asks for what the topic promises, and DDS joins nobody to it who offers less. When such a
    publisher turns up, another subscription is opened beside it that asks for less, and one that
    asks for nothing if need be. What then comes twice is taken once, in its publisher's order as
    long as the network loses nothing. A volatile, best effort profile needs no second one: the
    choice where only the newest counts.
    """

    def __init__(
        self,
        node: Node,
        kind: type,
        topic: str,
        callback: Callable[[Any, Any], None],
        qos: QoSProfile,
        group: Any = None,
        on_matched: Callable[[Any], None] | None = None,
        near: Near | None = None,
        on_value: Callable[[Stamped], None] | None = None,
    ) -> None:
        """Subscribe; ``callback(message, info)`` gets each message.

        ``group``: mutually exclusive; None: one of its own. ``on_matched`` hears of publishers that
        come and go, by each of the subscriptions. ``near``: how it is called back with what this
        process says itself by a LinkedPublisher, with None for info; None: by DDS. ``on_value``
        gets what was given as a value.
        """
        self.kind, self.wanted = kind, True  # not wanted: those of this process may save it
        self._on_matched = on_matched
        self._node, self._kind, self._topic, self._callback = node, kind, topic, callback
        self._group = group if group is not None else MutuallyExclusiveCallbackGroup()
        self._profiles = ladder(qos)
        self._subscriptions: list[Any] = []
        self._seen: deque[tuple[int, Any]] = deque(maxlen=max(LEAST_MEMORY, 6 * qos.depth))
        self.takes_values = on_value is not None
        self._near, self._on_value = near, on_value
        self._pending: deque[Callable[[], None]] = deque(maxlen=qos.depth)
        self._guard = (
            node.create_guard_condition(self._take_pending, callback_group=self._group)
            if near is Near.IN_TURN
            else None
        )
        self._open()

    @property
    def profiles_open(self) -> list[QoSProfile]:
        """The qualities that its subscriptions ask for."""
        return self._profiles[: len(self._subscriptions)]

    def take(self, message: Any) -> None:
        """Take a message of this process; from any thread."""
        self._hand(partial(self._callback, message, None))

    def take_value(self, value: Stamped) -> None:
        """The same with a value."""
        if self._on_value is not None:
            self._hand(partial(self._on_value, value))

    def waiting(self) -> list[Any]:
        """Take the messages that wait behind the one that the callback got."""
        messages = []
        for subscription in self._subscriptions:
            with suppress(InvalidHandle), subscription.handle:  # it may be closed meanwhile
                take = partial(subscription.handle.take_message, self._kind, subscription.raw)
                while (taken := take()) is not None:
                    if self._is_new(taken[1]):
                        messages.append(taken[0])
        return messages

    def close(self) -> None:
        """Listen no more. Idempotent."""
        if self._near is not None and self._subscriptions:
            self._exchange().leave(self)
        guard, self._guard = self._guard, None
        if guard is not None:
            self._node.destroy_guard_condition(guard)
        self._pending.clear()
        while self._subscriptions:
            self._node.destroy_subscription(self._subscriptions.pop())

    def _open(self) -> None:
        step = len(self._subscriptions)
        below = None if step + 1 == len(self._profiles) else partial(self._on_other_quality, step)
        events = SubscriptionEventCallbacks(
            incompatible_qos=below, matched=self._on_matched, use_default_callbacks=False
        )
        # Two arguments, so that rclpy tells where the message stands in its publisher's row.
        self._subscriptions.append(
            self._node.create_subscription(
                self._kind,
                self._topic,
                self._on_message,
                self._profiles[step],
                callback_group=self._group,
                event_callbacks=events,
            )
        )
        if self._near is not None:
            self._exchange().enter(self)

    def _on_other_quality(self, step: int, _: Any) -> None:
        """Subscribe again, for one who offers less than ``step`` asks for.

        No message comes meanwhile.
        """
        if step + 1 == len(self._subscriptions):
            self._open()

    def _exchange(self) -> Exchange:
        return exchange(self._node.context, self._subscriptions[0].topic_name)

    def _hand(self, call: Callable[[], None]) -> None:
        guard = self._guard
        if self._near is Near.AT_ONCE:
            call()
        elif guard is not None:
            self._pending.append(call)
            with suppress(InvalidHandle):  # closed meanwhile: nobody listens any more
                guard.trigger()

    def _take_pending(self) -> None:
        while self._pending:
            self._pending.popleft()()

    def _on_message(self, message: Any, info: Any) -> None:
        self._take_pending()  # it came before
        if self._is_new(info):
            self._callback(message, info)

    def _is_new(self, info: Any) -> bool:
        """Whether it did not come by another subscription before."""
        if len(self._subscriptions) < 2:
            return True
        mark = info["source_timestamp"], info["publication_sequence_number"]
        if mark in self._seen:
            return False
        self._seen.append(mark)
        return True


def ladder(qos: QoSProfile) -> list[QoSProfile]:
    """The profile, and those below it.

    Without what was said before, without what was lost.
    """
    kinds = [(qos.reliability, qos.durability)]
    if qos.durability == DurabilityPolicy.TRANSIENT_LOCAL:
        kinds.append((qos.reliability, DurabilityPolicy.VOLATILE))
    if qos.reliability != ReliabilityPolicy.BEST_EFFORT:
        kinds.append((ReliabilityPolicy.BEST_EFFORT, DurabilityPolicy.VOLATILE))
    depth = qos.depth if len(kinds) == 1 else max(qos.depth, LEAST_DEPTH)
    return [
        QoSProfile(history=qos.history, depth=depth, reliability=reliability, durability=durability)
        for reliability, durability in kinds
    ]
