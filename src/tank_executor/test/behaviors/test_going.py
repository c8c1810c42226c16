"""Places are found again, round what stands there; by the simulator's truth."""

import math
import random
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from executor_rig import Rig

from tank_core.commands import (
    Arm,
    ArmPose,
    Color,
    GoBack,
    GoTo,
    Grasp,
    Move,
    MoveDirection,
    Past,
    Release,
    Remember,
    Shape,
    Side,
    Stop,
    Turn,
    Wait,
)
from tank_core.geometry import Pose2D
from tank_core.robot import Robot
from tank_core.state import Odometry, RobotState
from tank_executor import places
from tank_executor.motion.drift import Doubt
from tank_executor.motion.landmarks import Landmark
from tank_executor.motion.route import Footprint
from tank_executor.places import SURELY
from tank_executor.plan import Plan, PlanState, StepStatus
from tank_executor.script import STILL
from tank_sim.mujoco_backend import MujocoBackend
from tank_sim.worlds import World
from tank_sim.worlds.world import Fixture, Scene

Seeing = Callable[..., Rig]
PLACE_M, HEADING_RAD = 0.08, math.radians(4.0)


def tour(seed: int, legs: int = 4) -> list[Move | Turn]:
    dice = random.Random(seed)
    steps: list[Move | Turn] = []
    for _ in range(legs):
        steps.append(Turn(dice.choice(list(Side)), dice.uniform(20, 160)))
        steps.append(Move(dice.choice(list(MoveDirection)), dice.uniform(0.2, 0.8)))
    return steps


def assert_at(rig: Rig, pose: Pose2D) -> None:
    there = rig.backend.truth()
    assert there.distance(pose) <= PLACE_M
    assert there.turned(pose) <= HEADING_RAD


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_a_place_is_found_after_any_tour(robot: Robot, seed: int) -> None:
    rig = Rig(MujocoBackend(robot))
    rig.run(Turn("left", 40.0), Move("forward", 0.3))
    kitchen = rig.backend.truth()
    assert rig.run(Remember(place="kitchen"), *tour(seed)).state is PlanState.SUCCEEDED
    before = rig.backend.truth()
    status = rig.run(GoTo("kitchen"))
    assert status.state is PlanState.SUCCEEDED
    assert status.message.startswith("at the kitchen, give or take ")
    assert_at(rig, kitchen)
    rig.run(GoBack(Past.BEFORE))
    assert_at(rig, before)


def test_here_is_where_the_request_began(rig: Rig) -> None:
    rig.run(Move("forward", 0.4))
    began = rig.state.odometry.pose
    status = rig.run(Turn("left", 70.0), Move("forward", 0.5), GoBack(Past.HERE))
    assert status.state is PlanState.SUCCEEDED
    assert re.fullmatch(
        r"back where I was asked, give or take \d+ cm, by odometry alone", status.message
    )
    assert rig.state.odometry.pose.distance(began) <= PLACE_M
    assert rig.state.odometry.pose.turned(began) <= HEADING_RAD


def test_home_once_remembered_is_where_going_back_to_the_start_leads(rig: Rig) -> None:
    rig.run(Move("forward", 0.5), Remember(place="home"), Move("forward", 0.3))
    assert rig.run(GoBack(Past.START)).message.startswith("at home, ")
    assert abs(rig.state.odometry.pose.x - 0.5) <= PLACE_M


def test_a_place_remembered_again_is_moved_and_that_is_said(rig: Rig) -> None:
    told = rig.run(Remember(place="dock"), Move("forward", 0.3), Remember(place="dock"))
    assert told.outcomes[0].message == "this is the dock"
    assert told.message == "moved the dock to here"


