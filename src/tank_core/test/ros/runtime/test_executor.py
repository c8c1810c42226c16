"""The executor's laws: who waits for whom, who is heard, what ends.

No test here depends on how fast the machine is.
"""

import os
import subprocess
import sys
import threading
import time
from collections import Counter

import pytest

pytest.importorskip("rclpy", reason="ROS 2 is not installed here")

import rclpy
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup, ReentrantCallbackGroup
from rclpy.clock import Clock
from rclpy.clock_type import ClockType
from rclpy.node import Node
from std_msgs.msg import Int32
from std_srvs.srv import Trigger

from tank_core.ros.runtime.crew import PATIENCE_S, SPARE
from tank_core.ros.runtime.executor import GroupExecutor, busy
from tank_core.ros.runtime.executor_watch import KINDS, WAITABLE
from tank_core.ros.testing import Bench
from tank_core.testing.waiting import PATIENCE_S as PATIENCE

wait = Bench.wait


@pytest.fixture
def faults():
    return []


@pytest.fixture
def executor(ros, faults):
    executor = GroupExecutor(on_error=faults.append)
    executor.start()
    yield executor
    executor.shutdown()


@pytest.fixture
def node(executor):
    node = Node("node")
    executor.add_node(node)
    yield node
    executor.shutdown()
    node.destroy_node()


def answer(_, response):
    response.success = True
    return response


def timer(node, callback, group=None, period=0.001):
    return node.create_timer(
        period, callback, callback_group=group, clock=Clock(clock_type=ClockType.STEADY_TIME)
    )


def call(client):
    assert client.wait_for_service(PATIENCE)
    future = client.call_async(Trigger.Request())
    wait(future.done, "an answer")
    return future.result()


class Blocked:
    """A callback that waits until the test lets it go."""

    def __init__(self):
        self.began, self.free = threading.Event(), threading.Event()

    def __call__(self, *_):
        self.began.set()
        assert self.free.wait(PATIENCE)


@pytest.mark.parametrize("group", [None, ReentrantCallbackGroup()])
def test_a_stop_is_heard_however_many_callbacks_are_busy(node, group):
    blocked = [Blocked() for _ in range(20)]
    for callback in blocked:
        timer(node, callback, group or MutuallyExclusiveCallbackGroup())
    node.create_service(
        Trigger, "stop", answer, callback_group=group or MutuallyExclusiveCallbackGroup()
    )
    client = node.create_client(Trigger, "stop", callback_group=MutuallyExclusiveCallbackGroup())
    assert all(callback.began.wait(PATIENCE) for callback in blocked)
    assert call(client).success
    assert len(busy()) >= 20
    for callback in blocked:
        callback.free.set()


def test_of_one_group_never_two_are_called_at_one_time(node, faults):
    group, inside, most, turns = MutuallyExclusiveCallbackGroup(), [], [0], [0]

    def once():
        inside.append(1)
        most[0] = max(most[0], len(inside))
        time.sleep(0.0005)
        inside.pop()
        turns[0] += 1

    timers = [timer(node, once, group) for _ in range(3)]
    # its thread may end with its last entity while a callback is under way: still never two
    for _ in range(10):
        wait(lambda at_least=turns[0] + 5: turns[0] > at_least, "calls")
        for old in timers:
            node.destroy_timer(old)
        timers = [timer(node, once, group) for _ in range(3)]
    assert most == [1] and not faults


def test_what_comes_later_is_heard_and_what_is_destroyed_is_not(node):
    threads, heard = threading.active_count(), []
    for number in range(5):
        got = []
        subscription = node.create_subscription(
            Int32,
            "numbers",
            lambda m, got=got: got.append(m.data),
            10,
            callback_group=MutuallyExclusiveCallbackGroup(),
        )
        publisher = node.create_publisher(Int32, "numbers", 10)
        wait(
            lambda publisher=publisher: publisher.get_subscription_count() == 1, "the subscription"
        )
        publisher.publish(Int32(data=number))
        wait(lambda got=got: got, "the message")
        heard += got
        node.destroy_subscription(subscription)
        node.destroy_publisher(publisher)
    assert heard == [0, 1, 2, 3, 4]
    wait(
        lambda: threading.active_count() <= threads + 1, "the threads of what was destroyed to end"
    )


