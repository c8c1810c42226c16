"""Looking for things, and face.

What is meant is found all around, and what is not there is told.
"""

import math
from dataclasses import replace
from typing import Any

import pytest
from executor_rig import Rig

from tank_core.commands import Approach, Color, Face, Grasp, Shape
from tank_core.geometry import wrap
from tank_core.robot import Robot
from tank_core.robot.self_view import hidden_view, hidden_view_warning
from tank_core.state import Detection, Detections, RobotState
from tank_executor.behaviors.looking import NO_DETECTIONS
from tank_executor.plan import PlanState
from tank_executor.plan_runner import PlanRunner


def bearing(rig: Rig, name: str) -> float:
    """Of an object, as the robot truly stands [deg]."""
    pose, thing = rig.backend.truth(), rig.backend.objects()[name]
    return math.degrees(wrap(math.atan2(thing.y - pose.y, thing.x - pose.x) - pose.yaw))


@pytest.mark.parametrize("red", [(1.0, 0.3), (-0.8, 0.5), (-1.0, -0.2), (0.0, -1.5), (0.35, 0.0)])
def test_face_ends_within_two_degrees(seeing: Any, red: tuple[float, float]) -> None:
    rig = seeing([(Color.RED, Shape.CUBE, red), (Color.BLUE, Shape.BALL, (1.5, -0.3))])
    status = rig.run(Face(color="red"))
    assert status.state is PlanState.SUCCEEDED, status.message
    assert abs(bearing(rig, "red_cube")) < 2.0
    assert status.message.startswith("facing the red cube, ")


def low_camera(robot: Robot) -> Robot:
    """Return the robot with so low a camera that the arm hides the cell.

    That is the front cell, and the arm is folded.
    """
    return replace(robot, camera=replace(robot.camera, position=(0.13, 0.0, 0.40)))


def test_what_the_folded_arm_hides_is_looked_at_from_where_it_does_not(
    robot: Robot, seeing: Any
) -> None:
    """And the rest of the way goes by odometry.

    The last image in which the thing is seen is from beyond what is hidden.
    """
    hidden = hidden_view(low_camera(robot))
    rig = seeing([(Color.RED, Shape.CUBE, (1.0, 0.3))])
    rig.runner = PlanRunner(low_camera(robot))
    detect, seen_at = rig.detect, []

    def shaded(state: RobotState) -> Detections | None:
        found = detect(state)
        if found is None:
            return None
        things = tuple(
            one for one in found.objects if not hidden.nearest < one.position[0] < hidden.farthest
        )
        seen_at.extend(math.hypot(*one.position[:2]) for one in things)
        return Detections(found.time, things)

    rig.detect = shaded
    assert rig.run(Approach(color="red")).state is PlanState.SUCCEEDED, rig.outcomes
    assert hidden.farthest < min(seen_at) < hidden.farthest + 0.1
    place = rig.backend.objects()["red_cube"]
    assert math.dist(rig.backend.truth().to_local((place.x, place.y)), robot.cells["front"]) < 0.03


def test_what_vanishes_in_the_middle_of_the_image_is_told_with_what_hides_it(
    robot: Robot, seeing: Any
) -> None:
    shaded = low_camera(robot)
    rig = seeing([(Color.RED, Shape.CUBE, (1.0, 0.3))])
    detect = rig.detect

    def blind_in_the_middle(state: RobotState) -> Detections | None:
        found = detect(state)
        aside = (
            [
                one
                for one in found.objects
                if abs(math.atan2(one.position[1], one.position[0])) > math.radians(2)
            ]
            if found
            else []
        )
        aged = (
            [one if one in aside else replace(one, age=5.0) for one in found.objects]
            if found
            else []
        )
        return Detections(found.time, tuple(aged)) if found else None

    rig.detect = blind_in_the_middle
    for one, words in ((robot, "image"), (shaded, f"image; {hidden_view_warning(shaded)}")):
        rig.runner = PlanRunner(one)
        assert rig.run(Face(color="red")).state is PlanState.FAILED
        assert (
            rig.outcomes[0].message == f"the red object does not stay in the middle of the {words}"
        )


