"""Release beside and on a thing, by the simulator's truth.

What is said is what was done.
"""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tank_core.commands import Color, Grasp, Move, Relation, Release, Shape
from tank_core.state import Detections
from tank_executor.plan import PlanState

RED, BLUE, CUBE, BALL = Color.RED, Color.BLUE, Shape.CUBE, Shape.BALL
HELD = (RED, CUBE, (0.3, 0.0))
PICK = Grasp(color="red", shape="cube")


def beside(relation: Relation, **named: Any) -> Release:
    return Release(relation=relation, **named)


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
def test_it_lies_on_the_side_that_was_said(
    seeing: Any, relation: Relation, side: float | None
) -> None:
    rig = seeing([HELD, (BLUE, BALL, (0.7, 0.5))])
    status = rig.run(PICK, beside(relation, color="blue"))
    assert status.state is PlanState.SUCCEEDED, status.message
    cube, ball = (rig.backend.objects()[name] for name in ("red_cube", "blue_ball"))
    gap = math.dist((cube.x, cube.y), (ball.x, ball.y)) - 0.04
    assert 0.02 <= gap <= 0.06 and cube.z == pytest.approx(0.02, abs=0.003)
    if side is not None:
        facing = math.atan2(0.5, 0.7)  # as it was seen from where the robot stood
        bearing = math.degrees(math.atan2(cube.y - ball.y, cube.x - ball.x) - facing)
        assert abs(math.remainder(bearing - side, 360)) < 35
    words = {Relation.LEFT_OF: "to the left of", Relation.RIGHT_OF: "to the right of"}
    said = words.get(relation, str(relation).replace("_", " "))
    assert status.outcomes[1].message == f"put the red cube down {said} the blue ball"
    assert rig.backend.held() is None and rig.refused == []


@pytest.mark.slow
def test_a_robot_without_a_yaw_puts_it_beside_too(kit_rig: Any) -> None:
    rig = kit_rig([(RED, CUBE, (0.2, 0.0)), (BLUE, CUBE, (0.5, 0.3))])
    status = rig.run(PICK, beside(Relation.BEHIND, color="blue"))
    assert status.state is PlanState.SUCCEEDED, status.message
    red, blue = (rig.backend.objects()[name] for name in ("red_cube", "blue_cube"))
    assert 0.02 <= math.dist((red.x, red.y), (blue.x, blue.y)) - 0.04 <= 0.06


@pytest.mark.slow
def test_a_stack_stands_and_is_taken_down_again(seeing: Any) -> None:
    rig = seeing([HELD, (BLUE, CUBE, (0.9, -0.2))])
    status = rig.run(PICK, beside(Relation.ON, color="blue"))
    assert status.state is PlanState.SUCCEEDED, status.message
    assert status.message == "put the red cube on the blue cube"
    red, blue = (rig.backend.objects()[name] for name in ("red_cube", "blue_cube"))
    assert red.z == pytest.approx(0.06, abs=0.004)
    assert math.dist((red.x, red.y), (blue.x, blue.y)) < 0.012
    lower = rig.run(Grasp(color="blue")).message
    assert "the red cube stands on the blue cube; take that down first" in lower
    assert rig.run(PICK).state is PlanState.SUCCEEDED
    assert rig.backend.held() == "red_cube"
    blue_now = rig.backend.objects()["blue_cube"]
    assert math.dist((blue.x, blue.y), (blue_now.x, blue_now.y)) < 0.005


@pytest.mark.slow
def test_of_a_stack_in_a_cell_the_upper_one_is_taken(seeing: Any) -> None:
    rig = seeing([HELD, (BLUE, CUBE, (0.9, -0.2))])
    assert rig.run(PICK, beside(Relation.ON, color="blue")).state is PlanState.SUCCEEDED
    blue = rig.backend.objects()["blue_cube"]
    place = rig.backend.truth().to_local((blue.x, blue.y))
    if place[0] > 0.35:
        rig.run(Move("forward", place[0] - 0.32))
    assert rig.run(Grasp()).state is PlanState.SUCCEEDED, rig.outcomes
    assert rig.backend.held() == "red_cube"
    now = rig.backend.objects()["blue_cube"]
    assert math.dist((blue.x, blue.y), (now.x, now.y)) < 0.005