@pytest.mark.parametrize(
    ("before", "wanted", "reason"),
    [
        (
            [Remember(place="base"), Remember(place="dock")],
            GoTo("kitchen"),
            "I know no place called kitchen; I know base and dock. Stand there and say: this is "
            "the kitchen",
        ),
        ([], GoTo("kitchen"), "I know no place called kitchen; I know none yet."),
        ([], GoBack(Past.BEFORE), "I have not moved since I was started"),
    ],
)
def test_what_is_not_known_moves_nothing(
    rig: Rig, before: list[Remember], wanted: GoTo | GoBack, reason: str
) -> None:
    if before:
        rig.run(*before)
    rig.outputs.clear()
    status = rig.run(wanted)
    assert status.state is PlanState.FAILED and reason in status.message
    assert all(
        output.twist is None or (output.twist.linear, output.twist.angular) == (0.0, 0.0)
        for output in rig.outputs
    )


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (RobotState(5.0, Odometry(Pose2D(2.0))), r"odometry jumped by 2\.00 m"),
        (RobotState(0.0), r"the clock went back by [\d.]+ s"),
    ],
)
def test_a_robot_that_was_carried_or_reset_says_that_it_forgot(
    rig: Rig, state: RobotState, reason: str
) -> None:
    rig.run(Remember(place="kitchen"), Wait(1.0))
    state = replace(state, time=state.time and rig.now + 0.02)
    now, runner = state.time, rig.runner
    runner.step(state, None, now)
    for told in (
        f"I lost my bearings \\({reason}\\), and forgot kitchen; show me",
        "no place called",
    ):
        runner.submit(Plan((GoTo("kitchen"),)))
        for _ in range(3):
            now += 0.02
            output = runner.step(replace(state, time=now), None, now)
            assert output.twist is None or output.twist == STILL
        assert runner.status.state is PlanState.FAILED
        assert re.search(told, runner.status.message), runner.status.message


def test_a_place_that_may_be_elsewhere_is_no_arrival(rig: Rig) -> None:
    rest = Doubt.about((0.0, 0.0), 0.3**2, 0.0)
    rig.run(Wait(0.1))
    rig.runner.places.put("dock", Pose2D(0.5, 0.0), rest, ())
    status = rig.run(GoTo("dock"), Move("forward", 0.3))
    assert status.state is PlanState.FAILED
    assert (
        "I drove to the dock by odometry alone, and may be 0.8 m off: I saw nothing there to know "
        "it by" in status.message
    )
    assert abs(rig.state.odometry.pose.x - 0.5) <= PLACE_M


def test_an_arm_that_is_up_is_folded_before_the_way(rig: Rig) -> None:
    names = rig.backend.robot.arm.joint_names
    rig.run(Remember(place="dock"), Move("forward", 0.3), Arm(ArmPose.UP))
    assert rig.runner.submit(Plan((GoTo("dock"),))) is None
    while not (rig.tick().twist or STILL).linear:
        assert rig.runner.running
    folded = [rig.state.joints[name].position for name in names]
    assert folded == pytest.approx(rig.backend.robot.arm.home, abs=0.05)


def test_a_world_that_was_reset_takes_the_names_with_it_and_the_book_stays_the_same(
    rig: Rig,
) -> None:
    book = rig.runner.places
    rig.run(Move("forward", 0.3), Remember(place="dock"))
    rig.runner.world_reset(rig.now)
    rig.ticks(0.2)
    assert rig.runner.places is book and book.names == []
    lost = "I lost my bearings (the world was reset), and forgot dock; show me again"
    assert lost in rig.run(GoTo("dock")).message
    assert "I know no place called dock" in rig.run(GoTo("dock")).message
    rig.runner.world_reset(rig.now)
    rig.run(Move("forward", 0.3))
    assert rig.run(GoBack(Past.START)).state is PlanState.SUCCEEDED


@pytest.mark.slow
def test_the_way_leads_round_what_stands_there(seeing: Seeing) -> None:
    rig = seeing([("red", "cube", (0.8, 0.0)), ("blue", "ball", (0.8, 0.3))])
    rig.run(Wait(0.5))
    there = Pose2D(1.6, 0.0, 0.0)
    rig.runner.places.put("far", there, SURELY, ())
    before = {name: (one.x, one.y) for name, one in rig.backend.objects().items()}
    assert rig.run(GoTo("far")).state is PlanState.SUCCEEDED
    assert_at(rig, there)
    for name, one in rig.backend.objects().items():
        assert math.dist(before[name], (one.x, one.y)) < 0.005


def test_a_place_that_is_taken_is_refused_and_nothing_is_pushed(seeing: Seeing) -> None:
    rig = seeing([("red", "cube", (0.8, 0.02))])
    rig.run(Wait(0.5))
    rig.runner.places.put("dock", Pose2D(0.8, 0.0), SURELY, ())
    status = rig.run(GoTo("dock"))
    assert status.state is PlanState.FAILED
    assert "I cannot stand at the dock: the red cube is in the way" in status.message
    assert math.dist((0.8, 0.02), _place(rig)) < 0.005


