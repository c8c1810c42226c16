"""The queue and its ends.

Outcomes, what is skipped, a stop at any moment, and states that cannot be acted on.
"""

import dataclasses
import math
from typing import Any

import pytest
from executor_rig import Rig
from hypothesis import given, settings
from hypothesis import strategies as st

from tank_core.commands import Command, Face, Grasp, Move, Release, Stop, Turn, Wait
from tank_core.geometry import wrap
from tank_core.mock_backend import MockBackend
from tank_core.robot import load_robot
from tank_core.state import Detection, Detections, JointState, Odometry, Pose2D, RobotState, Twist2D
from tank_executor.plan import Plan, PlanState, StepStatus
from tank_executor.plan_runner import MAX_QUEUED, PlanRunner
from tank_executor.running.plan_run import STATE_PATIENCE_S
from tank_executor.script import STILL

LONG = Move("forward", 50.0)
ROBOT = load_robot("tank")


def states(rig: Rig) -> list[PlanState]:
    return [change.state for change in rig.runner.take_changes()]


def statuses(rig: Rig) -> list[StepStatus]:
    return [outcome.status for outcome in rig.outcomes]


def test_nothing_to_do_sends_nothing(rig: Rig) -> None:
    output = rig.tick()
    assert output.twist is None and output.trajectory is None
    assert rig.runner.status.state is PlanState.IDLE


def test_a_plan_ends_where_it_should_and_says_so(rig: Rig) -> None:
    status = rig.run(Move("forward", 1.0), Turn("left", 90.0), Wait(0.5))
    assert status.state is PlanState.SUCCEEDED
    assert statuses(rig) == [StepStatus.SUCCEEDED] * 3
    assert all(outcome.duration > 0 for outcome in status.outcomes)
    assert status.outcomes[2].duration == pytest.approx(0.5, abs=0.06)
    pose = rig.state.odometry.pose
    assert math.dist((pose.x, pose.y), (1.0, 0.0)) < 0.01
    assert math.degrees(pose.yaw) == pytest.approx(90.0, abs=0.5)


def test_errors_of_single_steps_do_not_add_up(rig: Rig) -> None:
    rig.run(*[command for _ in range(4) for command in (Move("forward", 0.5), Turn("left", 90.0))])
    pose = rig.state.odometry.pose
    assert math.hypot(pose.x, pose.y) < 0.01 and abs(math.degrees(wrap(pose.yaw))) < 0.5


def test_a_running_plan_sends_a_velocity_each_tick_and_zero_at_its_end(rig: Rig) -> None:
    rig.run(Move("forward", 0.2), Wait(0.2), Turn("right", 20.0))
    sent = [output.twist for output in rig.outputs]
    end = sent.index(None)
    assert all(twist is not None for twist in sent[:end])
    assert sent[end - 1] == STILL
    assert all(twist is None for twist in sent[end:])


def test_after_a_failure_the_rest_is_skipped_and_the_next_plan_goes_on(rig: Rig) -> None:
    rig.runner.submit(Plan((Wait(0.1), Release(), Move("forward", 1.0))))
    following = Plan((Wait(0.1),))
    rig.runner.submit(following)
    ends = {}
    while rig.runner.running:
        rig.tick()
        ends |= {id(change.plan): change for change in rig.runner.take_changes()}
    first, second = ends.values()
    assert first.state is PlanState.FAILED
    assert [outcome.status for outcome in first.outcomes] == [
        StepStatus.SUCCEEDED,
        StepStatus.FAILED,
        StepStatus.SKIPPED,
    ]
    assert first.outcomes[1].message == "nothing is held"
    assert first.message == "step 2 of 3 (release in front): nothing is held"
    assert second.plan is following and second.state is PlanState.SUCCEEDED


def test_plans_run_in_order(rig: Rig) -> None:
    plans = [Plan((Wait(0.1),), stamp=number) for number in range(3)]
    for plan in plans:
        rig.runner.submit(plan)
    ended = []
    while rig.runner.running:
        rig.tick()
        ended += [
            change.plan
            for change in rig.runner.take_changes()
            if change.state is PlanState.SUCCEEDED
        ]
    assert ended == plans


def test_every_step_is_announced(rig: Rig) -> None:
    rig.run(Wait(0.1), Wait(0.1))
    assert states(rig) == [PlanState.RUNNING, PlanState.RUNNING, PlanState.SUCCEEDED]


