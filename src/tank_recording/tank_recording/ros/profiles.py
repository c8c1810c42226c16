"""Qualities of service, between ROS 2 and what recordings say of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rclpy.qos import (
    DurabilityPolicy,
    HistoryPolicy,
    QoSProfile,
    ReliabilityPolicy,
)

from tank_recording.bag import Profile

# Messages that may wait until they are taken: four seconds of 50 Hz.
DEPTH = 200


def profile_of(qos: QoSProfile) -> Profile:
    """A profile as rosbag2 writes it (rosbag2_storage/qos.cpp)."""
    return {
        "history": qos.history.name.lower(),
        "depth": qos.depth,
        "reliability": qos.reliability.name.lower(),
        "durability": qos.durability.name.lower(),
        "deadline": _duration(qos.deadline),
        "lifespan": _duration(qos.lifespan),
        "liveliness": qos.liveliness.name.lower(),
        "liveliness_lease_duration": _duration(qos.liveliness_lease_duration),
        "avoid_ros_namespace_conventions": bool(qos.avoid_ros_namespace_conventions),
    }


def _duration(duration: Any) -> dict[str, int]:
    seconds, rest = divmod(int(duration.nanoseconds), 10**9)
    return {"sec": seconds, "nsec": rest}


def asked_for(offers: Sequence[QoSProfile]) -> QoSProfile:
    """The profile to ask for so that all who offer are heard.

    The rule of rosbag2 (``adapt_request_to_offers``): what all promise, nothing that one does not.
    """
    reliable = all(one.reliability == ReliabilityPolicy.RELIABLE for one in offers)
    latched = all(one.durability == DurabilityPolicy.TRANSIENT_LOCAL for one in offers)
    return QoSProfile(
        history=HistoryPolicy.KEEP_LAST,
        depth=DEPTH,
        reliability=ReliabilityPolicy.RELIABLE if reliable else ReliabilityPolicy.BEST_EFFORT,
        durability=DurabilityPolicy.TRANSIENT_LOCAL if latched else DurabilityPolicy.VOLATILE,
    )


def offered_again(profiles: Iterable[Profile]) -> QoSProfile:
    """The profile to offer for a topic that was offered so.

    Reliable where it does not say: both kinds of listeners hear that.
    """
    said = list(profiles)
    latched = bool(said) and all(one.get("durability") == "transient_local" for one in said)
    best_effort = bool(said) and all(one.get("reliability") == "best_effort" for one in said)
    return QoSProfile(
        history=HistoryPolicy.KEEP_LAST,
        depth=DEPTH,
        reliability=ReliabilityPolicy.BEST_EFFORT if best_effort else ReliabilityPolicy.RELIABLE,
        durability=DurabilityPolicy.TRANSIENT_LOCAL if latched else DurabilityPolicy.VOLATILE,
    )
