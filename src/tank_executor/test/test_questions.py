"""Questions are answered beside what runs, which does not notice."""

from typing import Any

import pytest
from executor_rig import Rig

from tank_core.commands import (
    Color,
    Face,
    GoBack,
    Move,
    Past,
    Report,
    Shape,
    Stop,
    Topic,
    Turn,
    Wait,
)
from tank_core.mock_backend import MockBackend
from tank_core.robot import Robot
from tank_core.state import Odometry, Pose2D, RobotState
from tank_executor.plan import Plan, PlanState, PlanStatus, StepStatus
from tank_executor.plan_runner import MAX_QUEUED
from tank_executor.running.plan_run import STATE_PATIENCE_S, Output
from tank_executor.script import STILL

DRIVE = Plan((Move("forward", 0.8), Turn("left", 60.0), Move("forward", 0.3)), "drive on")
WHERE = Report(Topic.POSITION)


def question(*reports: Report) -> Plan:
    return Plan(reports or (WHERE,), "where are you")


def ends(rig: Rig) -> dict[int, PlanStatus]:
    """Return the end of each plan, by its identity; each once."""
    found: dict[int, PlanStatus] = {}
    for change in rig.runner.take_changes():
        if change.plan is not None and change.state is not PlanState.RUNNING:
            assert id(change.plan) not in found
            found[id(change.plan)] = change
    return found


def test_a_drive_that_is_asked_all_the_time_is_the_same_to_the_last_digit(robot: Robot) -> None:
    courses = []
    for asked in (False, True):
        rig = Rig(MockBackend(robot))
        rig.runner.submit(DRIVE)
        rig.runner.submit(Plan((GoBack(Past.BEFORE),)))
        number = 0
        while rig.runner.running and rig.now < 60.0:
            if asked and number % 10 == 5 and rig.runner.status.state is PlanState.RUNNING:
                for what in Topic:
                    rig.runner.submit(question(Report(what)))
            rig.tick()
            number += 1
        sent = [output for output in rig.outputs if output != Output()]
        courses.append((sent, rig.state.odometry.pose))
    assert courses[0] == courses[1]


def test_it_is_answered_at_once_with_an_end_of_its_own(rig: Rig) -> None:
    rig.runner.submit(DRIVE)
    waits = Plan((Wait(0.1),))
    rig.runner.submit(waits)
    rig.ticks(1.0)
    asked = question(WHERE, Report(Topic.HOLDING))
    assert rig.runner.submit(asked) is None
    rig.ticks(0.1)
    answered = ends(rig)[id(asked)]
    assert answered.state is PlanState.SUCCEEDED
    answer = answered.outcomes[0].answer
    assert answer is not None and answer.pose is not None and answer.pose.x > 0.2
    assert rig.runner.status.plan is DRIVE and rig.runner.status.queued == 1
    while rig.runner.running:
        rig.tick()
    assert {state.state for state in ends(rig).values()} == {PlanState.SUCCEEDED}


def test_a_question_within_a_list_keeps_its_place(rig: Rig) -> None:
    status = rig.run(Move("forward", 0.3), WHERE, Move("forward", 0.3))
    answer = status.outcomes[1].answer
    assert answer is not None and answer.pose is not None
    assert answer.pose.x == pytest.approx(0.3, abs=0.01)


def test_a_question_that_cannot_be_answered_fails_alone(rig: Rig) -> None:
    rig.runner.submit(DRIVE)
    rig.ticks(0.5)
    asked = question(Report(Topic.OBJECTS))
    rig.runner.submit(asked)
    while rig.runner.running:
        rig.tick()
    ended = ends(rig)
    assert "I cannot see: no camera" in ended[id(asked)].message
    assert ended[id(DRIVE)].state is PlanState.SUCCEEDED


