"""What the tests share. ROS tests run in this process, on this machine alone, in a domain of their own."""

import pytest

import tank_sim  # noqa: F401 - chooses an OpenGL, which has to be before any test imports mujoco
from tank_core.robot import load_robot, robot_names


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
    from tank_core.ros_testing import alone

    with alone():
        yield rclpy
