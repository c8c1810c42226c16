"""Grasp and release by what the camera sees.

What is said to be held is held, by the simulator's truth.
"""

import math
from dataclasses import replace
from typing import Any

import pytest
from executor_rig import Rig

from tank_core.commands import Approach, Cell, Color, Grasp, Move, Release, Shape, Turn
from tank_core.state import Detection, Detections, RobotState
from tank_executor.plan import Plan, PlanState


@pytest.mark.parametrize("place", [(1.2, -0.5), (0.3, 0.0), (0.23, 0.2), (-0.9, 0.1)])
def test_grasp_goes_to_the_object_that_was_said(seeing: Any, place: tuple[float, float]) -> None:
    rig = seeing([(Color.RED, Shape.CUBE, place), (Color.BLUE, Shape.BALL, (0.9, 0.3))])
    status = rig.run(Grasp(color="red", shape="cube"))
    assert status.state is PlanState.SUCCEEDED, status.message
    assert rig.backend.held() == "red_cube"
    assert status.message == "holding the red cube"
    assert rig.refused == []


@pytest.mark.slow
@pytest.mark.parametrize("side", [(0.0, 0.041), (0.041, 0.0), (0.03, 0.03)])
def test_a_neighbor_that_touches_it_is_left(seeing: Any, side: tuple[float, float]) -> None:
    rig = seeing(
        [(Color.RED, Shape.CUBE, (1.0, 0.0)), (Color.BLUE, Shape.BALL, (1.0 + side[0], side[1]))]
    )
    status = rig.run(Grasp(color="red"))
    assert status.state is PlanState.SUCCEEDED, status.message
    assert rig.backend.held() == "red_cube"


@pytest.mark.slow
def test_what_has_room_on_no_side_that_a_way_leads_to_is_driven_up_to(rig: Rig) -> None:
    """It stood still, turned to a better side that it could not get to."""
    around = [
        ("purple", 0.5, 0.0),
        ("white", 0.47, 0.01),
        ("green", 0.29, -0.54),
        ("yellow", 0.49, 0.23),
        ("black", 0.0, 0.23),
        ("orange", -0.36, 0.37),
    ]

    def see(state: RobotState) -> Detections:
        here, size = state.odometry.pose, (0.037, 0.037, 0.037)
        things = (
            Detection(number, color, "cube", (*here.to_local((x, y)), 0.02), size)
            for number, (color, x, y) in enumerate(around)
        )
        return Detections(state.time, tuple(things))

    rig.detect = see
    rig.run(Grasp(color="purple"))
    assert "does not come into the arm zone" not in rig.outcomes[0].message
    assert rig.state.odometry.pose.x > 0.1


@pytest.mark.slow
def test_pick_and_place_then_the_cell_is_taken(seeing: Any, robot: Any) -> None:
    rig = seeing([(Color.RED, Shape.CUBE, (0.9, 0.2)), (Color.BLUE, Shape.BALL, (1.0, -0.5))])
    status = rig.run(Grasp(color="red"), Release("left"), Grasp(color="blue"))
    assert status.state is PlanState.SUCCEEDED, status.message
    assert status.outcomes[1].message == "put the red cube down on the left"
    rig = seeing(
        [(Color.RED, Shape.CUBE, (0.3, 0.0)), (Color.BLUE, Shape.BALL, robot.cell(Cell.LEFT))]
    )
    status = rig.run(Grasp(color="red"), Release("left"))
    assert (
        status.outcomes[1].message
        == "the place on the left is taken by the blue ball; still holding the red cube"
    )
    assert rig.backend.held() == "red_cube"
    assert rig.run(Release("right")).state is PlanState.SUCCEEDED
    cube = rig.backend.objects()["red_cube"]
    assert math.dist((cube.x, cube.y), rig.backend.truth().to_world(robot.cell(Cell.RIGHT))) < 0.05


def test_too_wide_is_told_before_anything_is_tried(seeing: Any) -> None:
    rig = seeing([(Color.RED, Shape.CUBE, (0.8, 0.0), 0.09)])
    assert rig.run(Grasp(color="red", shape="cube")).state is PlanState.FAILED
    assert rig.outcomes[0].message == "the red cube is 9 cm wide; the gripper takes at most 6 cm"


