"""Fixtures that the tests share; nodes run in this process, and alone."""

import pytest

from tank_core.robot import load_robot


@pytest.fixture
def robot():
    return load_robot("tank")


@pytest.fixture(scope="session")
def claimed_domain():
    """A domain that no other test run on this machine has."""
    from tank_core.testing.own_domain import own_domain

    return own_domain()


@pytest.fixture
def open_ros(claimed_domain):
    """A ROS context that hears those of other processes on this machine.

    As far as they are in its domain.
    """
    rclpy = pytest.importorskip("rclpy", reason="ROS 2 is not installed here")
    from tank_core.ros.testing import nearby

    with nearby(claimed_domain):
        yield rclpy


@pytest.fixture
def foreign(open_ros, claimed_domain):
    """A node of another program."""
    from tank_core.ros.testing import stranger

    with stranger("stranger", claimed_domain) as node:
        yield node