def test_a_place_that_only_seems_to_be_taken_is_looked_for_before_it_is_given_up(
    seeing: Seeing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "DRIFTED_M", 0.0)  # this odometry hardly drifts by itself
    behind = ("blue", "ball", (-0.8, 0.5)), ("green", "cube", (-0.9, -0.4))
    rig = seeing([("red", "cube", (0.8, 0.0)), *behind])
    rig.run(Wait(0.5))
    off = 0.35  # by which odometry has drifted since the place was kept
    marks = tuple(Landmark(color, shape, (x + off, y), 1e-4) for color, shape, (x, y) in behind)
    rig.runner.places.put(
        "dock", Pose2D(0.4 + off, 0.0), Doubt.about((0.0, 0.0), 0.04, 0.01), marks
    )
    assert rig.run(GoTo("dock")).state is PlanState.SUCCEEDED, rig.outcomes
    assert_at(rig, Pose2D(0.4, 0.0))


def _place(rig: Rig) -> tuple[float, float]:
    (one,) = rig.backend.objects().values()
    return one.x, one.y


@pytest.mark.slow
def test_a_wall_that_only_the_range_sensor_knows_is_not_touched(robot: Robot) -> None:
    wall = Fixture("wall", (0.02, 2.0, 0.2), (1.0, 0.0, 0.2))
    rig = Rig(MujocoBackend(robot, World("test", (), Scene(fixtures=(wall,)))))
    rig.run(Wait(0.2))
    rig.runner.places.put("dock", Pose2D(2.0, 0.0), SURELY, ())
    assert rig.runner.submit(Plan((GoTo("dock"),))) is None
    footprint, nearest = Footprint.of(robot), math.inf
    while rig.runner.running:
        rig.tick()
        base = rig.backend.truth()
        corners = [
            base.to_world((x * sign, y * side))[0]
            for y, x in footprint.parts
            for sign in (1, -1)
            for side in (1, -1)
        ]
        nearest = min(nearest, 0.98 - max(corners))
    assert nearest > 0.01
    assert rig.runner.status.state is PlanState.FAILED
    assert "I do not get to the dock: stopped " in rig.runner.status.message


def test_a_stop_wins(rig: Rig) -> None:
    rig.run(Remember(place="dock"), Move("forward", 1.0))
    assert rig.runner.submit(Plan((GoTo("dock"),))) is None
    rig.ticks(1.0)
    assert rig.runner.submit(Plan((Stop(),))) is None
    rig.send(rig.runner.take_output())
    rig.ticks(1.0)
    pose = rig.state.odometry.pose
    rig.ticks(1.0)
    assert not rig.runner.running and rig.state.odometry.pose.distance(pose) < 1e-6


FETCH = (Grasp(color=Color.GREEN), GoBack(Past.HERE), Release())


def assert_stands(rig: Rig) -> None:
    before = rig.backend.truth()
    rig.ticks(3.0)
    assert not rig.runner.running and rig.backend.truth().distance(before) < 0.01
    assert all(output.twist is None for output in rig.outputs[-100:])


@pytest.mark.slow
def test_it_goes_back_by_no_word_but_its_own(seeing: Seeing) -> None:
    """Not after a failure, after a stop, nor after a world that was reset."""
    rig = seeing([(Color.RED, Shape.CUBE, (0.8, 0.2))])
    rig.ticks(0.5)
    assert rig.run(Move("forward", 0.5)).state is PlanState.SUCCEEDED
    missed = rig.run(*FETCH)
    assert [one.status for one in missed.outcomes] == [
        StepStatus.FAILED,
        StepStatus.SKIPPED,
        StepStatus.SKIPPED,
    ]
    assert_stands(rig)
    rig.runner.submit(Plan((Move("forward", 1.0), GoBack("start"))))
    rig.ticks(0.6)
    rig.send(rig.runner.stop("enough", latch=False))
    rig.ticks(0.5)
    assert_stands(rig)
    rig.runner.submit(Plan((Wait(1.0), GoBack("start"))))
    rig.ticks(0.5)
    rig.runner.world_reset(rig.now)
    rig.ticks(0.5)
    assert_stands(rig)