def edited(rig: Any, change: Callable[[Any], Any]) -> None:
    """Let the camera tell something else, once the hand has let go."""
    told = rig.detect

    def tell(state: Any) -> Detections | None:
        seen = told(state)
        if seen is None or rig.backend.held() is not None:
            return seen
        return replace(seen, objects=tuple(map(change, seen.objects)))

    rig.detect = tell


@pytest.mark.slow
@pytest.mark.parametrize(
    ("relation", "place", "said"),
    [
        (Relation.ON, (0.4, 0.0, 0.02), "but it fell off"),
        (Relation.ON, (3.0, 0.0, 0.02), "but the camera does not see it there"),
        (Relation.IN_FRONT_OF, (0.4, 0.1, 0.02), "cm from there"),
    ],
)
def test_what_does_not_lie_there_is_not_claimed(
    seeing: Any, relation: Relation, place: Any, said: str
) -> None:
    rig = seeing([HELD, (BLUE, CUBE, (0.9, -0.2))])
    assert rig.run(PICK).state is PlanState.SUCCEEDED
    edited(rig, lambda one: replace(one, position=place) if one.color == "red" else one)
    status = rig.run(beside(relation, color="blue"))
    assert status.state is PlanState.FAILED
    assert said in status.message and "let go of the red cube" in status.message


CROWD = [
    (color, Shape.CYLINDER, (0.9 + 0.09 * math.cos(at), 0.09 * math.sin(at)))
    for at, color in zip(
        (0.0, 1.05, 2.1, 3.14, 4.2, 5.24),
        (Color.GREEN, Color.YELLOW, Color.ORANGE, Color.PURPLE, Color.WHITE, Color.BLACK),
        strict=True,
    )
]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("things", "command", "said"),
    [
        (
            [(BLUE, BALL, (0.9, 0.0))],
            beside(Relation.ON, color="blue", shape="ball"),
            'nothing stays on a ball; say "next to the blue ball"',
        ),
        (
            [(BLUE, BALL, (0.9, 0.0))],
            beside(Relation.ON, color="blue"),
            'nothing stays on a ball; say "next to the blue object"',
        ),
        (
            [(BLUE, BALL, (0.9, 0.0))],
            beside(Relation.NEXT_TO, color="green"),
            "I see a blue ball, but nothing green",
        ),
        (
            [(BLUE, BALL, (0.9, 0.0))],
            beside(Relation.NEXT_TO, color="red", shape="cube"),
            "I see a blue ball, but no red cube beside the red cube, which I am holding",
        ),
        (
            [(BLUE, CUBE, (0.9, 0.0)), *CROWD],
            beside(Relation.NEXT_TO, color="blue"),
            "there is no room next to the blue object",
        ),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_let_go(
    seeing: Any, things: Any, command: Release, said: str
) -> None:
    rig = seeing([HELD, *things])
    assert rig.run(PICK).state is PlanState.SUCCEEDED
    assert rig.run(command).outcomes[0].message == f"{said}; still holding the red cube"
    assert rig.backend.held() == "red_cube"


def test_nothing_held_is_told(seeing: Any) -> None:
    rig = seeing([(BLUE, BALL, (0.9, 0.0))])
    assert rig.run(beside(Relation.ON, color="blue")).outcomes[0].message == "nothing is held"


def test_a_ball_is_put_on_nothing(seeing: Any) -> None:
    rig = seeing([(RED, BALL, (0.3, 0.0)), (BLUE, CUBE, (0.9, 0.0))])
    status = rig.run(Grasp(color="red", shape="ball"), beside(Relation.ON, color="blue"))
    assert status.outcomes[1].message == (
        "the red ball would roll off the blue object; still holding the red ball"
    )
