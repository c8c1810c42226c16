"""Who publishes what somebody cannot hear.

The two ends of a topic that DDS does not match. Pure.

DDS matches two ends whose types have the same name and where the publisher offers at least what
the subscriber asks for (OMG DDS 1.4, 2.2.3, "RxO"). Else nothing arrives, and nobody is told.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

TWIST, TWIST_STAMPED = "geometry_msgs/msg/Twist", "geometry_msgs/msg/TwistStamped"


@dataclass(frozen=True)
class Endpoint:
    """An end of a topic: what a publisher offers, or a subscriber asks for.

    Times in [s].
    """

    node: str  # with its namespace, such as /a/sim_node
    kind: str  # the type, such as geometry_msgs/msg/Twist
    reliable: bool = True  # else best effort
    latched: bool = False  # transient local, else volatile
    deadline: float = math.inf
    by_hand: bool = False  # liveliness that the node's own code asserts
    lease: float = math.inf  # of liveliness


def matches(publisher: Endpoint, subscriber: Endpoint) -> bool:
    """Whether what the one publishes gets to the other."""
    return publisher.kind == subscriber.kind and not lacking(publisher, subscriber)


def lacking(publisher: Endpoint, subscriber: Endpoint) -> list[tuple[str, str]]:
    """The qualities that lack: each as (offered, asked for) in words."""
    offered, asked = publisher, subscriber
    pairs = (
        (asked.reliable > offered.reliable, "best effort", "reliable"),
        (asked.latched > offered.latched, "volatile", "transient local"),
        (asked.deadline < offered.deadline, _deadline(offered), _deadline(asked)),
        (asked.by_hand > offered.by_hand, "liveliness automatic", "liveliness by topic"),
        (asked.lease < offered.lease, _lease(offered), _lease(asked)),
    )
    return [(less, more) for fault, less, more in pairs if fault]


def mismatches(
    topic: str,
    publishers: Iterable[Endpoint],
    subscribers: Iterable[Endpoint],
    ours: Collection[str],
) -> list[str]:
    """A sentence with the cure for each pair of nodes that do not meet.

    One of the two is a node of ``ours`` (names). A node with several subscriptions of a topic hears
    what any of them does.
    """
    told: dict[str, None] = {}
    by_node = groupby(sorted(subscribers, key=_node), _node)
    listeners = [(node, list(ends)) for node, ends in by_node]
    for publisher in publishers:
        for node, ends in listeners:
            foreign = publisher.node not in ours
            if (foreign and node not in ours) or any(matches(publisher, end) for end in ends):
                continue
            # What the nearest one asks for is the least that must change.
            nearest = min(
                ends,
                key=lambda end: (end.kind != publisher.kind, len(lacking(publisher, end))),
            )
            told[_sentence(topic, publisher, nearest, foreign)] = None
    return list(told)


_node = attrgetter("node")


def _sentence(topic: str, publisher: Endpoint, subscriber: Endpoint, foreign: bool) -> str:
    """``foreign``: it is the publisher that had better change."""
    said, heard = publisher.kind, subscriber.kind
    if said == heard:
        pairs = lacking(publisher, subscriber)
        said, heard = (" and ".join(words) for words in zip(*pairs, strict=True))
    cure = f"let {subscriber.node} subscribe {said}"
    if foreign:
        cure = f"let {publisher.node} publish {heard}"
    strange = publisher.kind if foreign else subscriber.kind
    if {publisher.kind, subscriber.kind} == {TWIST, TWIST_STAMPED}:
        with_or_without, value = ("with", "false") if strange == TWIST else ("without", "true")
        cure += f", or start Tank {with_or_without} --twist (stamped_cmd_vel:={value})"
    ends = f"{publisher.node} publishes {topic} as {said}, {subscriber.node} hears {heard} alone"
    return f"{ends}: nothing arrives; {cure}"


def _deadline(end: Endpoint) -> str:
    return f"deadline {end.deadline:g} s"


def _lease(end: Endpoint) -> str:
    return f"liveliness within {end.lease:g} s"