def test_what_was_seen_before_is_faced_by_the_shorter_way(seeing: Any) -> None:
    rig = seeing([(Color.RED, Shape.CUBE, (1.0, 0.2)), (Color.BLUE, Shape.BALL, (-1.0, 0.4))])
    rig.ticks(0.5)  # it has seen the cube
    rig.run(Face(color="blue"), Face(color="red"))
    swept = rig.outcomes[1]
    # From the ball at 158 degrees back to the cube at 11: by the right, without a look around.
    assert all(
        output.twist is None or output.twist.angular <= 0.05
        for output in rig.outputs[-round(swept.duration / 0.02) :]
    )
    assert swept.duration < 5.0
    assert abs(bearing(rig, "red_cube")) < 2.0


@pytest.mark.slow
def test_what_is_nowhere_is_told_with_what_is_there(seeing: Any) -> None:
    rig = seeing(
        [
            (Color.RED, Shape.CUBE, (1.0, 0.3)),
            (Color.BLUE, Shape.BALL, (1.5, -0.3)),
            (Color.ORANGE, Shape.BALL, (-1.0, 0.0)),
        ]
    )
    for command, wanted in (
        (Face(color="green", shape="cube"), "no green cube"),
        (Face(color="green"), "nothing green"),
        (Approach(shape="cylinder"), "no cylinder"),
        (Grasp(color="red", shape="ball"), "no red ball"),
    ):
        assert rig.run(command).state is PlanState.FAILED
        assert (
            rig.outcomes[0].message
            == f"I see a blue ball, an orange ball and a red cube, but {wanted}"
        )


def test_an_empty_world_is_told(seeing: Any) -> None:
    rig = seeing([])
    assert rig.run(Face()).state is PlanState.FAILED
    assert rig.outcomes[0].message == "I looked all around and see nothing"
    assert rig.state.odometry.pose.yaw == pytest.approx(0.0, abs=0.05)  # one whole turn


@pytest.mark.parametrize(
    ("things", "says"),
    [
        ([], "I looked around and see nothing red; my camera showed me only "),
        (
            [(Color.BLUE, Shape.BALL, (1.5, -0.3))],
            "I see a blue ball, but nothing red; my camera showed me only ",
        ),
    ],
)
def test_a_look_around_without_images_is_none_all_around(
    seeing: Any, things: list[Any], says: str
) -> None:
    rig = seeing(things)
    see, dark = rig.detect, (math.radians(90.0), math.radians(240.0))

    def blink(state: RobotState) -> Detections | None:
        told = see(state)
        return None if dark[0] < rig.backend.truth().yaw % (2 * math.pi) < dark[1] else told

    rig.detect = blink
    assert rig.run(Face(color="red")).state is PlanState.FAILED
    message = rig.outcomes[0].message
    assert message.startswith(says) and message.endswith(" of the 360 degrees")
    view = 2 * math.atan(rig.backend.robot.camera.width / 2 / rig.backend.robot.camera.focal_px)
    shown = int(message.removeprefix(says).split()[0])
    assert shown == pytest.approx(360.0 - (150.0 - math.degrees(view)), abs=12.0)


@pytest.mark.parametrize("command", [Face(), Approach(shape="cube")])
def test_without_detections_nothing_moves(rig: Rig, command: Any) -> None:
    assert rig.run(command).state is PlanState.FAILED
    assert rig.outcomes[0].message == NO_DETECTIONS
    assert rig.state.odometry.pose.yaw == 0.0


def test_old_detections_are_none(rig: Rig) -> None:
    rig.detect = lambda state: Detections(
        state.time - 5.0, (Detection(1, "red", "cube", (1.0, 0.0, 0.02)),)
    )
    rig.run(Face())
    assert rig.outcomes[0].message == NO_DETECTIONS


