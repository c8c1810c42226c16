"""Messages between nodes of one process: by function call, not by DDS.

A message to oneself by DDS costs a Cortex-A53 more than what is in it: it is written down, sent,
wakes a thread, is read again. Here it is handed over as it is, to those of the process who listen
by ``TankNode.hear(..., near=...)``. Whoever else listens, in this process or elsewhere, is served
by DDS as ever, and as long as there is anybody, so are those of the process: each message goes one
way only, so none comes twice. Publisher and subscriptions are on DDS in any case; another node sees
no difference.

Not for what is latched: who comes late is to hear that, too.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from threading import Lock
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from rclpy.context import Context
from rclpy.lifecycle import LifecyclePublisher
from rclpy.node import Node
from rclpy.qos import QoSCompatibility, QoSProfile, qos_check_compatible

# [s] for which messages still go by DDS when its last listener has gone. Longer than a message may
# be under way (a cmd_vel that is older is dropped), so that none is overtaken by a later one.
LINGER_S = 2.0


class Near(Enum):
    """By whom a message of the same process is called back with."""

    IN_TURN = "in turn"
    """By the executor, as any message: one after the other."""
    AT_ONCE = "at once"
    """By the thread that publishes. For what is quick, bears several threads, and takes no lock
    that a publisher of the topic may wait for."""


@dataclass(frozen=True)
class Stamped:
    """A value that stands for a message, and its time [s] on the ROS clock."""

    time: float
    value: Any


class Ear(Protocol):
    """A subscription of this process."""

    kind: type
    wanted: bool
    takes_values: bool

    @property
    def profiles_open(self) -> list[QoSProfile]:
        """The qualities that its subscriptions in DDS ask for."""

    def take(self, message: Any) -> None:
        """Call back with a message, or see to it that somebody does."""

    def take_value(self, value: Stamped) -> None:
        """The same with a value, where it takes them."""


class Exchange:
    """The ears of one topic in one context."""

    def __init__(self) -> None:
        self.ears: tuple[Ear, ...] = ()  # another tuple when anything about them changes
        self._lock = Lock()

    def enter(self, ear: Ear) -> None:
        """Let it hear; to be called again when its subscriptions change."""
        with self._lock:
            self.ears = (*(each for each in self.ears if each is not ear), ear)

    def leave(self, ear: Ear) -> None:
        """Idempotent."""
        with self._lock:
            self.ears = tuple(each for each in self.ears if each is not ear)


_exchanges: WeakKeyDictionary[Context, dict[str, Exchange]] = WeakKeyDictionary()
_lock = Lock()


def exchange(context: Context, topic: str) -> Exchange:
    """The one of a topic's full name."""
    with _lock:
        return _exchanges.setdefault(context, {}).setdefault(topic, Exchange())


class LinkedPublisher:
    """A publisher whose messages do not leave the process without need.

    ``wanted`` says whether anybody listens: nobody makes messages for nobody. A message must not be
    changed after it was published.
    """

    def __init__(
        self, node: Node, kind: type, topic: str, qos: QoSProfile, *, lifecycle: bool = False
    ) -> None:
        """``lifecycle``: it publishes nothing while the node is not active."""
        self._node, self._kind = node, kind
        make = node.create_lifecycle_publisher if lifecycle else node.create_publisher
        self._publisher: Any = make(kind, topic, qos)
        self._exchange = exchange(node.context, self._publisher.topic_name)
        self._known: tuple[int, tuple[Ear, ...]] = -1, ()  # who listened at the last look
        self._ears: tuple[Ear, ...] = ()  # those of its type
        self._far = False  # somebody listens by DDS alone
        self._far_until = 0.0

    @property
    def wanted(self) -> bool:
        """Whether it is on and somebody listens."""
        return self._on and (self._by_dds() or any(ear.wanted for ear in self._ears))

    @property
    def _on(self) -> bool:
        publisher = self._publisher
        return not isinstance(publisher, LifecyclePublisher) or bool(publisher.is_activated)

    def publish(self, message: Any) -> None:
        if not self._on:
            return
        if self._by_dds():
            self._publisher.publish(message)
            return
        for ear in self._ears:
            if ear.wanted:
                ear.take(message)

    def give(self, value: Stamped, to_ros: Callable[[], Any]) -> None:
        """Publish a value: to those of this process who take values, as it is.

        ``to_ros`` makes its message, for all others. Like a message, it must not be changed.
        """
        if not self._on:
            return
        if self._by_dds():
            self._publisher.publish(to_ros())
            return
        for ear in self._ears:
            if ear.wanted and ear.takes_values:
                ear.take_value(value)
            elif ear.wanted:
                ear.take(to_ros())

    def close(self) -> None:
        """Take the topic off the air."""
        if isinstance(self._publisher, LifecyclePublisher):
            self._node.destroy_lifecycle_publisher(self._publisher)
        else:
            self._node.destroy_publisher(self._publisher)

    def _by_dds(self) -> bool:
        known = self._publisher.get_subscription_count(), self._exchange.ears
        if known != self._known:
            self._ears = tuple(ear for ear in known[1] if ear.kind is self._kind)
            offered = self._publisher.qos_profile
            near = sum(_joins(offered, each) for ear in self._ears for each in ear.profiles_open)
            self._known, self._far = known, known[0] > near
        if self._far:
            self._far_until = time.monotonic() + LINGER_S
            return True
        return bool(self._far_until and time.monotonic() < self._far_until)


def _joins(offered: QoSProfile, asked: QoSProfile) -> bool:
    return bool(qos_check_compatible(offered, asked)[0] != QoSCompatibility.ERROR)
