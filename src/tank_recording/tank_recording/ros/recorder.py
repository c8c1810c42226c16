"""Listens to topics and writes what comes, byte by byte.

Nothing is decoded. Nothing is called back either: waiting messages are taken twenty times a second,
with the time at which the middleware got them, which costs a quarter of what callbacks do.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from rclpy.exceptions import InvalidHandle
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy

from tank_core.ros import interfaces as names
from tank_recording.bag import BagTopic, RecordingError
from tank_recording.choice import Choice
from tank_recording.ros.profiles import asked_for, profile_of
from tank_recording.ros.types import definition, message_class
from tank_recording.writing import BagWriter

PERIOD_S = 0.05  # [s] between two times that messages are taken
LOOK_NS = 500_000_000  # [ns] between two looks at which topics there are
ALL_AGAIN = 10  # of those looks, after which the qualities of known topics are looked at, too
# Whoever says something once, such as ./tank say, waits until somebody hears it: that must not be a
# recorder alone. What became of it stands in other topics, sentences word by word.
SAID_ONCE = frozenset({names.INSTRUCTION, names.REHEARSE, names.CHANGE_PLACES})


class Recorder:
    """Records what a choice takes, of all topics that a node can hear.

    The node must be on no executor. ``step`` from one thread, every ``PERIOD_S``.
    """

    def __init__(
        self, node: Node, writer: BagWriter, choice: Choice, tell: Callable[[str], None]
    ) -> None:
        """``tell`` hears what cannot be recorded, once."""
        self._node, self._writer, self._choice, self._tell = node, writer, choice, tell
        self._subscriptions: dict[str, Any] = {}
        self._asked: dict[str, QoSProfile] = {}
        self._refused: set[str] = set()
        self._next_look, self._looks = 0, 0

    @property
    def topics(self) -> list[str]:
        """The topics that are recorded."""
        return sorted(self._subscriptions)

    def step(self, now: int) -> None:
        """Take what has come by ``now`` [ns]; look for new topics now and then."""
        if now >= self._next_look:
            self._next_look = now + LOOK_NS
            self._look(now)
        self._take(now)
        self._writer.step(now)

    def close(self, now: int) -> None:
        """Take what still waits at ``now`` [ns]; listen no more. Idempotent."""
        self._take(now)
        while self._subscriptions:
            self._node.destroy_subscription(self._subscriptions.popitem()[1])

    def _look(self, now: int) -> None:
        thorough, self._looks = self._looks % ALL_AGAIN == 0, self._looks + 1
        for topic, kinds in self._node.get_topic_names_and_types():
            if topic in self._refused or not self._choice.takes(topic, kinds[0]):
                continue
            if thorough or topic not in self._subscriptions:
                self._listen(topic, kinds[0], now)

    def _listen(self, topic: str, kind: str, now: int) -> None:
        """Subscribe as all who publish allow; anew where a new one offers less."""
        offers = self._node.get_publishers_info_by_topic(topic)
        if not offers:
            return  # nobody publishes, so nobody says how
        asked = asked_for([offer.qos_profile for offer in offers])
        before = self._asked.get(topic)
        if before is not None and not _less(asked, before):
            return
        try:
            message = message_class(kind)
            self._writer.add(
                BagTopic(
                    topic,
                    kind,
                    definition(kind),
                    tuple(profile_of(offer.qos_profile) for offer in offers),
                    _hash(offers[0]),
                )
            )
        except RecordingError as error:
            self._refused.add(topic)
            self._tell(f"{topic} is not recorded: {error}")
            return
        if before is not None:
            self._take(now)
            self._node.destroy_subscription(self._subscriptions.pop(topic))
        self._subscriptions[topic] = self._node.create_subscription(
            message, topic, lambda _: None, asked, raw=True
        )
        self._asked[topic] = asked

    def _take(self, now: int) -> None:
        """Write all that waits, in the order in which it came.

        ``now`` [ns] is for a middleware that does not tell when that was.
        """
        batch: list[tuple[int, str, bytes, int]] = []
        for topic, subscription in self._subscriptions.items():
            with suppress(InvalidHandle), subscription.handle:
                take, kind = subscription.handle.take_message, subscription.msg_type
                while (taken := take(kind, True)) is not None:
                    data, info = taken
                    at = info["received_timestamp"] or now
                    batch.append((at, topic, data, info["source_timestamp"] or at))
        batch.sort(key=lambda one: one[0])
        for at, topic, data, published in batch:
            self._writer.write(topic, data, at, published)


def _hash(offer: Any) -> str:
    """The hash of an offered type; empty, as in rosbag2, if a node tells none."""
    text = str(offer.topic_type_hash)
    return text if text.startswith("RIHS") else ""


def _less(one: QoSProfile, other: QoSProfile) -> bool:
    """Whether it asks for less than another."""
    best_effort, volatile = ReliabilityPolicy.BEST_EFFORT, DurabilityPolicy.VOLATILE
    return bool(
        (one.reliability == best_effort and other.reliability != best_effort)
        or (one.durability == volatile and other.durability != volatile)
    )
