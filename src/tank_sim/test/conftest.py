"""Chooses an OpenGL, and shares backends at rest in the empty world."""

import pytest

import tank_sim  # noqa: F401 - chooses an OpenGL, which has to be before any test imports mujoco
from tank_sim.mujoco_backend import MujocoBackend


@pytest.fixture
def backend(robot):
    """The robot at rest."""
    with MujocoBackend(robot) as backend:
        backend.advance(0.5)
        yield backend


@pytest.fixture
def any_backend(each_robot):
    """Each robot at rest, one after the other."""
    with MujocoBackend(each_robot) as backend:
        backend.advance(0.5)
        yield backend
