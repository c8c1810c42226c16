"""Fixtures that the tests share."""

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
