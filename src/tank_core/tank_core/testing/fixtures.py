"""Fixtures that the tests of several packages share: clocks, robots, ROS."""

from __future__ import annotations

from collections.abc import Generator
from types import ModuleType
from typing import Any

import pytest

from tank_core.robot import Robot, load_robot, robot_names


class SteppedClock:
    """A clock [s] that stands still, and a sleep by it that takes no time."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, duration: float) -> None:
        self.now += duration


@pytest.fixture
def stepped_clock() -> SteppedClock:
    """For whoever takes ``clock`` and ``sleep``."""
    return SteppedClock()


@pytest.fixture(scope="session")
def robot() -> Robot:
    """The robot called tank."""
    return load_robot("tank")


@pytest.fixture(scope="session", params=robot_names())
def each_robot(request: pytest.FixtureRequest) -> Robot:
    """Every robot that comes with Tank, one after the other."""
    return load_robot(request.param)


@pytest.fixture
def ros() -> Generator[ModuleType, None, None]:
    """rclpy with a context of this test alone.

    What a test makes in it, it destroys.
    """
    rclpy = pytest.importorskip("rclpy", reason="ROS 2 is not installed here")
    from tank_core.ros.testing import alone

    with alone():
        yield rclpy


@pytest.fixture(scope="session")
def claimed_domain() -> int:
    """A ROS domain that no other test run on this machine has."""
    from tank_core.testing.own_domain import own_domain

    return own_domain()


@pytest.fixture
def open_ros(claimed_domain: int) -> Generator[ModuleType, None, None]:
    """rclpy with a context that hears this machine's other processes.

    As far as they are in its domain.
    """
    rclpy = pytest.importorskip("rclpy", reason="ROS 2 is not installed here")
    from tank_core.ros.testing import nearby

    with nearby(claimed_domain):
        yield rclpy


@pytest.fixture
def foreign(open_ros: ModuleType, claimed_domain: int) -> Generator[Any, None, None]:
    """A node of another program."""
    from tank_core.ros.testing import stranger

    with stranger("stranger", claimed_domain) as node:
        yield node
