"""For tests of nodes.

Spins them in this process, collects what they publish, and waits for what should become true.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import rclpy
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from rclpy.context import Context
from rclpy.node import Node
from rclpy.parameter import Parameter
from rclpy.publisher import Publisher

from tank_core.ros import interfaces as names
from tank_core.ros.runtime.environment import RANGE
from tank_core.ros.runtime.executor import GroupExecutor
from tank_core.testing.waiting import PATIENCE_S, wait_for

# [s] a test fails after; what it waits for takes a fraction of it, even on a busy machine
DIAGNOSTICS_RATE = 20.0  # [Hz] of nodes under test: much of what is waited for is told there


@contextmanager
def alone(context: Context | None = None) -> Iterator[Context]:
    """A ROS context whose nodes hear each other and nobody else.

    Not even others on this machine. The default context if None.
    """
    with _context(context, "OFF") as made:
        yield made


@contextmanager
def nearby(domain: int, context: Context | None = None) -> Iterator[Context]:
    """A ROS context whose nodes hear those of this machine and domain.

    The default context if None.
    """
    with _context(context, "LOCALHOST", domain) as made:
        yield made


@contextmanager
def stranger(name: str, domain: int) -> Iterator[Node]:
    """A node that DDS takes for one of another process.

    In one process all ends of a topic must be of one type.
    """
    with nearby(domain, Context()) as context:
        node = Node(name, context=context, start_parameter_services=False)
        yield node
        node.destroy_node()


@contextmanager
def _context(context: Context | None, reach: str, domain: int | None = None) -> Iterator[Context]:
    before, rate = os.environ.get(RANGE), names.DIAGNOSTICS_RATE
    os.environ[RANGE] = reach
    try:
        rclpy.init(args=[], context=context, domain_id=domain)
    finally:
        if before is None:
            del os.environ[RANGE]
        else:
            os.environ[RANGE] = before
    try:
        names.DIAGNOSTICS_RATE = DIAGNOSTICS_RATE
        yield context or rclpy.get_default_context()
    finally:
        names.DIAGNOSTICS_RATE = rate
        rclpy.try_shutdown(context=context)


@contextmanager
def starting(
    kind: Callable[..., Any], may_fail: bool = False, **usual: Any
) -> Iterator[Callable[..., tuple[Any, Bench]]]:
    """A function from parameters to (node, bench), until the context ends.

    The node is configured and active.
    """
    benches: list[Bench] = []

    def start(
        activate: bool = True, prepare: Callable[[Any], None] | None = None, **parameters: Any
    ) -> tuple[Any, Bench]:
        given = {**usual, **parameters}
        node = kind(parameter_overrides=[Parameter(name, value=given[name]) for name in given])
        if prepare is not None:
            prepare(node)
        benches.append(Bench(node))
        node.trigger_configure()
        if activate and not node.failure:
            node.trigger_activate()
        assert may_fail or not node.failure, node.failure
        return node, benches[-1]

    yield start
    for bench in benches:
        bench.close()


def lifecycle_state(node: Any) -> str:
    """The state of a lifecycle node, such as "active".

    rclpy tells it by a service only.
    """
    return str(node._state_machine.current_state[1])


class Bench:
    """Some nodes and a listener on one executor until ``close``."""

    def __init__(self, *nodes: Node) -> None:
        self.node = Node("listener")
        self.received: dict[str, list[Any]] = {}
        self._faults: list[BaseException] = []
        self.executor = GroupExecutor(on_error=self._faults.append)
        for node in (*nodes, self.node):
            self.executor.add_node(node)
        self._nodes = nodes
        self.executor.start()

    def listen(self, kind: type, topic: str, qos: Any) -> list[Any]:
        """Collects a topic's messages; returns the list that grows."""
        messages: list[Any] = self.received.setdefault(topic, [])
        self.node.create_subscription(kind, topic, messages.append, qos)
        return messages

    def publisher(self, kind: type, topic: str, qos: Any) -> Publisher:
        """A publisher that has found its subscriber."""
        publisher = self.node.create_publisher(kind, topic, qos)
        self.wait(lambda: publisher.get_subscription_count() > 0, f"a subscriber of {topic}")
        return publisher

    def call(self, kind: Any, name: str) -> Any:
        """A service's answer to an empty request."""
        client = self.node.create_client(kind, name)
        assert client.wait_for_service(PATIENCE_S), f"{name} is not offered"
        future = client.call_async(kind.Request())
        self.wait(future.done, f"an answer of {name}")
        return future.result()

    def diagnostics(self) -> Callable[[str], DiagnosticStatus | None]:
        """Collect diagnostics; returns a part's newest status by its name."""
        arrays = self.listen(DiagnosticArray, names.DIAGNOSTICS, names.RELIABLE)
        return lambda part: next(
            (s for array in reversed(arrays) for s in array.status if s.name.endswith(f": {part}")),
            None,
        )

    wait = staticmethod(wait_for)

    def close(self) -> None:
        """Shut the nodes down and destroy them.

        Fails the test when a callback let an error through.
        """
        self.executor.shutdown()
        for node in self._nodes:
            shutdown = getattr(node, "trigger_shutdown", None)
            if shutdown is not None and lifecycle_state(node) != "finalized":
                shutdown()
        for node in (*self._nodes, self.node):
            node.destroy_node()
        assert not self._faults, f"a callback failed: {self._faults}"