@pytest.mark.parametrize("how", ["method", "command"])
def test_a_stop_ends_the_questions_too(rig: Rig, how: str) -> None:
    rig.runner.submit(DRIVE)
    rig.ticks(0.5)
    asked = question(Report(Topic.OBJECTS))  # without a camera it is looked for
    rig.runner.submit(asked)
    rig.tick()
    if how == "method":
        output = rig.runner.stop("enough")
    else:
        rig.runner.submit(Plan((Stop(),)))
        output = rig.runner.take_output()
    assert output.twist == STILL and not rig.runner.running
    ended = ends(rig)
    assert ended[id(asked)].state is ended[id(DRIVE)].state is PlanState.STOPPED


def test_taking_a_question_back_stops_nothing(rig: Rig) -> None:
    rig.runner.submit(DRIVE)
    rig.ticks(0.5)
    asked = question(Report(Topic.OBJECTS))
    rig.runner.submit(asked)
    rig.tick()
    assert rig.runner.cancel(asked, "cancelled").twist is None
    assert ends(rig)[id(asked)].outcomes[0].status is StepStatus.STOPPED
    assert rig.tick().twist != STILL and rig.runner.status.plan is DRIVE


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (lambda rig: rig.runner.world_reset(rig.now), "the world was reset"),
        (lambda rig: rig.runner.fail("the robot is gone"), "the robot is gone"),
        (lambda rig: rig.runner.step(RobotState(0.0), None, 0.0), "the clock went back"),
        (lambda rig: _jump(rig), "odometry jumped"),
        (lambda rig: _silence(rig), "no odometry"),
    ],
)
def test_what_ends_the_plan_that_runs_ends_its_questions(rig: Rig, broken: Any, said: str) -> None:
    rig.runner.submit(DRIVE)
    rig.ticks(0.5)
    asked = question(Report(Topic.OBJECTS))
    rig.runner.submit(asked)
    rig.tick()
    broken(rig)
    ended = ends(rig)
    assert said in ended[id(asked)].message and said in ended[id(DRIVE)].message


def _jump(rig: Rig) -> None:
    there = Odometry(Pose2D(-7.0))
    rig.runner.step(RobotState(rig.now, there, rig.state.joints), None, rig.now)


def _silence(rig: Rig) -> None:
    rig.runner.step(None, None, rig.now + STATE_PATIENCE_S)


def test_questions_are_no_way_around_the_limit(rig: Rig) -> None:
    rig.runner.submit(DRIVE)
    rig.ticks(0.1)
    for _ in range(MAX_QUEUED):
        assert rig.runner.submit(question()) is None
    assert "wait already" in (rig.runner.submit(question()) or "")


@pytest.mark.parametrize(
    ("plan", "after", "said"),
    [
        (DRIVE, 1.0, "I am doing “drive on”: step 1 of 3, move forward 0.8 m. I am moving."),
        (Plan((Wait(5.0),)), 1.0, "I am doing this: wait 5 s. I stand still."),
    ],
)
def test_what_it_is_doing_is_what_runs(rig: Rig, plan: Plan, after: float, said: str) -> None:
    rig.runner.submit(plan)
    rig.ticks(after)
    asked = question(Report(Topic.STATUS))
    rig.runner.submit(asked)
    rig.tick()
    assert ends(rig)[id(asked)].message == said
    rig.runner.submit(Plan((Wait(1.0),)))
    asked = question(Report(Topic.STATUS))
    rig.runner.submit(asked)
    rig.tick()
    assert "One request waits." in ends(rig)[id(asked)].message


def test_beside_a_search_it_tells_what_the_camera_sees(seeing: Any) -> None:
    rig = seeing([(Color.RED, Shape.CUBE, (0.8, 0.1))])
    rig.runner.submit(Plan((Face(color="blue"),)))
    rig.ticks(0.5)
    asked = question(Report(Topic.OBJECTS, Color.RED))
    rig.runner.submit(asked)
    rig.ticks(1.0)
    assert "red cube" in ends(rig)[id(asked)].message and rig.runner.running
