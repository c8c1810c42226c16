"""Watches who is not heard by a node or does not hear it, and the clocks."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

from rclpy.clock import Clock
from rclpy.clock_type import ClockType
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, LivelinessPolicy, ReliabilityPolicy

from tank_core.health import Level
from tank_core.ros import interfaces as names
from tank_core.ros.diagnostics import Diagnostics
from tank_core.ros.matching import Endpoint, mismatches
from tank_core.ros.runtime.environment import SAFE_DOMAIN

MATCHING, CLOCK = "matching", "clock"  # parts of the diagnostics
MATCHING_PERIOD_S = 1.0  # an end is joined long before the next look
CLOCK_PERIOD_S = 0.25
FORGOTTEN_S = 25.0  # after which DDS has forgotten a process that was killed (Fast DDS: 20 s)
UNKNOWN = "_NODE_NAME_UNKNOWN_"  # of an end whose node was not heard of yet


def full_name(name: str, namespace: str) -> str:
    """Such as /a/sim_node."""
    return f"{namespace.rstrip('/')}/{name}"


def endpoints(infos: Iterable[Any]) -> list[Endpoint]:
    """Endpoints of rclpy's TopicEndpointInfo whose node is known already."""
    return [_endpoint(info) for info in infos if info.node_name != UNKNOWN]


def _endpoint(info: Any) -> Endpoint:
    qos = info.qos_profile
    return Endpoint(
        full_name(info.node_name, info.node_namespace),
        info.topic_type,
        qos.reliability == ReliabilityPolicy.RELIABLE,
        qos.durability == DurabilityPolicy.TRANSIENT_LOCAL,
        _seconds(qos.deadline),
        qos.liveliness == LivelinessPolicy.MANUAL_BY_TOPIC,
        _seconds(qos.liveliness_lease_duration),
    )


def _seconds(duration: Any) -> float:
    """Nothing said, and for ever, are both infinity."""
    seconds = duration.nanoseconds * 1e-9
    return seconds if 0.0 < seconds < 1e9 else math.inf


def unheard(node: Node, topics: Iterable[str], ours: Collection[str]) -> list[str]:
    """The ``mismatches`` of topics (full names) in the graph of ``node``."""
    return [
        sentence
        for topic in topics
        for sentence in mismatches(
            topic,
            endpoints(node.get_publishers_info_by_topic(topic)),
            endpoints(node.get_subscriptions_info_by_topic(topic)),
            ours,
        )
    ]


def clock_givers(node: Node) -> list[str]:
    """The nodes that publish /clock; twice the same where two have one name."""
    return [end.node for end in endpoints(node.get_publishers_info_by_topic(names.CLOCK))]


def clock_cure(node: Node) -> str:
    """The cure where a domain has two clocks."""
    other = (node.context.get_domain_id() + 1) % (SAFE_DOMAIN + 1)
    return (
        "a ROS domain has one clock: give one of them a domain of its own, such as "
        f"ROS_DOMAIN_ID={other}"
    )


class Surroundings:
    """Looks around, in wall time.

    Each second for ends that do not match; where the node lives by /clock, four times a second for
    a second clock.
    """

    def __init__(
        self,
        node: Node,
        diagnostics: Diagnostics,
        on_clock: Callable[[str], None],
        guarded: Callable[..., Any],
    ) -> None:
        """Watch from ``node``, and tell its diagnostics.

        ``on_clock`` gets a sentence when there are two clocks, an empty one when that is over.
        """
        self._node, self._diagnostics, self._on_clock = node, diagnostics, on_clock
        self._suspects: set[str] = set()
        self._told: set[str] = set()
        self._clock_fault = ""
        self._one_name_since: float | None = None
        self._name = full_name(node.get_name(), node.get_namespace())
        clock = Clock(clock_type=ClockType.STEADY_TIME)
        node.create_timer(MATCHING_PERIOD_S, guarded(MATCHING, self.match), clock=clock)
        if node.get_parameter("use_sim_time").value is True:
            node.create_timer(CLOCK_PERIOD_S, guarded(CLOCK, self.mind_clock), clock=clock)

    def match(self) -> None:
        """Told is what holds at two looks in a row.

        An end is seen a moment before it is joined.
        """
        found = set(unheard(self._node, self._unjoined(), {self._name}))
        told, self._suspects = found & self._suspects, found
        for sentence in sorted(told - self._told):
            self._node.get_logger().warning(sentence)
        self._told = told
        self._diagnostics.set(
            MATCHING,
            Level.WARN if told else Level.OK,
            "; ".join(sorted(told)) or "everybody is heard",
        )

    def _unjoined(self) -> Iterator[str]:
        """The topics of the node on which somebody is not joined to it.

        Mostly there is none.
        """
        node = self._node
        topics = [
            subscription.topic_name
            for subscription in node.subscriptions
            if subscription.get_publisher_count() < node.count_publishers(subscription.topic_name)
        ]
        topics += [
            publisher.topic_name
            for publisher in node.publishers
            if publisher.get_subscription_count() < node.count_subscribers(publisher.topic_name)
        ]
        yield from dict.fromkeys(topics)

    def mind_clock(self) -> None:
        """Two of one name may be one that was killed and started again.

        DDS forgets it after a while.

        Not so for who gives the time itself: that is the one that was started again.

        """
        several, now = self._node.count_publishers(names.CLOCK) > 1, time.monotonic()
        givers = clock_givers(self._node) if several else []
        one_name = len(givers) > 1 and len(set(givers)) == 1
        self._one_name_since = (self._one_name_since or now) if one_name else None
        lately = self._one_name_since is not None and now - self._one_name_since < FORGOTTEN_S
        fault = ""
        if len(givers) > 1 and not (lately and self._name not in givers):
            who = " and ".join(sorted(givers))
            fault = f"{who} publish {names.CLOCK}; {clock_cure(self._node)}"
        if fault == self._clock_fault:
            return
        self._clock_fault = fault
        self._diagnostics.set(CLOCK, Level.ERROR if fault else Level.OK, fault or "there is one")
        if fault:
            self._node.get_logger().error(fault)
        self._on_clock(fault)