def test_a_cell_that_was_said_is_where_it_must_be(seeing: Any, robot: Any) -> None:
    rig = seeing([(Color.RED, Shape.CUBE, robot.cell(Cell.LEFT))])
    assert rig.run(Grasp(cell="right", color="red")).state is PlanState.FAILED
    assert (
        rig.outcomes[0].message
        == "I see no red cube on the right; the nearest is 0.30 m away, 41 degrees to the left"
    )
    assert rig.run(Grasp(cell="left", color="red")).state is PlanState.SUCCEEDED


@pytest.mark.slow
def test_the_wrong_thing_is_put_back(seeing: Any) -> None:
    """The camera takes two things for each other until one of them is held."""
    rig = seeing([(Color.RED, Shape.CUBE, (0.9, 0.0)), (Color.BLUE, Shape.CUBE, (0.9, 0.5))])
    ideal = rig.detect
    swap = {"red": "blue", "blue": "red"}

    def fooled(state: Any) -> Detections:
        seen = ideal(state) or Detections(-1.0)
        held = any(one.position[2] > 0.1 for one in seen.objects)
        objects = (
            seen.objects
            if held
            else tuple(replace(one, color=swap[one.color]) for one in seen.objects)
        )
        return Detections(seen.time, objects)

    rig.detect = fooled
    status = rig.run(Grasp(color="red"))
    assert status.state is PlanState.FAILED
    assert status.outcomes[0].message.startswith(
        "picked up something blue instead of the red object; it was put back"
    )
    assert rig.backend.held() is None
    assert all(thing.z < 0.03 for thing in rig.backend.objects().values())


@pytest.mark.slow
def test_what_is_said_to_lie_where_nothing_lies_is_not_held(seeing: Any) -> None:
    rig = seeing([(Color.RED, Shape.CUBE, (0.9, 0.0))])
    ideal = rig.detect
    rig.detect = lambda state: Detections(
        (seen := ideal(state) or Detections(-1.0)).time,
        tuple(
            replace(one, position=(one.position[0], one.position[1] + 0.2, one.position[2]))
            for one in seen.objects
        ),
    )
    status = rig.run(Grasp(color="red"))
    assert status.state is PlanState.FAILED
    assert status.outcomes[0].message.endswith("(2 attempts)")
    assert rig.backend.held() is None


@pytest.mark.slow
def test_holding_survives_driving_turning_and_a_stop(seeing: Any) -> None:
    rig = seeing([(Color.RED, Shape.CYLINDER, (0.9, 0.0))])
    rig.run(Grasp(color="red"))
    status = rig.run(
        Move("backward", 0.5, "fast"), Turn("left", 180, "fast"), Move("forward", 0.4, "fast")
    )
    assert status.state is PlanState.SUCCEEDED and rig.backend.held() == "red_cylinder"
    rig.runner.submit(Plan((Move("forward", 2.0, "fast"),)))
    rig.ticks(1.0)
    rig.send(rig.runner.stop("operator"))
    rig.controller.stop(rig.now, "operator")
    rig.ticks(1.0)
    assert rig.backend.held() == "red_cylinder"


def test_holding_it_refuses_another(seeing: Any) -> None:
    rig = seeing([(Color.RED, Shape.CUBE, (0.3, 0.0)), (Color.BLUE, Shape.BALL, (1.0, 0.4))])
    status = rig.run(Grasp(color="red"), Approach(color="blue"), Grasp(color="blue"))
    assert status.outcomes[2].message == "already holding the red cube; release it first"
    assert rig.backend.held() == "red_cube"


@pytest.mark.slow
def test_what_leaves_the_fingers_no_room_is_put_aside(seeing: Any) -> None:
    rig = seeing(
        [
            (Color.BLUE, Shape.CUBE, (1.0, 0.0)),
            (Color.RED, Shape.BALL, (1.04, 0.0)),
            (Color.YELLOW, Shape.CYLINDER, (1.0, 0.04)),
        ]
    )
    status = rig.run(Grasp(color="blue", shape="cube"))
    assert status.state is PlanState.SUCCEEDED, status.message
    assert rig.backend.held() == "blue_cube"
    aside = [
        name
        for name, thing in rig.backend.objects().items()
        if thing.z < 0.03 and math.dist((thing.x, thing.y), (1.0, 0.0)) > 0.1
    ]
    assert len(aside) == 1


