"""A course ends where a robot ends that does as it is told."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from tank_core.commands import (
    Arc,
    Command,
    Face,
    GoBack,
    GoTo,
    Move,
    MoveDirection,
    Past,
    Relation,
    Remember,
    Side,
    Turn,
    Wait,
)
from tank_core.geometry import Pose2D
from tank_episode.course import NORTH, Course
from tank_episode.episode import shared_episode

FORWARD, LEFT = Move(MoveDirection.FORWARD, 0.5), Turn(Side.LEFT, 60.0)
REQUESTS: list[Sequence[Sequence[Command]]] = [
    [[FORWARD, LEFT, Wait(0.1), Move(MoveDirection.BACKWARD, 0.3)]],
    [[Arc(Side.LEFT, 0.5, 120.0), Arc(Side.RIGHT, 0.3, 45.0)]],
    [[LEFT, Face(heading_deg=100.0), FORWARD]],
    [[LEFT, Remember(heading_deg=0.0), Face(heading_deg=270.0)]],
    [[Remember("dock"), FORWARD, LEFT, Remember("shed"), FORWARD, GoTo("dock"), GoTo("shed")]],
    [[FORWARD], [LEFT, FORWARD], [GoBack(Past.BEFORE)]],
    [[FORWARD], [LEFT, FORWARD], [GoBack(Past.START)]],
    [[FORWARD], [LEFT, FORWARD, GoBack(Past.HERE)]],
]


@pytest.mark.parametrize("requests", REQUESTS)
def test_a_course_is_where_the_robot_goes(requests: Sequence[Sequence[Command]]) -> None:
    episode, course = shared_episode(), Course(NORTH)
    episode.reset()
    for request in requests:
        course.begin()
        for command in request:
            course.follow(command)
        episode.run(request)
    episode.settle()
    robot = episode.truth().robot
    there = Pose2D(robot["x"], robot["y"], math.radians(robot["yaw_deg"]))
    assert course.here.distance(there) < 0.05
    assert math.degrees(course.here.turned(there)) < 3.0


@pytest.mark.parametrize(
    ("relation", "there"),
    [
        (None, (0.6, 0.0, 0.0)),
        (Relation.NEXT_TO, (0.6, 0.0, 0.0)),
        (Relation.IN_FRONT_OF, (0.6, 0.0, 0.0)),
        (Relation.BEHIND, (1.4, 0.0, 180.0)),
        (Relation.LEFT_OF, (1.0, 0.4, -90.0)),
        (Relation.RIGHT_OF, (1.0, -0.4, 90.0)),
    ],
)
def test_beside_a_thing_is_on_that_side_of_it_and_faces_it(
    relation: Relation | None, there: tuple[float, float, float]
) -> None:
    course = Course(NORTH)
    course.ends_beside((1.0, 0.0), 0.4, relation)
    assert (course.here.x, course.here.y) == pytest.approx(there[:2], abs=1e-9)
    assert course.here.turned(Pose2D(0.0, 0.0, math.radians(there[2]))) == pytest.approx(0.0)
