"""An image must show what is well inside it, unless something is before it.

That may be the robot, or a nearer thing.
"""

import numpy as np
import pytest

from tank_core.commands import Color
from tank_perception.detection.findings import Finding
from tank_perception.detection.self_mask import SERVO_M, RobotBody, draw
from tank_perception.tracking.observation import ImageObservation

SIZE = (480, 640)


def sight(eye, hidden=None, findings=()):
    return ImageObservation(eye, np.zeros(SIZE, np.uint8) if hidden is None else hidden, findings)


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        ((0.6, 0.0), True),
        ((0.9, 0.3), True),
        ((-0.6, 0.0), False),
        ((0.6, 0.9), False),
        ((3.0, 0.0), False),
        ((0.5, 0.61), False),
    ],
)
def test_only_what_is_near_and_well_inside_must_be_seen(eye, place, shown):
    assert sight(eye).shows((*place, 0.02), 0.04, Color.RED) is shown


def test_the_arm_hides(eye, robot):
    reaching = dict(zip(robot.arm.joint_names, (0.0, 0.6, -0.9, -1.2), strict=True))
    hidden = draw(eye, RobotBody(robot, reaching).boxes(SERVO_M), SIZE)
    place = (0.30, 0.0, 0.02)
    assert sight(eye).shows(place, 0.04, Color.RED)
    assert not sight(eye, hidden).shows(place, 0.04, Color.RED)


def test_what_is_nearer_hides(eye):
    place = np.array([[0.7, 0.0, 0.02]])
    right, down = eye.pixels(place)[0]

    def at(shift, color):
        box = (int(right) - 15, int(down) - 10 + shift, 30, 30)
        return Finding(color, None, place[0], np.eye(3), (0.04,) * 3, box, 1.0, 30.0)

    assert not sight(eye, findings=[at(10, Color.BLUE)]).shows(tuple(place[0]), 0.04, Color.RED)
    assert sight(eye, findings=[at(-30, Color.BLUE)]).shows(tuple(place[0]), 0.04, Color.RED)
    assert sight(eye, findings=[at(60, Color.BLUE)]).shows(tuple(place[0]), 0.04, Color.RED)