def test_a_detection_at_no_number_is_not_driven_to(rig: Rig) -> None:
    rig.detect = lambda state: Detections(
        state.time, (Detection(1, "red", "cube", (math.nan, 0.0, 0.02)),)
    )
    assert rig.run(Approach(color="red")).state is PlanState.FAILED
    assert rig.outcomes[0].message == "I looked all around and see nothing red"


def test_two_of_a_kind_are_counted(seeing: Any) -> None:
    rig = seeing([(Color.BLUE, Shape.BALL, (1.0, 0.3)), (Color.BLUE, Shape.BALL, (1.0, -0.3))])
    rig.run(Face(color="red"))
    assert rig.outcomes[0].message == "I see two blue balls, but nothing red"


def shapeless(rig: Rig, name: str) -> None:
    """From here on the camera cannot tell the shape of things of that color."""
    ideal = rig.detect
    rig.detect = lambda state: Detections(
        (seen := ideal(state) or Detections(-1.0)).time,
        tuple(replace(one, shape=None) if one.color == name else one for one in seen.objects),
    )


def test_the_only_thing_that_can_be_meant_is_faced_and_what_is_not_known_is_told(
    seeing: Any,
) -> None:
    rig = seeing([(Color.RED, Shape.CUBE, (1.4, 0.3)), (Color.BLUE, Shape.BALL, (-1.0, 0.3))])
    shapeless(rig, "red")
    status = rig.run(Face(color="red", shape="cube"))
    assert status.state is PlanState.SUCCEEDED and abs(bearing(rig, "red_cube")) < 2.0
    assert status.message.endswith("its shape cannot be told from here")


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (Approach(color="red", shape="cube"), "the red thing is in front of the arm"),
        (Grasp(color="red", shape="cube"), "holding the red thing"),
        (
            Approach(color="red", shape="cube", relation="in_front_of"),
            "in front of the red thing, 0.40 m from it",
        ),
    ],
)
def test_what_is_done_with_a_thing_of_unknown_shape_is_told_with_that(
    seeing: Any, command: Any, said: str
) -> None:
    rig = seeing([(Color.RED, Shape.CUBE, (0.8, 0.1)), (Color.BLUE, Shape.BALL, (-1.0, 0.3))])
    shapeless(rig, "red")
    assert rig.run(command).state is PlanState.SUCCEEDED, rig.outcomes
    assert rig.outcomes[0].message == f"{said}; its shape cannot be told from here"


def test_of_two_that_can_be_meant_none_is_claimed(seeing: Any) -> None:
    rig = seeing([(Color.RED, Shape.CUBE, (1.4, 0.3)), (Color.RED, Shape.BALL, (-1.4, 0.3))])
    shapeless(rig, "red")
    assert rig.run(Face(color="red", shape="cube")).state is PlanState.FAILED
    assert (
        rig.outcomes[0].message
        == "I see two red things, but cannot tell which is the cube from here; "
        'say "go to" to come nearer'
    )


@pytest.mark.parametrize("else_told", [None, "ball"])  # elsewhere than in the middle of the image
def test_what_cannot_be_told_in_passing_is_looked_at_closely(
    seeing: Any, else_told: str | None
) -> None:
    rig = seeing([(Color.RED, Shape.CUBE, (-1.4, 0.3)), (Color.RED, Shape.BALL, (1.4, 0.3))])
    ideal = rig.detect

    def told_in_the_middle(state: Any) -> Detections:
        seen = ideal(state) or Detections(-1.0)
        closely = [
            abs(math.atan2(one.position[1], one.position[0])) < 0.05 and one.age == 0.0
            for one in seen.objects
        ]
        return Detections(
            seen.time,
            tuple(
                one if middle else replace(one, shape=else_told)
                for one, middle in zip(seen.objects, closely, strict=True)
            ),
        )

    rig.detect = told_in_the_middle
    assert rig.run(Face(color="red", shape="cube")).state is PlanState.SUCCEEDED, rig.outcomes
    assert abs(bearing(rig, "red_cube")) < 2.0
    assert rig.outcomes[0].message.startswith("facing the red cube, ")


