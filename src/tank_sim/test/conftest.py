"""Fixtures that the tests share."""

import pytest

import tank_sim  # noqa: F401 - chooses an OpenGL, which has to be before any test imports mujoco
from tank_core.robot import load_robot, robot_names
from tank_sim.mujoco_backend import MujocoBackend


@pytest.fixture(scope="session")
def robot():
    return load_robot("tank")


@pytest.fixture(scope="session", params=robot_names())
def each_robot(request):
    """Every robot that comes with Tank, one after the other."""
    return load_robot(request.param)


@pytest.fixture
def backend(robot):
    """The robot at rest in the empty world."""
    with MujocoBackend(robot) as backend:
        backend.advance(0.5)
        yield backend


@pytest.fixture
def any_backend(each_robot):
    """Each robot at rest in the empty world."""
    with MujocoBackend(each_robot) as backend:
        backend.advance(0.5)
        yield backend
