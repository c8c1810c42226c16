"""What the tests share. ROS tests run in this process, and hear nobody else."""

import pytest

from tank_core.robot import load_robot


@pytest.fixture
def robot():
    return load_robot("tank")


@pytest.fixture
def ros():
    """A ROS context; what a test makes in it, it destroys."""
    rclpy = pytest.importorskip("rclpy", reason="ROS 2 is not installed here")
    from tank_core.ros_testing import alone

    with alone():
        yield rclpy


@pytest.fixture(scope="session")
def claimed_domain():
    """A domain that no other test run on this machine has."""
    from tank_core.own_domain import own_domain

    return own_domain()


@pytest.fixture
def open_ros(claimed_domain, monkeypatch):
    """A ROS context that hears those of other processes on this machine, as far as they are in its domain."""
    rclpy = pytest.importorskip("rclpy", reason="ROS 2 is not installed here")
    monkeypatch.setenv("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
    rclpy.init(args=[], domain_id=claimed_domain)
    yield rclpy
    rclpy.try_shutdown()


@pytest.fixture
def foreign(open_ros, claimed_domain):
    """A node that DDS takes for one of another process: in one process all ends of a topic must be of one type."""
    from rclpy.node import Node

    context = open_ros.Context()
    open_ros.init(args=[], context=context, domain_id=claimed_domain)
    node = Node("stranger", context=context, start_parameter_services=False)
    yield node
    node.destroy_node()
    context.try_shutdown()
