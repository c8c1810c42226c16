"""The camera that the tests of several rooms look through."""

from __future__ import annotations

import pytest

from tank_core.robot import Robot
from tank_perception.detection.ground import Eye
from tank_perception.view import Lens, View


@pytest.fixture(scope="session")
def eye(robot: Robot) -> Eye:
    """The camera of the robot called tank, in its pose for driving."""
    return Eye(View.of(robot), Lens.of(robot.camera))