@given(st.integers(0, 400), st.sampled_from(["method", "command"]))
@settings(max_examples=25)
def test_a_stop_at_any_moment_is_zero_at_once_and_forgets_everything(after: int, how: str) -> None:
    backend = MockBackend(ROBOT)
    runner, time = PlanRunner(ROBOT), 0.0
    plans = [
        Plan((Move("forward", 1.0), Turn("left", 90.0), Grasp()), stamp=number)
        for number in range(3)
    ]
    for plan in plans:
        runner.submit(plan)
    for _ in range(after):
        time += 0.02
        runner.step(dataclasses.replace(backend.read(), time=time), None, time)
    output = runner.stop("enough", latch=False) if how == "method" else None
    if output is None:
        assert runner.submit(Plan((Stop(),))) is None
        output = runner.step(dataclasses.replace(backend.read(), time=time), None, time)
    assert output.twist == Twist2D()
    assert not runner.running and runner.status.queued == 0
    following = runner.step(
        dataclasses.replace(backend.read(), time=time + 0.02), None, time + 0.02
    )
    assert following.twist is None and following.trajectory is None
    ends = {
        change.plan.stamp: change.state for change in runner.take_changes() if change.plan in plans
    }
    assert set(ends) == {0, 1, 2} and not set(ends.values()) & {PlanState.RUNNING, PlanState.IDLE}


def test_a_stop_holds_the_arm_but_not_the_gripper(rig: Rig, robot: Any) -> None:
    rig.runner.submit(Plan((Grasp(),)))
    rig.ticks(1.5)
    before = rig.state
    rig.tick()
    output = rig.runner.stop("enough", latch=False)
    assert output.trajectory is not None
    assert output.trajectory.joint_names == robot.arm.joint_names
    assert list(output.trajectory.points[0].positions) == pytest.approx(
        list(before.positions(robot.arm.joint_names))
    )


def test_a_stopped_plan_says_which_step_and_why(rig: Rig) -> None:
    rig.runner.submit(Plan((Wait(0.1), LONG, Wait(1.0))))
    rig.ticks(1.0)
    rig.runner.stop("the service stop was called", latch=False)
    assert rig.runner.status.state is PlanState.STOPPED
    assert statuses(rig) == [StepStatus.SUCCEEDED, StepStatus.STOPPED, StepStatus.SKIPPED]
    assert rig.outcomes[1].message == "the service stop was called"


def test_a_latched_stop_refuses_until_it_is_reset(rig: Rig) -> None:
    rig.runner.stop("the service stop was called")
    assert rig.runner.stopped
    reason = rig.runner.submit(Plan((LONG,)))
    assert reason == "stopped (the service stop was called); reset the stop first"
    assert rig.runner.submit(Plan((Stop(),))) == reason
    assert states(rig) == [PlanState.REFUSED, PlanState.REFUSED]
    assert rig.runner.reset_stop()
    assert rig.runner.submit(Plan((LONG,))) is None


def test_everybody_who_stopped_must_reset(rig: Rig) -> None:
    rig.runner.stop("one")
    rig.runner.stop("two", source="robot")
    assert not rig.runner.reset_stop("robot")
    assert rig.runner.reset_stop("operator")


def test_a_stop_command_preempts_and_does_not_latch(rig: Rig) -> None:
    rig.runner.submit(Plan((LONG,)))
    rig.ticks(1.0)
    stop = Plan((Stop(),), "stop")
    assert rig.runner.submit(stop) is None
    assert rig.runner.take_output().twist == STILL
    assert not rig.runner.stopped and not rig.runner.running
    assert rig.runner.status.plan is stop and rig.runner.status.state is PlanState.SUCCEEDED


def test_a_stop_within_a_sequence_is_a_step(rig: Rig) -> None:
    assert rig.run(Move("forward", 0.2), Stop(), Turn("left", 10.0)).state is PlanState.SUCCEEDED
    assert statuses(rig) == [StepStatus.SUCCEEDED] * 3


def test_cancelling_what_waits_leaves_what_runs(rig: Rig) -> None:
    running, waiting, last = (Plan((Wait(0.5),), stamp=number) for number in range(3))
    for plan in (running, waiting, last):
        rig.runner.submit(plan)
    rig.tick()
    assert rig.runner.cancel(waiting, "cancelled").twist is None
    assert rig.runner.status.plan is running and rig.runner.status.queued == 1


def test_cancelling_what_runs_stops_everything(rig: Rig) -> None:
    running, waiting = Plan((LONG,)), Plan((LONG,))
    rig.runner.submit(running)
    rig.runner.submit(waiting)
    rig.ticks(0.5)
    assert rig.runner.cancel(running, "cancelled").twist == STILL
    assert not rig.runner.running


