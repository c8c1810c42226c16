"""report says what the truth is, and sends nothing."""

import math
import re
from dataclasses import replace
from typing import Any

import pytest
from executor_rig import Rig

from tank_core.commands import Color, Grasp, Move, Report, Shape, Topic, Turn, Wait
from tank_core.mock_backend import MockBackend
from tank_core.robot import Robot
from tank_core.state import Detection, Detections, Twist2D
from tank_executor.findings import Answer
from tank_executor.motion.travel import Compass
from tank_executor.plan import Plan, PlanState
from tank_executor.plan_runner import PlanRunner

RED = (Color.RED, Shape.CUBE, (0.6, 0.2))
ORANGE = (Color.ORANGE, Shape.BALL, (0.8, 0.0)), (Color.ORANGE, Shape.CUBE, (0.7, -0.3))
BLUE = (Color.BLUE, Shape.BALL, (-0.5, 0.5))
FAR = (Color.GREEN, Shape.CUBE, (2.2, 0.8))


def ask(rig: Rig, report: Report, *before: Any) -> Answer:
    status = rig.run(*before, report)
    assert status.state is PlanState.SUCCEEDED, status.message
    answer = status.outcomes[-1].answer
    assert answer is not None and answer.text == status.outcomes[-1].message
    return answer


@pytest.mark.parametrize(
    ("report", "begins"),
    [
        (
            Report(Topic.OBJECTS, Color.RED),
            "I see a red cube 0.63 m away, 18 degrees to the left.",
        ),
        (
            Report(Topic.OBJECTS, Color.ORANGE),
            "I see two orange things: an orange cube 0.76 m away, 23 degrees to the right; and "
            "an orange ball 0.80 m straight ahead.",
        ),
        (Report(Topic.OBJECTS, shape=Shape.CUBE), "I see two cubes: a red cube 0.63 m away"),
        (Report(Topic.OBJECTS, Color.PURPLE), "I see no purple thing from here."),
        (Report(Topic.OBJECTS, Color.BLUE, Shape.BALL), "I see no blue ball from here."),
        (Report(Topic.OBJECTS, Color.RED, Shape.BALL), "I see no red ball from here."),
        (Report(Topic.OBJECTS), "I see four things: a red cube 0.63 m away"),
        (
            Report(Topic.OBJECTS, Color.GREEN),
            "I see a green thing (a cube, I think) about 2.3 m away, about 20 degrees to the left.",
        ),
    ],
)
def test_what_is_in_sight_is_counted_named_and_placed(
    seeing: Any, report: Report, begins: str
) -> None:
    rig = seeing([RED, *ORANGE, BLUE, FAR])
    assert ask(rig, report).text.startswith(begins)


def test_what_stands_on_another_thing_is_seen_and_told_with_that(rig: Rig) -> None:
    stack = [
        Detection(number, color, "cube", (0.6, 0.0, height), (0.04, 0.04, 0.04), 0.9)
        for number, (color, height) in enumerate([("red", 0.06), ("blue", 0.02), ("blue", 0.061)])
    ]
    rig.detect = lambda state: Detections(state.time, tuple(stack[:2]))
    on = "a red cube 0.60 m straight ahead, on the blue cube"
    assert ask(rig, Report(Topic.OBJECTS, Color.RED)).text == f"I see {on}."
    assert f"two cubes: {on}; and a blue" in ask(rig, Report(Topic.OBJECTS, shape="cube")).text
    rig.detect = lambda state: Detections(state.time, tuple(stack[1:]))
    assert ask(rig, Report(Topic.OBJECTS, Color.BLUE)).text.startswith("I see two blue things: ")


def test_what_one_image_shows_on_a_thing_and_the_next_behind_it_is_one(rig: Rig) -> None:
    size = (0.04, 0.04, 0.04)
    told = (
        Detection(1, "red", "cube", (1.1, 0.0, 0.06), size, 0.9, age=0.2),
        Detection(2, "blue", "cube", (1.1, 0.0, 0.02), size, 0.9),
        Detection(3, "red", "cube", (1.2, 0.0, 0.02), size, 0.9),
    )
    rig.detect = lambda state: Detections(state.time, told)
    text = ask(rig, Report(Topic.OBJECTS, Color.RED)).text
    assert text.startswith("I see a red thing (a cube, I think) 1.10 m straight ahead, on the blue")
    assert "Perhaps one more: a red thing" in text


