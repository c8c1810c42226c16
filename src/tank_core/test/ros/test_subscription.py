"""A subscription hears every publisher of its type, each message once."""

from itertools import product

import pytest

pytest.importorskip("rclpy", reason="ROS 2 is not installed here")

from rclpy.node import Node
from rclpy.qos import (
    DurabilityPolicy,
    QoSCompatibility,
    QoSProfile,
    ReliabilityPolicy,
    qos_check_compatible,
)
from std_msgs.msg import String

from tank_core.ros import interfaces as names
from tank_core.ros.subscription import OpenSubscription, ladder
from tank_core.ros.testing import Bench

TOPIC = "said"
RELIABILITY = (ReliabilityPolicy.RELIABLE, ReliabilityPolicy.BEST_EFFORT)
DURABILITY = (DurabilityPolicy.VOLATILE, DurabilityPolicy.TRANSIENT_LOCAL)
QUALITIES = [
    QoSProfile(depth=50, reliability=r, durability=d) for r, d in product(RELIABILITY, DURABILITY)
]
OURS = [
    names.RELIABLE,
    names.LATCHED,
    names.STREAM,
    names.NEWEST_HEARD,
    names.TF_QOS,
    names.SENSOR_DATA,
]


def word(qos):
    return f"{qos.reliability.name.lower()}-{qos.durability.name.lower()}"


@pytest.fixture
def hear(open_ros):
    """A function from a quality of service to what was heard by it.

    And the subscription.
    """
    benches = []

    def start(qos):
        node, heard = Node("hearer"), []
        subscription = OpenSubscription(
            node, String, TOPIC, lambda message, info: heard.append(message.data), qos
        )
        benches.append(Bench(node))
        return heard, subscription

    yield start
    for bench in benches:
        bench.close()


def joined(publisher, count=1):
    Bench.wait(lambda: publisher.get_subscription_count() >= count, "the publisher to be joined")


@pytest.mark.parametrize("ours", OURS, ids=word)
@pytest.mark.parametrize("theirs", QUALITIES, ids=word)
def test_one_step_of_the_ladder_hears_each_publisher(ours, theirs):
    assert any(
        qos_check_compatible(theirs, step)[0] != QoSCompatibility.ERROR for step in ladder(ours)
    )
    assert (ladder(ours)[0].reliability, ladder(ours)[0].durability) == (
        ours.reliability,
        ours.durability,
    )
    assert all(step.depth >= ours.depth for step in ladder(ours))


@pytest.mark.parametrize("ours", [names.RELIABLE, names.LATCHED], ids=word)
@pytest.mark.parametrize("theirs", QUALITIES, ids=word)
def test_whoever_publishes_is_heard_whether_it_came_before_or_after(hear, foreign, ours, theirs):
    heard, _ = hear(ours)
    after = foreign.create_publisher(String, TOPIC, theirs)
    joined(after)
    after.publish(String(data="a"))
    Bench.wait(lambda: heard == ["a"], "the message")


def test_what_comes_by_two_ways_is_taken_once_and_in_order(hear, foreign):
    heard, _ = hear(names.LATCHED)
    strict, loose = (
        foreign.create_publisher(String, TOPIC, QoSProfile(depth=50, reliability=r))
        for r in RELIABILITY
    )
    latched = foreign.create_publisher(String, TOPIC, QUALITIES[1])
    joined(strict, 2)
    joined(loose)
    joined(latched, 3)
    expected = []
    for turn in range(20):
        for name, publisher in (("strict", strict), ("loose", loose), ("latched", latched)):
            publisher.publish(String(data=f"{name} {turn}"))
            expected.append(f"{name} {turn}")
        Bench.wait(lambda: len(heard) >= len(expected), "what was said")
    latched.publish(String(data="last"))
    Bench.wait(lambda: "last" in heard, "the last one")
    assert sorted(heard) == sorted([*expected, "last"])
    for name in ("strict", "loose", "latched"):
        assert [text for text in heard if text.startswith(name)] == [
            text for text in expected if text.startswith(name)
        ]


def test_while_all_offer_enough_there_is_one_subscription(hear, foreign):
    heard, _ = hear(names.RELIABLE)
    publisher = foreign.create_publisher(String, TOPIC, names.RELIABLE)
    joined(publisher)
    publisher.publish(String(data="a"))
    Bench.wait(lambda: heard == ["a"], "the message")
    assert publisher.get_subscription_count() == 1


def test_closed_it_hears_nobody(hear, foreign):
    _, subscription = hear(names.RELIABLE)
    publisher = foreign.create_publisher(String, TOPIC, names.SENSOR_DATA)
    joined(publisher)
    subscription.close()
    subscription.close()
    Bench.wait(lambda: publisher.get_subscription_count() == 0, "the subscriptions to go")
