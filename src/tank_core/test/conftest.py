"""What the tests share. ROS tests run in this process, on this machine alone, in a domain of their own."""

import os

os.environ.setdefault("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")

import pytest

from tank_core.own_domain import own_domain
from tank_core.robot import load_robot

DOMAIN_ID = own_domain()


@pytest.fixture
def robot():
    return load_robot("tank")


@pytest.fixture
def ros():
    """A ROS context; what a test makes in it, it destroys."""
    rclpy = pytest.importorskip("rclpy", reason="ROS 2 is not installed here")
    rclpy.init(args=[], domain_id=DOMAIN_ID)
    yield rclpy
    rclpy.try_shutdown()


@pytest.fixture
def foreign(ros):
    """A node that DDS takes for one of another process: in one process all ends of a topic must be of one type."""
    from rclpy.node import Node

    context = ros.Context()
    ros.init(args=[], context=context, domain_id=DOMAIN_ID)
    node = Node("stranger", context=context, start_parameter_services=False)
    yield node
    node.destroy_node()
    context.try_shutdown()
