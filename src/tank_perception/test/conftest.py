"""What the tests share. ROS tests run in this process, on this machine alone, in a domain of their own."""

from collections.abc import Iterator
from types import ModuleType

import pytest

from tank_core.robot import Robot, load_robot


@pytest.fixture(scope="session")
def robot() -> Robot:
    return load_robot("tank")


@pytest.fixture
def ros() -> Iterator[ModuleType]:
    """A ROS context; what a test makes in it, it destroys."""
    rclpy = pytest.importorskip("rclpy", reason="ROS 2 is not installed here")
    from tank_core.ros_testing import alone

    with alone():
        yield rclpy
