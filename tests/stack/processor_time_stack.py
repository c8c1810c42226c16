"""The nodes of a robot without a simulator, for test_processor_time.

They run in this process, which tells what its executor takes of the processor.

``python processor_time_stack.py SECONDS INTERVAL``, the latter for sys.setswitchinterval [s]: one
line of JSON for a robot at rest and one for one that drives. A callback's own work, taking its
message, and what a loop does on a thread of its own are not the executor's: their processor time is
measured apart and taken away.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from nav_msgs.msg import Odometry
from rclpy.executors import Executor
from rclpy.node import Node

from tank_core.ros import interfaces as names
from tank_core.ros.runtime import steady_loop
from tank_core.ros.runtime.executor import GroupExecutor
from tank_core.ros.runtime.run_nodes import make_node, start
from tank_core.ros.testing import Bench, alone
from tank_msgs.msg import Command, CommandList, ExecutionStatus

NODES = (
    "tank_core.ros.mock_robot_node:MockRobotNode",
    "tank_language.language_node:LanguageNode",
    "tank_executor.executor_node:ExecutorNode",
    "tank_perception.perception_node:PerceptionNode",
)
MESSAGES = 2000


class Spent:
    """A count of callbacks, and their own processor time [s].

    An executor may call them on whatever threads.
    """

    def __init__(self) -> None:
        self.calls, self.seconds, self._lock = 0, 0.0, threading.Lock()
        for kind in ("subscription", "timer", "client", "service", "guard_condition", "waitable"):
            setattr(Executor, f"_take_{kind}", self._counted(getattr(Executor, f"_take_{kind}")))
        loop: Any = steady_loop.SteadyLoop
        loop._run = self._timed(loop._run)

    def _timed(self, run: Callable[[Any], None]) -> Callable[[Any], None]:
        def timed(loop: Any) -> None:
            turn, spent = loop._turn, [0.0]

            def note() -> None:
                turn()
                before, spent[0] = spent[0], time.thread_time()
                with self._lock:
                    self.seconds += spent[0] - before

            loop._turn = note
            run(loop)

        return timed

    def _counted(self, take: Callable[..., Any]) -> Callable[..., Any]:
        def taken(executor: Executor, entity: Any) -> Any:
            began = time.thread_time()
            execute = take(executor, entity)
            taking = time.thread_time() - began

            async def run() -> None:
                began = time.thread_time()
                try:
                    if execute is not None:
                        await execute()
                finally:
                    spent = taking + time.thread_time() - began
                    with self._lock:
                        self.calls, self.seconds = self.calls + 1, self.seconds + spent

            return run

        return taken


def message_cost() -> float:
    """Return the processor time [s] of an odometry message.

    This process publishes it to itself and takes it, without any executor.
    """
    node = Node("by_hand")
    subscription = node.create_subscription(Odometry, "by_hand", print, names.RELIABLE)
    publisher = node.create_publisher(Odometry, "by_hand", names.RELIABLE)
    Bench.wait(lambda: publisher.get_subscription_count() > 0, "its own subscription")
    message, taken, began = Odometry(), 0, time.process_time()
    while taken < MESSAGES:
        publisher.publish(message)
        with subscription.handle:
            taken += subscription.handle.take_message(Odometry, False) is not None
    cost = (time.process_time() - began) / MESSAGES
    node.destroy_node()
    return cost


def measure(make: Callable[[], Any], seconds: float) -> None:
    """``make`` gives an executor with ``add_node``, ``start`` and ``shutdown``."""
    with alone():
        _measure(make, seconds)


def _measure(make: Callable[[], Any], seconds: float) -> None:
    unit, spent, executor = message_cost(), Spent(), make()
    nodes: list[Any] = [make_node(spec) for spec in NODES]
    listener, states = Node("listener"), list[int]()
    listener.create_subscription(
        ExecutionStatus, names.EXECUTION_STATUS, lambda m: states.append(m.state), names.LATCHED
    )
    for node in (*nodes, listener):
        executor.add_node(node)
    executor.start()
    assert all(start(node) for node in nodes)
    Bench.wait(lambda: states, "the executor's word")
    commands = listener.create_publisher(CommandList, names.COMMANDS, names.RELIABLE)
    Bench.wait(lambda: commands.get_subscription_count() > 0, "the executor's ear")
    for motion in ("rest", "driving"):
        if motion == "driving":
            turns = [Command(action="turn", direction="left", angle_deg=360.0) for _ in range(20)]
            message = CommandList(verdict=CommandList.OK, commands=turns)
            message.header.stamp = listener.get_clock().now().to_msg()
            commands.publish(message)
            Bench.wait(lambda: states[-1] == ExecutionStatus.RUNNING, "it to drive")
        time.sleep(1.0)
        calls, own, processor, wall = (
            spent.calls,
            spent.seconds,
            time.process_time(),
            time.monotonic(),
        )
        time.sleep(seconds)
        calls, own = spent.calls - calls, spent.seconds - own
        processor, wall = time.process_time() - processor, time.monotonic() - wall
        if motion == "driving":
            assert states[-1] == ExecutionStatus.RUNNING, (
                "it drove to its end before the time was up"
            )
        figures = {
            "motion": motion,
            "messages_per_callback": (processor - own) / calls / unit,
            "share_of_a_core": processor / wall,
            "callbacks_per_second": calls / wall,
            "message_cost_us": unit * 1e6,
        }
        print(json.dumps(figures), flush=True)
    executor.shutdown()
    for node in (*nodes, listener):
        node.destroy_node()


if __name__ == "__main__":
    sys.setswitchinterval(float(sys.argv[2]))
    measure(GroupExecutor, float(sys.argv[1]))
