"""An executor node on real ROS, in this process, and its peer."""

from collections.abc import Iterator

import pytest
from executor_peer import PATIENCE, Peer
from rclpy.context import Context
from rclpy.parameter import Parameter

from tank_core.robot import Robot
from tank_core.ros import interfaces as names
from tank_core.ros.runtime.executor import GroupExecutor
from tank_core.ros.testing import alone
from tank_core.testing.waiting import wait_for
from tank_executor.executor_node import ExecutorNode


@pytest.fixture
def context() -> Iterator[Context]:
    with alone(Context()) as context:
        yield context


@pytest.fixture
def parameters() -> list[Parameter]:
    """The node's parameters; a module overrides this to set some."""
    return []


@pytest.fixture
def peer(
    context: Context,
    robot: Robot,
    parameters: list[Parameter],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Peer]:
    """A peer, connected to an active executor node.

    The node takes no pause of this machine's for a new robot.
    """
    monkeypatch.setattr("tank_executor.executor_node.GAP_S", PATIENCE)
    node = ExecutorNode(context=context, parameter_overrides=parameters)
    peer = Peer(robot, context)
    faults: list[BaseException] = []
    executor = GroupExecutor(context=context, on_error=faults.append)
    executor.add_node(node)
    executor.add_node(peer)
    executor.start()
    node.trigger_configure()
    node.trigger_activate()
    peer.node = node
    wait_for(lambda: bool(peer.statuses and peer.stopped), "the latched status")
    wait_for(
        lambda: (
            peer.commands.get_subscription_count() > 0 and peer.odom.get_subscription_count() > 0
        ),
        "the subscriptions",
    )
    wait_for(
        lambda: (
            peer.action.server_is_ready()
            and all(client.service_is_ready() for client in peer.triggers.values())
        ),
        "the services",
    )
    wait_for(lambda: node.count_publishers(names.ODOM) > 0, "the odometry")
    yield peer
    executor.shutdown()
    node.trigger_shutdown()
    node.destroy_node()
    peer.destroy_node()
    assert not faults


@pytest.fixture
def idle(context: Context) -> Iterator[ExecutorNode]:
    """A node that is configured and hears nobody: it is told by hand."""
    node = ExecutorNode(context=context)
    node.trigger_configure()
    yield node
    node.trigger_shutdown()
    node.destroy_node()