def test_idle_groups_share_their_threads(node):
    ticks = Counter()
    for number in range(30):
        timer(node, lambda number=number: ticks.update([number]), MutuallyExclusiveCallbackGroup())
    wait(lambda: len(ticks) == 30, "each timer")
    callers = [thread for thread in threading.enumerate() if thread.name == "callbacks"]
    assert len(callers) <= SPARE + 2  # the leader, and who looks out for quiet ones


def test_what_is_due_behind_a_late_callback_is_called_by_another_thread(node):
    first, called = Blocked(), []
    guards = [
        node.create_guard_condition(
            lambda number=number: called.append(number),
            callback_group=MutuallyExclusiveCallbackGroup(),
        )
        for number in range(10)
    ]
    # ready in the same wait, most likely: a guard condition that was seen there is never seen again
    holder = node.create_guard_condition(
        lambda: [guard.trigger() for guard in guards] and first(),
        callback_group=MutuallyExclusiveCallbackGroup(),
    )
    for _ in range(3):
        first.began.clear()
        first.free.clear()
        holder.trigger()
        wait(lambda: sorted(called) == list(range(10)), "the ten")
        assert first.began.wait(PATIENCE) and len(busy()) == 1
        first.free.set()
        wait(lambda: not busy(), "the first")
        called.clear()


def test_a_group_that_is_late_is_called_back_once_for_each_message(node):
    got, group = [], MutuallyExclusiveCallbackGroup()

    def hear(message):
        got.append(message.data)
        time.sleep(0.002 if message.data % 3 else 2 * PATIENCE_S)

    node.create_subscription(Int32, "numbers", hear, 100, callback_group=group)
    timer(node, lambda: None, group, 0.002)  # of the same group, and due while it is late
    publisher = node.create_publisher(Int32, "numbers", 100)
    wait(lambda: publisher.get_subscription_count() == 1, "the subscription")
    for number in range(30):
        publisher.publish(Int32(data=number))
    wait(lambda: len(got) >= 30, "the messages")
    assert got == list(range(30))


def test_a_timer_that_another_thread_cancels_rests_and_goes_on_when_it_is_reset(node):
    ticks = []
    metronome = timer(node, lambda: ticks.append(1), period=0.01)
    wait(lambda: len(ticks) > 3, "ticks")
    metronome.cancel()
    wait(lambda: not busy(), "the last tick")
    count = len(ticks)
    time.sleep(0.1)
    assert len(ticks) - count <= 1  # one may have been under way
    metronome.reset()
    wait(lambda: len(ticks) > count + 3, "ticks again")


def test_a_service_may_await_another(node):
    near, far, inner, outer = (MutuallyExclusiveCallbackGroup() for _ in range(4))
    relay = node.create_client(Trigger, "inner", callback_group=near)

    async def ask(_, response):
        response.success = (await relay.call_async(Trigger.Request())).success
        return response

    node.create_service(Trigger, "inner", answer, callback_group=inner)
    node.create_service(Trigger, "outer", ask, callback_group=outer)
    assert relay.wait_for_service(PATIENCE)
    assert call(node.create_client(Trigger, "outer", callback_group=far)).success


def test_tasks_run_also_while_one_of_them_waits(executor):
    blocked = Blocked()
    held = executor.create_task(blocked)
    assert blocked.began.wait(PATIENCE)
    quick = executor.create_task(lambda number: number + 1, 1)
    wait(quick.done, "the other task")
    assert quick.result() == 2 and not held.done()
    blocked.free.set()
    wait(held.done, "the first task")


def test_what_a_callback_or_a_task_raises_is_told_and_the_next_ones_are_called(
    node, executor, faults
):
    ticks = []

    def tick():
        ticks.append(1)
        raise ZeroDivisionError("by nought")

    timer(node, tick)
    wait(lambda: len(ticks) > 3, "ticks")
    assert isinstance(faults[0], ZeroDivisionError)
    executor.create_task(tick)
    executor.create_task(lambda: int("x"))
    wait(lambda: any(isinstance(fault, ValueError) for fault in faults), "the task's error")


