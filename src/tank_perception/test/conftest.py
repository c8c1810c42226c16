"""The robot of perception's tests."""

import pytest

from tank_core.robot import Robot, load_robot


@pytest.fixture(scope="session")
def robot() -> Robot:
    return load_robot("tank")
