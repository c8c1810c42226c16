"""After approach the thing lies in the front cell, by the simulator's truth.

Nothing else was touched.
"""

import math
from typing import Any

import pytest
from executor_rig import Rig

from tank_core.commands import Approach, Cell, Color, Shape
from tank_core.robot import Robot
from tank_executor.plan import PlanState


def place_of(rig: Rig, name: str) -> tuple[float, float]:
    thing = rig.backend.objects()[name]
    return rig.backend.truth().to_local((thing.x, thing.y))


def untouched(rig: Rig) -> bool:
    before = {thing.name: thing.position for thing in rig.backend.world.objects}
    return all(
        math.dist((now.x, now.y), before[name][:2]) < 2e-3
        for name, now in rig.backend.objects().items()
    )


@pytest.mark.parametrize(
    "place", [(1.2, -0.5), (-1.0, 0.3), (0.36, 0.05), (2.5, 0.6), (0.2, 0.3), (0.24, 0.0)]
)
def test_approach_ends_with_the_thing_in_the_front_cell(
    seeing: Any, robot: Robot, place: tuple[float, float]
) -> None:
    rig = seeing([(Color.BLUE, Shape.BALL, place), (Color.RED, Shape.CUBE, (1.5, 0.6))])
    status = rig.run(Approach(color="blue", shape="ball"))
    assert status.state is PlanState.SUCCEEDED, status.message
    assert math.dist(place_of(rig, "blue_ball"), robot.cell(Cell.FRONT)) < 0.03
    assert untouched(rig)


BLOCKED = {
    "one before it": [(0.7, 0.0)],
    "a wall before it": [(0.8, y / 10) for y in (-3, -2, -1, 0, 1, 2, 3)],
    "on three sides": [(1.0, 0.0), (1.3, 0.3), (1.3, -0.3)],
}


@pytest.mark.slow
@pytest.mark.parametrize("places", BLOCKED.values(), ids=list(BLOCKED))
def test_it_goes_round_what_is_in_the_way(
    seeing: Any, robot: Robot, places: list[tuple[float, float]]
) -> None:
    colors = [color for color in Color if color is not Color.RED]
    rig = seeing(
        [
            (Color.RED, Shape.CUBE, (1.3, 0.0)),
            *((color, Shape.CUBE, place) for color, place in zip(colors, places, strict=False)),
        ]
    )
    status = rig.run(Approach(color="red"))
    assert status.state is PlanState.SUCCEEDED, status.message
    assert math.dist(place_of(rig, "red_cube"), robot.cell(Cell.FRONT)) < 0.03
    assert untouched(rig)


def test_where_there_is_no_way_it_says_so_and_touches_nothing(seeing: Any) -> None:
    ring = [
        (1.2 + 0.22 * math.cos(a), 0.22 * math.sin(a)) for a in (0.4, 1.3, 2.2, 3.1, 4.0, 4.9, 5.8)
    ]
    colors = [color for color in Color if color is not Color.RED]
    rig = seeing(
        [
            (Color.RED, Shape.CUBE, (1.2, 0.0)),
            *((color, Shape.CUBE, place) for color, place in zip(colors, ring, strict=True)),
        ]
    )
    status = rig.run(Approach(color="red"))
    assert status.state is PlanState.FAILED
    assert status.outcomes[0].message == "there is no free way to the red object"
    assert untouched(rig)


def test_the_nearest_is_meant_where_nothing_is_said(seeing: Any) -> None:
    rig = seeing([(Color.BLUE, Shape.BALL, (0.8, 0.3)), (Color.RED, Shape.CUBE, (1.5, -0.2))])
    assert rig.run(Approach()).state is PlanState.SUCCEEDED
    assert rig.outcomes[0].message == "the blue ball is in front of the arm"
