"""Approach with a relation ends on that side, facing the thing."""

import math
from typing import Any

import pytest

from tank_core.commands import Approach, Color, Grasp, Relation, Shape
from tank_executor.plan import PlanState

BALL = (Color.BLUE, Shape.BALL, (1.2, 0.6))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("relation", "side"),
    [
        (Relation.LEFT_OF, 90.0),
        (Relation.RIGHT_OF, -90.0),
        (Relation.IN_FRONT_OF, 180.0),
        (Relation.BEHIND, 0.0),
        (Relation.NEXT_TO, None),
    ],
)
@pytest.mark.parametrize("holding", [False, True])
def test_it_ends_on_that_side_and_faces_it(
    seeing: Any, relation: Relation, side: float | None, holding: bool
) -> None:
    rig = seeing([BALL, (Color.RED, Shape.CUBE, (0.3, 0.0))])
    if holding:
        assert rig.run(Grasp(color="red")).state is PlanState.SUCCEEDED
    status = rig.run(Approach(color="blue", relation=relation))
    assert status.state is PlanState.SUCCEEDED, status.message
    there, ball = rig.backend.truth(), rig.backend.objects()["blue_ball"]
    x, y = there.to_local((ball.x, ball.y))
    assert math.hypot(x, y) == pytest.approx(0.4, abs=0.03)
    assert abs(math.degrees(math.atan2(y, x))) < 4
    assert math.dist((ball.x, ball.y), BALL[2]) < 0.005
    if side is not None:
        bearing = math.degrees(math.atan2(there.y - ball.y, there.x - ball.x))
        seen_along = math.degrees(math.atan2(0.6, 1.2))
        assert abs(math.remainder(bearing - seen_along - side, 360)) < 12
    assert status.message.endswith("the blue ball, 0.40 m from it")
    assert rig.refused == []


def test_a_side_that_is_not_free_is_told_and_what_is_not_there(seeing: Any) -> None:
    wall = [
        (color, Shape.CUBE, (1.0, y))
        for color, y in ((Color.RED, -0.15), (Color.GREEN, 0.0), (Color.YELLOW, 0.15))
    ]
    rig = seeing([(Color.BLUE, Shape.BALL, (0.6, 0.0)), *wall])
    status = rig.run(Approach(color="blue", relation="behind"))
    assert status.outcomes[0].message == "there is no free way to the place behind the blue object"
    status = rig.run(Approach(color="white", shape="cube", relation="behind"))
    assert "but no white cube" in status.outcomes[0].message