def test_walled_in_by_more_than_it_may_move_it_says_so(seeing: Any) -> None:
    ring = [
        (1.0 + 0.041 * math.cos(a), 0.041 * math.sin(a))
        for a in (0.0, 1.05, 2.09, 3.14, 4.19, 5.24)
    ]
    colors = [color for color in Color if color is not Color.BLUE]
    rig = seeing(
        [
            (Color.BLUE, Shape.BALL, (1.0, 0.0)),
            *((c, Shape.BALL, place) for c, place in zip(colors, ring, strict=False)),
        ]
    )
    status = rig.run(Grasp(color="blue"))
    assert status.state is PlanState.FAILED and rig.backend.held() is None
    assert status.outcomes[0].message.startswith(
        "the fingers have no room beside the blue ball: the "
    )


def test_a_hand_that_a_stop_left_on_the_floor_is_raised_before_the_robot_turns(seeing: Any) -> None:
    rig = seeing([(Color.RED, Shape.CUBE, (0.3, 0.0)), (Color.BLUE, Shape.BALL, (0.27, 0.13))])
    rig.runner.submit(Plan((Grasp("front"),)))
    while rig.runner.status.message != "lifting":
        rig.tick()
    rig.send(rig.runner.stop("operator"))
    rig.runner.reset_stop()
    before = {name: (thing.x, thing.y) for name, thing in rig.backend.objects().items()}
    assert rig.run(Turn("left", 90)).state is PlanState.SUCCEEDED
    ball = rig.backend.objects()["blue_ball"]
    assert math.dist((ball.x, ball.y), before["blue_ball"]) < 0.01
    assert rig.backend.held() in (None, "red_cube")


@pytest.mark.slow
def test_the_others_of_its_color_do_not_count_as_what_was_left(seeing: Any) -> None:
    rig = seeing([(Color.RED, Shape.CUBE, (0.8, 0.0)), (Color.RED, Shape.BALL, (0.8, 0.05))])
    status = rig.run(Grasp(color="red", shape="cube"))
    assert status.state is PlanState.SUCCEEDED, status.message
    assert rig.backend.held() == "red_cube"


def test_the_one_that_fits_is_taken_though_another_is_nearer(seeing: Any) -> None:
    rig = seeing([(Color.RED, Shape.BALL, (0.6, -0.3), 0.08), (Color.RED, Shape.BALL, (0.9, 0.3))])
    assert rig.run(Grasp(color="red")).state is PlanState.SUCCEEDED
    assert rig.backend.held() == "red_ball_2"


@pytest.mark.slow
def test_a_dead_camera_does_not_put_one_thing_on_another(seeing: Any, robot: Any) -> None:
    rig = seeing(
        [(Color.RED, Shape.CUBE, (0.3, 0.0)), (Color.BLUE, Shape.CUBE, robot.cell(Cell.LEFT))]
    )
    assert rig.run(Grasp(color="red")).state is PlanState.SUCCEEDED
    rig.detect = None
    rig.ticks(2.0)
    status = rig.run(Release("left"))
    assert status.state is PlanState.FAILED
    assert (
        status.outcomes[0].message
        == "the place on the left is taken by the blue cube; still holding the red cube"
    )
    assert rig.run(Release("right")).message.endswith("could not be checked: no camera detections")


@pytest.mark.slow
def test_what_is_held_is_named_when_it_is_looked_for(seeing: Any) -> None:
    rig = seeing([(Color.RED, Shape.CUBE, (0.3, 0.0)), (Color.BLUE, Shape.BALL, (0.9, 0.3))])
    rig.run(Grasp(color="red", shape="cube"))
    rig.run(Approach(color="red"))
    assert (
        rig.outcomes[0].message
        == "I see a blue ball, but nothing red beside the red cube, which I am holding"
    )