def test_a_refused_plan_loses_nothing_that_was_queued(rig: Rig) -> None:
    rig.runner.submit(Plan((LONG,)))
    rig.ticks(0.2)
    for _ in range(MAX_QUEUED):
        assert rig.runner.submit(Plan((Wait(1.0),))) is None
    assert "wait already" in (rig.runner.submit(Plan((Wait(1.0),))) or "")
    assert "empty" in (rig.runner.submit(Plan(())) or "")
    rig.runner.refuse(Plan(()), "step 1: speed is 'ludicrous'")
    assert rig.runner.status.state is PlanState.RUNNING and rig.runner.status.queued == MAX_QUEUED


def test_without_odometry_a_plan_waits_then_fails() -> None:
    runner = PlanRunner(ROBOT)
    runner.submit(Plan((LONG,)))
    assert runner.step(None, None, 10.0).twist == Twist2D()
    assert runner.status.message == "no odometry on 'odom': is the robot running?"
    runner.step(None, None, 10.0 + STATE_PATIENCE_S)
    assert runner.status.state is PlanState.FAILED
    assert runner.status.outcomes[0].message == "no odometry on 'odom': is the robot running?"


def test_odometry_that_comes_late_is_good_enough(rig: Rig) -> None:
    rig.runner.submit(Plan((Wait(0.1),)))
    for _ in range(20):
        rig.runner.step(None, None, rig.now)
        rig.backend.advance(0.02)
        rig.state = rig.controller.step(rig.backend.read().time)
    while rig.runner.running:
        rig.tick()
    assert rig.runner.status.state is PlanState.SUCCEEDED


def test_stale_odometry_stands_still_then_fails(rig: Rig) -> None:
    rig.runner.submit(Plan((LONG,)))
    rig.ticks(1.0)
    last = rig.state
    assert rig.runner.step(last, None, last.time + 0.4).twist != STILL
    assert rig.runner.step(last, None, last.time + 0.6).twist == STILL
    rig.runner.step(last, None, last.time + 0.5 + STATE_PATIENCE_S)
    assert rig.runner.status.state is PlanState.FAILED
    assert "old" in rig.outcomes[0].message


@pytest.mark.parametrize(
    "pose", [Pose2D(math.nan), Pose2D(0.0, math.inf), Pose2D(0.0, 0.0, math.nan)]
)
def test_odometry_that_is_no_number_moves_nothing(rig: Rig, pose: Pose2D) -> None:
    rig.runner.submit(Plan((LONG,)))
    rig.ticks(0.5)
    bad = dataclasses.replace(rig.state, odometry=Odometry(pose))
    assert rig.runner.step(bad, None, bad.time).twist == STILL


def test_joints_that_are_no_number_move_nothing(rig: Rig) -> None:
    rig.runner.submit(Plan((Grasp(),)))
    rig.ticks(0.5)
    joints = {name: JointState(math.nan) for name in rig.state.joints}
    output = rig.runner.step(dataclasses.replace(rig.state, joints=joints), None, rig.now)
    assert output.twist == STILL and output.trajectory is None


def test_joint_states_that_end_fail_the_step(rig: Rig) -> None:
    rig.runner.submit(Plan((Grasp(),)))
    rig.ticks(0.5)
    for tick in range(200):
        rig.runner.step(RobotState(rig.now + tick * 0.02), None, rig.now + tick * 0.02)
    assert "joint_states" in rig.outcomes[0].message


@pytest.mark.parametrize("command", [Grasp(), Release()])
def test_without_joint_states_the_arm_is_left_alone(command: Command) -> None:
    runner = PlanRunner(ROBOT)
    runner.submit(Plan((command,)))
    for now in (0.0, 1.0, STATE_PATIENCE_S):
        assert runner.step(RobotState(now), None, now).trajectory is None
    assert (
        runner.status.outcomes[0].message
        == "no reading of arm_yaw on 'joint_states': is the robot running?"
    )


def test_a_clock_that_goes_back_ends_the_plan(rig: Rig) -> None:
    rig.runner.submit(Plan((LONG,)))
    rig.ticks(2.0)
    rig.runner.step(RobotState(0.0), None, 0.0)
    assert rig.runner.status.state is PlanState.FAILED
    assert "was the simulation reset?" in rig.runner.status.message


@pytest.mark.parametrize(
    ("shift", "told"),
    [
        (Pose2D(-7.0), "jumped by 6.99 m"),
        (Pose2D(0.0, 0.2), "jumped by 0.2"),
        (Pose2D(0.0, 0.0, -0.4), "23 degrees"),
    ],
)
def test_odometry_that_jumps_ends_the_plan(rig: Rig, shift: Pose2D, told: str) -> None:
    rig.runner.submit(Plan((LONG,)))
    rig.ticks(1.0)
    pose = rig.state.odometry.pose
    there = Pose2D(pose.x + shift.x, pose.y + shift.y, pose.yaw + shift.yaw)
    rig.runner.step(dataclasses.replace(rig.state, odometry=Odometry(there)), None, rig.now)
    assert told in rig.runner.status.message and "was the robot moved" in rig.runner.status.message