def test_what_seems_to_hang_though_nothing_is_held_is_perhaps_there(rig: Rig) -> None:
    high = Detection(1, "red", "cube", (0.6, 0.0, 0.12), (0.04, 0.04, 0.04), 0.9)
    rig.detect = lambda state: Detections(state.time, (high,))
    assert ask(rig, Report(Topic.OBJECTS, Color.RED)).text == (
        "I see no red thing for sure from here. Perhaps: a red cube about 0.6 m straight ahead."
    )


def test_the_limits_of_what_it_knows_are_told_to_who_asks_for_everything(seeing: Any) -> None:
    rig = seeing([RED])
    assert ask(rig, Report(Topic.OBJECTS)).text.endswith(
        "I know only cubes, balls, cylinders and eight colors."
    )


@pytest.mark.slow
def test_what_left_the_image_is_remembered_with_its_age_for_a_minute(seeing: Any) -> None:
    rig = seeing([RED])
    report = Report(Topic.OBJECTS, Color.RED)
    text = ask(rig, report, Wait(1.0), Turn("left", 150.0)).text
    assert re.match(
        r"I see no red thing from here. I remember a red cube about 0.6 m away, about 130 "
        r"degrees to the right, [2-5] s ago.$",
        text,
    )
    answer = ask(rig, report, Wait(20.0))
    (thing,) = answer.objects
    pose, truth = rig.backend.truth(), rig.backend.objects()["red_cube"]
    assert math.dist(thing.position[:2], pose.to_local((truth.x, truth.y))) < 0.02
    assert 20.0 < thing.age < 30.0
    assert ask(rig, report, Wait(45.0)).text == "I see no red thing from here."


@pytest.mark.slow
def test_of_a_camera_that_fell_silent_nothing_counts_as_seen(seeing: Any) -> None:
    rig = seeing([RED])
    rig.ticks(1.0)
    silent, rig.detect = rig.detect(rig.state), None
    assert silent is not None
    text = ask(rig, Report(Topic.OBJECTS, Color.RED), Wait(9.0)).text
    assert re.match(
        r"The camera has told nothing for 1[12] s. I remember a red cube about 0.6 m .* ago.$",
        text,
    )
    rig.ticks(60.0)
    assert rig.run(Report(Topic.OBJECTS)).state is PlanState.FAILED


def test_no_camera_is_told_with_the_cure(rig: Rig) -> None:
    status = rig.run(Report(Topic.OBJECTS))
    assert status.state is PlanState.FAILED
    assert "I cannot see: no camera detections; " in status.message
    assert "./tank doctor" in status.message


@pytest.mark.parametrize("what", list(Topic))
def test_nothing_is_sent_even_where_it_fails(rig: Rig, what: Topic) -> None:
    rig.outputs.clear()
    rig.run(Report(what))
    assert all(output.twist is None and output.trajectory is None for output in rig.outputs)


@pytest.mark.parametrize("report", [Report(Topic.POSITION), Report(Topic.STATUS)])
def test_while_somebody_else_moves_the_robot_it_says_so_and_does_not_stop_it(
    rig: Rig, report: Report
) -> None:
    other = Twist2D(0.2, 0.0)
    rig.controller.command_twist(other, rig.now)
    rig.ticks(0.2)
    rig.runner.submit(Plan((report,)))
    rig.ticks(0.1)
    assert rig.runner.status.state is PlanState.SUCCEEDED
    assert re.search(
        r"I am (being moved|moving, so this is of just now)\.$", rig.outcomes[0].message
    )
    assert rig.state.odometry.twist == other


def test_what_it_sees_while_somebody_else_moves_it_is_told_as_of_just_now(seeing: Any) -> None:
    rig = seeing([(Color.RED, Shape.CUBE, (1.6, 0.2))])
    rig.ticks(0.5)
    rig.runner.submit(Plan((Report(Topic.OBJECTS, Color.RED),)))
    for _ in range(25):
        rig.controller.command_twist(Twist2D(0.2, 0.0), rig.now)
        rig.tick()
        if rig.runner.status.state is PlanState.SUCCEEDED:
            break
    message = rig.outcomes[0].message
    assert "I see a red " in message and message.endswith("I am moving, so this is of just now.")
    assert rig.state.odometry.twist.linear > 0.1


def test_position_is_that_of_the_start_with_the_way_between(rig: Rig) -> None:
    assert ask(rig, Report(Topic.POSITION)).text == (
        "I am where I started, facing as I did there. I have driven 0.00 m. I do not know where "
        "north is; turn me there and say: this is north."
    )
    moves = Move("forward", 1.0), Turn("right", 90.0), Move("backward", 0.5)
    answer = ask(rig, Report(Topic.POSITION), *moves)
    assert answer.text.startswith(
        "I am 1.00 m ahead and 0.50 m to the left of where I started, turned 90 degrees to the "
        "right. I have driven 1.50 m."
    )
    assert answer.pose == rig.state.odometry.pose and answer.way == pytest.approx(1.5, abs=0.01)