def test_a_group_is_called_again_where_its_error_could_not_be_told(ros):
    """The log may be full or closed, and a stop may be in that group."""
    ticks = []

    def tick():
        ticks.append(1)
        raise ZeroDivisionError("by nought")

    def tell(error):
        raise BrokenPipeError("nobody reads stderr")

    executor, node = GroupExecutor(on_error=tell), Node("node")
    executor.start()
    executor.add_node(node)
    timer(node, tick, MutuallyExclusiveCallbackGroup())
    wait(lambda: len(ticks) > 3, "ticks")
    executor.shutdown()
    node.destroy_node()


def test_a_shutdown_waits_for_what_is_under_way_and_then_nothing_is_called(node, executor):
    blocked, ended = Blocked(), []
    timer(node, lambda: (blocked(), ended.append(1)))
    assert blocked.began.wait(PATIENCE)
    assert not executor.shutdown(timeout_sec=0.05)  # it is still under way
    blocked.free.set()
    assert executor.shutdown() and ended == [1]
    assert executor.create_task(print).cancelled()
    assert not [thread for thread in threading.enumerate() if thread.name in ("callbacks", "task")]


def test_a_callback_may_shut_its_executor_down(node, executor):
    done = threading.Event()
    timer(node, lambda: (executor.shutdown(), done.set()), MutuallyExclusiveCallbackGroup())
    assert done.wait(PATIENCE)
    assert not executor.goes_on


def test_the_end_of_the_context_ends_its_threads(node, executor):
    def threads():
        return [thread for thread in threading.enumerate() if thread.name == "callbacks"]

    wait(threads, "its threads")
    rclpy.shutdown()
    wait(lambda: not threads(), "them to end")
    assert not executor.goes_on


PRIVATE = ("_guard", "_is_shutdown", "_context", *(f"_take_{kind}" for kind in (*KINDS, WAITABLE)))


@pytest.mark.parametrize("name", PRIVATE)
def test_the_private_parts_of_rclpys_executor_that_it_uses_are_there(executor, name):
    assert hasattr(executor, name), "rclpy has changed: read its executors.py again"


def test_rclpys_own_ways_to_spin_work(ros):
    node, executor = Node("plain"), GroupExecutor()
    executor.add_node(node)
    node.create_service(Trigger, "answer", answer)
    client = node.create_client(Trigger, "answer", callback_group=MutuallyExclusiveCallbackGroup())
    assert client.wait_for_service(PATIENCE)
    future = client.call_async(Trigger.Request())
    rclpy.spin_until_future_complete(node, future, executor, timeout_sec=PATIENCE)
    assert future.result().success
    spinner = threading.Thread(target=rclpy.spin, args=(node, executor))
    spinner.start()
    ticked = threading.Event()
    timer(node, ticked.set, MutuallyExclusiveCallbackGroup())
    assert ticked.wait(PATIENCE)
    executor.shutdown()
    rclpy.shutdown()
    spinner.join(PATIENCE)
    assert not spinner.is_alive()
    node.destroy_node()


FORGETFUL = """
import rclpy
from rclpy.node import Node
from tank_core.ros.runtime.executor import GroupExecutor
rclpy.init()
node, executor = Node("node"), GroupExecutor()
executor.add_node(node)
executor.start()
ticks = []
node.create_timer(0.01, lambda: ticks.append(1))
while not ticks:
    pass
print("ticked")
"""


def test_a_process_that_forgets_it_ends_all_the_same():
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry),
        "ROS_AUTOMATIC_DISCOVERY_RANGE": "OFF",
    }
    done = subprocess.run(
        [sys.executable, "-c", FORGETFUL],
        env=environment,
        capture_output=True,
        text=True,
        timeout=4 * PATIENCE,
    )
    assert (done.returncode, done.stdout) == (0, "ticked\n"), done.stderr