def test_odometry_that_is_more_certain_than_before_began_anew(rig: Rig) -> None:
    """However near it still is to its start, as when a driver was restarted."""
    rig.runner.submit(Plan((LONG,)))
    for number in range(1, 6):
        odometry = Odometry(Pose2D(0.01 * number), variance=(0.0, 0.0, 1e-6 * number))
        rig.runner.step(RobotState(0.02 * number, odometry), None, 0.02 * number)
    assert rig.runner.status.state is PlanState.RUNNING
    rig.runner.step(RobotState(0.12), None, 0.12)
    assert rig.runner.status.state is PlanState.FAILED
    assert "odometry began anew: was the robot moved" in rig.runner.status.message


@pytest.mark.parametrize("seconds", [0.0, 0.3, 1.0])  # before the first tick, and within 0.1 m
def test_a_world_that_was_reset_ends_everything_and_nothing_of_it_counts(
    rig: Rig, seconds: float
) -> None:
    seen = (Detection(1, "red", "cube", (0.5, 0.0, 0.02)),)
    rig.detect = lambda state: Detections(state.time, seen)
    plans = Plan((LONG, Wait(1.0))), Plan((LONG,))
    for plan in plans:
        rig.runner.submit(plan)
    rig.ticks(seconds)
    rig.runner._memory.holding, rig.runner._memory.held = True, "the red cube"
    before, old = rig.state, rig.detect(rig.state)
    output = rig.runner.world_reset(rig.now)
    assert output.trajectory is None  # the arm is at rest, and not where it was
    assert not rig.runner.running and not rig.runner._memory.held
    ends = {change.plan: change for change in rig.runner.take_changes() if change.plan}
    assert ends[plans[1]].state is PlanState.STOPPED
    assert all(end.message.endswith("the world was reset") for end in ends.values())
    if seconds:
        assert ends[plans[0]].state is PlanState.FAILED and output.twist == STILL
    for state in (before, RobotState(before.time + 0.02)):  # the first is on its way from before
        rig.runner.step(state, old, state.time)
        assert not rig.runner._known.objects.things and rig.runner._memory.travel.way == 0.0
    assert rig.runner._memory.travel.start == Odometry()


def test_detections_from_before_the_clock_went_back_are_not_taken_again(rig: Rig) -> None:
    old = Detections(rig.now + 50.0, (Detection(1, "red", "cube", (0.5, 0.0, 0.02)),))
    rig.runner.step(RobotState(rig.now + 50.0), old, rig.now + 50.0)
    assert rig.runner._known.objects.things
    # the last state of the old time comes after the clock
    rig.runner.step(RobotState(rig.now + 50.0), old, 0.1)
    assert not rig.runner._known.objects.things
    rig.runner.step(RobotState(0.2), old, 0.2)
    assert not rig.runner._known.objects.things
    rig.runner.step(RobotState(0.3), Detections(0.3, old.objects), 0.3)
    assert rig.runner._known.objects.things


def test_a_robot_that_was_carried_away_between_plans_starts_anew(rig: Rig) -> None:
    rig.run(Move("forward", 0.2))
    rig.backend._pose = Pose2D(3.0, 4.0, 1.0)
    rig.ticks(0.1)
    assert rig.run(Move("forward", 1.0)).state is PlanState.SUCCEEDED
    pose = rig.state.odometry.pose
    assert math.dist((pose.x, pose.y), (3.0 + math.cos(1.0), 4.0 + math.sin(1.0))) < 0.01


def test_a_robot_that_is_stuck_fails_in_words(rig: Rig) -> None:
    rig.controller.stop(0.0, "held back by the test")
    assert rig.run(LONG).state is PlanState.FAILED
    assert rig.outcomes[0].message == "the robot does not move: 0.00 m of 50.00 m after 3.0 s"


def test_without_a_camera_objects_are_not_looked_for(rig: Rig) -> None:
    rig.run(Face(color="red"))
    assert rig.outcomes[0].message == "no camera detections"


def test_a_fault_from_outside_ends_only_what_runs(rig: Rig) -> None:
    rig.runner.submit(Plan((LONG,)))
    rig.runner.submit(Plan((Wait(0.1),)))
    rig.ticks(0.5)
    assert rig.runner.fail("the robot is gone").twist == STILL
    assert rig.runner.status.state is PlanState.FAILED and rig.runner.status.queued == 1
