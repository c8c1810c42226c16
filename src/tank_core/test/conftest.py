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
