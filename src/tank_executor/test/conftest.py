"""Robots and rigs for the tests of tank_executor."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from executor_rig import Rig
from ideal_camera import ideal_camera

from tank_core.mock_backend import MockBackend
from tank_core.robot import Robot, load_robot
from tank_sim import worlds
from tank_sim.mujoco_backend import MujocoBackend
from tank_sim.worlds import World

# what is shown to a low camera is higher than this, and what stands on the floor is not
KIT_HELD_M = 0.045


@pytest.fixture
def rig(robot: Robot) -> Rig:
    return Rig(MockBackend(robot))


@pytest.fixture
def seeing(robot: Robot) -> Callable[..., Rig]:
    """Make a rig with an ideal camera in a world of some things.

    Each thing is (color, shape, (x, y)[, size]).
    """

    def build(things: list[Any], **options: Any) -> Rig:
        backend = MujocoBackend(robot, _world(things))
        return Rig(backend, ideal_camera(backend), **options)

    return build


@pytest.fixture(scope="session")
def kit() -> Robot:
    """A robot whose arm has no yaw and whose servos tell nothing."""
    return load_robot("rasptank")


@pytest.fixture
def kit_rig(kit: Robot) -> Callable[..., Rig]:
    """Make the same for that robot, which shows what it holds to a low camera.

    It is blind without ``camera``.
    """

    def build(things: list[Any], camera: bool = True, **options: Any) -> Rig:
        backend = MujocoBackend(kit, _world(things))
        detect = ideal_camera(backend, held_m=KIT_HELD_M) if camera else None
        return Rig(backend, detect, **options)

    return build


def _world(things: Iterable[Any]) -> World:
    return World(
        "test",
        tuple(
            worlds.on_floor(color, shape, size[0] if size else 0.04, place)
            for color, shape, place, *size in things
        ),
    )
