"""What the tests share. ROS tests run in this process, on this machine alone, in a domain of their own."""

import os

os.environ.setdefault("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")

import pytest

import tank_sim  # noqa: F401 - chooses an OpenGL, which has to be before any test imports mujoco
from tank_core.robot import load_robot, robot_names

DOMAIN_ID = 42


@pytest.fixture(scope="session")
def robot():
    return load_robot("tank")


@pytest.fixture(scope="session", params=robot_names())
def each_robot(request):
    """Every robot that comes with Tank, one after the other."""
    return load_robot(request.param)


@pytest.fixture
def ros():
    """A ROS context; what a test makes in it, it destroys."""
    rclpy = pytest.importorskip("rclpy", reason="ROS 2 is not installed here")
    rclpy.init(args=[], domain_id=DOMAIN_ID)
    yield rclpy
    rclpy.try_shutdown()