def test_position_tells_its_error_and_the_heading(robot: Robot) -> None:
    rig = Rig(MockBackend(robot))
    rig.runner = PlanRunner(robot, compass=Compass(math.pi / 2))
    rig.ticks(0.1)
    state = rig.state

    def unsure() -> Any:
        odometry = replace(state.odometry, variance=(1e-4, 1e-4, 4e-4))
        return replace(state, time=rig.now, odometry=odometry)

    rig.runner.submit(Plan((Report(Topic.POSITION),)))
    rig.runner.step(unsure(), None, rig.now)
    answer = rig.outcomes[0].answer
    assert answer is not None and "(give or take 3 cm and 3 degrees)" in answer.text
    assert answer.text.endswith("My heading is 90 degrees (east), give or take 3 degrees.")
    assert answer.heading_deg == pytest.approx(90.0)


@pytest.mark.slow
def test_holding_goes_by_the_fingers(seeing: Any, robot: Robot) -> None:
    rig = seeing([(Color.RED, Shape.CUBE, robot.cell(None))])
    report = Report(Topic.HOLDING)
    assert ask(rig, report).text == "I hold nothing."
    answer = ask(rig, report, Grasp(color="red"))
    assert answer.text == "I hold the red cube; my fingers feel it."
    assert answer.held == "the red cube" and rig.backend.held() == "red_cube"
    seen = ask(rig, Report(Topic.OBJECTS, Color.RED)).text
    assert seen == "I see no red thing from here beside the red cube, which I hold."


def test_what_is_no_longer_between_the_fingers_was_lost(rig: Rig) -> None:
    rig.runner._memory.holding, rig.runner._memory.held = True, "the red cube"
    answer = ask(rig, Report(Topic.HOLDING))
    assert answer.text == "I hold nothing any more: I lost the red cube."
    assert answer.held == ""
    assert ask(rig, Report(Topic.HOLDING)).text == answer.text


@pytest.mark.slow
def test_fingers_that_feel_nothing_do_not_claim(kit_rig: Any, kit: Robot) -> None:
    rig = kit_rig([(Color.RED, Shape.CUBE, kit.cell(None), 0.03)])
    ask(rig, Report(Topic.HOLDING), Grasp(color="red"))
    rig.detect = lambda state: Detections(state.time)  # it is not between the fingers any more
    rig.ticks(1.5)
    answer = ask(rig, Report(Topic.HOLDING))
    assert answer.held == "perhaps the red cube" and "it may have been lost since" in answer.text
    seen = ask(rig, Report(Topic.OBJECTS, Color.RED)).text
    assert "beside the red cube, which I picked up" in seen


@pytest.mark.parametrize(
    ("volts", "charge", "says"),
    [
        (7.61, 0.54, "The battery has 7.6 V, about 54 % of its charge."),
        (7.61, None, "The battery has 7.6 V."),
        (None, None, "I cannot tell: this robot does not measure its battery"),
        (math.nan, None, "I cannot tell: the battery gives no reading"),
    ],
)
def test_battery(rig: Rig, volts: float | None, charge: float | None, says: str) -> None:
    read = rig.controller.step

    def step(now: float) -> Any:
        return replace(read(now), battery_v=volts, battery_charge=charge)

    rig.controller.step = step
    rig.ticks(0.02)
    rig.run(Report(Topic.BATTERY))
    assert rig.outcomes[0].message.startswith(says)


def test_status_is_how_the_last_request_ended_and_questions_are_none(rig: Rig) -> None:
    report = Report(Topic.STATUS)
    assert ask(rig, report).text == "I have done nothing yet. I stand still."
    rig.run(Wait(0.1))
    for _ in range(2):
        assert ask(rig, report).text == (
            "The last thing I did was wait 0.1 s; it worked. I stand still."
        )
    rig.run(Report(Topic.BATTERY))
    rig.run(Grasp(color="red"))
    text = ask(rig, report).text
    assert text.startswith("The last thing I did was grasp the red object; it did not work: step 1")


def test_status_as_a_step_tells_of_the_steps_before_it(rig: Rig) -> None:
    answer = ask(rig, Report(Topic.STATUS), Turn("left", 10.0), Wait(0.1))
    assert answer.text == (
        "Of this request I have done: turn left 10 degrees; and wait 0.1 s. I stand still."
    )
