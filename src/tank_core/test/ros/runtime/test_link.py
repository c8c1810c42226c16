"""Messages between nodes of one process do not leave it.

Nobody else notices: each message comes once, in order, whoever listens besides.
"""

import threading

import pytest

pytest.importorskip("rclpy", reason="ROS 2 is not installed here")

from rclpy.lifecycle import LifecycleNode
from rclpy.node import Node
from std_msgs.msg import Int32

from tank_core.ros import interfaces as names
from tank_core.ros.runtime import link
from tank_core.ros.runtime.link import LinkedPublisher, Near, Stamped
from tank_core.ros.subscription import OpenSubscription
from tank_core.ros.testing import Bench

TOPIC = "counted"
wait = Bench.wait


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    monkeypatch.setattr(link, "LINGER_S", 0.05)


@pytest.fixture(params=Near, ids=lambda near: near.name)
def near(request):
    return request.param


@pytest.fixture
def talk(ros):
    """A function from a way of hearing.

    It gives (publisher, messages heard, bench, subscription, node that speaks).
    """
    benches = []

    def start(near, lifecycle=False):
        speaker, hearer, heard = LifecycleNode("speaker"), Node("hearer"), []
        subscription = OpenSubscription(
            hearer, Int32, TOPIC, lambda message, _: heard.append(message), names.STREAM, near=near
        )
        publisher = LinkedPublisher(speaker, Int32, TOPIC, names.STREAM, lifecycle=lifecycle)
        benches.append(Bench(speaker, hearer))
        return publisher, heard, benches[-1], subscription, speaker

    yield start
    for bench in benches:
        bench.close()


def test_a_message_is_handed_over_as_it_is(talk, near):
    publisher, heard, *_ = talk(near)
    message = Int32(data=1)
    publisher.publish(message)
    wait(lambda: heard, "the message")
    assert heard[0] is message


def test_at_once_is_in_the_publishers_thread_and_in_turn_is_not(talk):
    for near, mine in ((Near.AT_ONCE, True), (Near.IN_TURN, False)):
        publisher, _, _, subscription, _ = talk(near)
        threads = []
        subscription._callback = lambda *_, threads=threads: threads.append(
            threading.current_thread()
        )
        publisher.publish(Int32())
        wait(lambda threads=threads: threads, "the message")
        assert (threads[0] is threading.current_thread()) is mine
        subscription.close()


def test_each_message_comes_once_and_in_order_while_others_come_and_go(talk, near):
    publisher, heard, bench, *_ = talk(near)
    elsewhere, said = [], 0
    for _ in range(3):
        other = bench.node.create_subscription(Int32, TOPIC, elsewhere.append, names.STREAM)
        began = len(elsewhere)
        while len(elsewhere) < began + 5:  # whoever listens by DDS alone is served
            publisher.publish(Int32(data=(said := said + 1)))
            wait(lambda: len(heard) == said, f"message {said}")
        bench.node.destroy_subscription(other)
        while True:  # until it goes without DDS again
            message = Int32(data=(said := said + 1))
            publisher.publish(message)
            wait(lambda: len(heard) == said, f"message {said}")
            if heard[-1] is message:
                break
    assert [message.data for message in heard] == list(range(1, said + 1))


def test_nobody_makes_messages_for_nobody(talk, near):
    publisher, _, bench, subscription, _ = talk(near)
    assert publisher.wanted
    subscription.wanted = False
    assert not publisher.wanted
    subscription.close()
    wait(lambda: not publisher.wanted, "the last listener to be gone")
    bench.node.create_subscription(Int32, TOPIC, print, names.STREAM)
    wait(lambda: publisher.wanted, "a listener elsewhere to count")


def test_a_node_that_is_not_active_says_nothing(talk, near):
    publisher, heard, _, _, speaker = talk(near, lifecycle=True)
    publisher.publish(Int32(data=1))
    assert not publisher.wanted
    speaker.trigger_configure()
    speaker.trigger_activate()
    publisher.publish(Int32(data=2))
    wait(lambda: heard, "what was said when it was active")
    assert [message.data for message in heard] == [2]


def test_publishers_of_other_processes_are_heard_too(talk, near):
    publisher, heard, bench, *_ = talk(near)
    other = bench.publisher(Int32, TOPIC, names.STREAM)
    other.publish(Int32(data=7))
    wait(lambda: heard, "the other's message")
    publisher.publish(Int32(data=8))
    wait(lambda: len(heard) == 2, "its own message")
    assert [message.data for message in heard] == [7, 8]


def test_what_was_closed_hears_nothing(talk, near):
    publisher, heard, _, subscription, _ = talk(near)
    subscription.close()
    subscription.close()
    publisher.publish(Int32())
    assert not heard


def test_a_value_is_taken_as_it_is_and_a_message_made_for_those_alone_who_take_none(talk, near):
    publisher, heard, bench, *_ = talk(near)
    values, made, told = [], [], Stamped(1.0, "seven")

    def to_ros():
        made.append(Int32(data=7))
        return made[-1]

    publisher.give(told, to_ros)
    wait(lambda: heard, "the message")
    assert heard == made
    taker = OpenSubscription(
        bench.node, Int32, TOPIC, lambda *_: None, names.STREAM, near=near, on_value=values.append
    )
    wait(lambda: values or publisher.give(told, to_ros), "the value")
    assert values[0] is told
    taker.close()
