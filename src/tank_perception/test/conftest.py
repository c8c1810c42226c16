"""What the tests share. ROS tests run in this process, on this machine alone, in a domain of their own."""

import os
from collections.abc import Iterator
from types import ModuleType

os.environ.setdefault("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")

import pytest

from tank_core.robot import Robot, load_robot

DOMAIN_ID = 45


@pytest.fixture(scope="session")
def robot() -> Robot:
    return load_robot("tank")


@pytest.fixture
def ros() -> Iterator[ModuleType]:
    """A ROS context; what a test makes in it, it destroys."""
    rclpy = pytest.importorskip("rclpy", reason="ROS 2 is not installed here")
    rclpy.init(args=[], domain_id=DOMAIN_ID)
    yield rclpy
    rclpy.try_shutdown()