def test_what_has_another_shape_from_far_away_is_looked_at_from_near(seeing: Any) -> None:
    rig = seeing([(Color.RED, Shape.CUBE, (1.4, 0.3))])
    ideal = rig.detect

    def far_ones_look_round(state: Any) -> Detections:
        seen = ideal(state) or Detections(-1.0)
        return Detections(
            seen.time,
            tuple(
                replace(one, shape="ball") if math.hypot(*one.position[:2]) > 0.7 else one
                for one in seen.objects
            ),
        )

    rig.detect = far_ones_look_round
    assert rig.run(Approach(color="red", shape="cube")).state is PlanState.SUCCEEDED
    assert rig.outcomes[0].message == "the red cube is in front of the arm"


def test_a_shape_that_was_told_once_is_believed_until_another_is_told(seeing: Any) -> None:
    """In the middle of the image it cannot be told, beside it it can.

    Without a memory it would turn to and fro.
    """
    rig = seeing([(Color.RED, Shape.CUBE, (1.4, 0.9)), (Color.RED, Shape.BALL, (-1.4, 0.3))])
    ideal = rig.detect

    def unsure(state: Any) -> Detections:
        seen = ideal(state) or Detections(-1.0)
        vague = [
            abs(math.atan2(one.position[1], one.position[0])) < 0.1 and one.shape == "cube"
            for one in seen.objects
        ]
        return Detections(
            seen.time,
            tuple(
                replace(one, shape=None if no else one.shape)
                for one, no in zip(seen.objects, vague, strict=True)
            ),
        )

    rig.detect = unsure
    assert rig.run(Face(color="red", shape="cube")).state is PlanState.SUCCEEDED
    assert abs(bearing(rig, "red_cube")) < 2.0


def test_a_shape_that_was_told_from_afar_alone_is_not_claimed_beside_another(seeing: Any) -> None:
    """From near it cannot be told, and the one that is meant lies elsewhere."""
    rig = seeing([(Color.RED, Shape.BALL, (1.2, 0.2)), (Color.RED, Shape.CUBE, (1.8, -0.6))])
    ideal = rig.detect

    def misled(state: Any) -> Detections:
        seen = ideal(state) or Detections(-1.0)
        far = [math.hypot(*one.position[:2]) > 0.9 for one in seen.objects]
        told = [
            "cube" if away else None if one.shape == "ball" else one.shape
            for one, away in zip(seen.objects, far, strict=True)
        ]
        things = zip(seen.objects, told, strict=True)
        return Detections(seen.time, tuple(replace(one, shape=shape) for one, shape in things))

    rig.detect = misled
    assert rig.run(Approach(color="red", shape="cube")).state is PlanState.FAILED
    assert rig.outcomes[0].message == "I see two red things, but cannot tell which is the cube"


def test_the_unclear_one_is_meant_where_the_others_are_known_to_be_something_else(
    seeing: Any,
) -> None:
    rig = seeing([(Color.RED, Shape.CUBE, (1.4, 0.3)), (Color.RED, Shape.BALL, (-1.4, 0.3))])
    ideal = rig.detect
    rig.detect = lambda state: Detections(
        (seen := ideal(state) or Detections(-1.0)).time,
        tuple(replace(one, shape=None) if one.shape == "cube" else one for one in seen.objects),
    )
    assert rig.run(Face(color="red", shape="cube")).state is PlanState.SUCCEEDED
    assert abs(bearing(rig, "red_cube")) < 2.0


def test_of_two_that_stay_unclear_from_near_none_is_said_to_be_it(seeing: Any) -> None:
    rig = seeing([(Color.RED, Shape.CUBE, (1.0, 0.3)), (Color.RED, Shape.BALL, (1.1, -0.4))])
    shapeless(rig, "red")
    assert rig.run(Approach(color="red", shape="ball")).state is PlanState.FAILED
    assert rig.outcomes[0].message == "I see two red things, but cannot tell which is the ball"
