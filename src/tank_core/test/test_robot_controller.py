"""The heart of every robot: nothing bad moves it, and a stop always wins."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_core.exceptions import BackendError
from tank_core.mock_backend import MockBackend
from tank_core.robot import load_robot
from tank_core.robot_controller import HUGE, RobotController
from tank_core.state import JointTrajectory, TrajectoryPoint, Twist2D
from tank_core.stop_latch import StopLatch

STEP = 0.02


@pytest.fixture
def controller(robot):
    return RobotController(MockBackend(robot))


def run(controller, start, duration):
    """Step at 50 Hz from ``start`` for ``duration`` [s].

    Returns the time at the end.
    """
    for i in range(round(duration / STEP)):
        controller.step(start + i * STEP)
        controller.backend.advance(STEP)
    return start + duration


def last(controller):
    return controller.backend.applied[-1]


def yaw_to(position, time=1.0):
    return JointTrajectory(("arm_yaw",), (TrajectoryPoint(time, (position,)),))


def test_a_velocity_reaches_the_robot_and_nothing_is_said_of_it(controller):
    applied = controller.command_twist(Twist2D(0.5, -1.0), 0.0)
    state = controller.step(0.0)
    assert applied.twist == last(controller).twist == state.odometry.twist == Twist2D(0.5, -1.0)
    assert applied.message == "" and not applied.refused


def test_a_velocity_that_is_not_repeated_ends_within_the_timeout(controller, robot):
    controller.command_twist(Twist2D(0.5, 0.0), 0.0)
    run(controller, 0.0, robot.drive.cmd_vel_timeout)
    assert last(controller).twist.linear == 0.5
    controller.step(robot.drive.cmd_vel_timeout + STEP)
    assert last(controller).twist == Twist2D()


def test_a_velocity_that_is_repeated_lasts(controller):
    for i in range(10):
        controller.command_twist(Twist2D(0.5, 0.0), i * 0.4)
        run(controller, i * 0.4, 0.4)
        assert last(controller).twist.linear == 0.5


@pytest.mark.parametrize(
    "twist", [Twist2D(3.0, 0.0), Twist2D(-3.0, 0.0), Twist2D(0.1, 9.0), Twist2D(2.0, -3.0)]
)
def test_too_fast_is_clamped_and_the_message_tells_both_numbers(controller, robot, twist):
    applied = controller.command_twist(twist, 0.0)
    assert applied.twist == robot.clamp_twist(twist) and not applied.refused
    for asked, done in (
        (twist.linear, applied.twist.linear),
        (twist.angular, applied.twist.angular),
    ):
        if asked != done:
            assert f"{asked:g}" in applied.message and f"{done:g}" in applied.message


@given(st.floats(), st.floats())
def test_no_number_moves_the_robot_faster_than_it_may(linear, angular):
    controller = RobotController(MockBackend(load_robot("tank")))
    applied = controller.command_twist(Twist2D(linear, angular), 0.0)
    controller.step(0.0)
    sent, drive = last(controller).twist, controller.robot.drive
    assert sent == applied.twist
    assert abs(sent.linear) <= drive.max_linear and abs(sent.angular) <= drive.max_angular
    assert applied.refused == (
        not math.isfinite(linear) or not math.isfinite(angular)
        or abs(linear) > HUGE * drive.max_linear or abs(angular) > HUGE * drive.max_angular
    )  # fmt: skip
    assert not applied.refused or (sent == Twist2D() and applied.message)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, 1e6, -1e300])
def test_a_bad_velocity_stops_what_was_going_on(controller, bad):
    for twist in (Twist2D(bad, 0.0), Twist2D(0.0, bad)):
        controller.command_twist(Twist2D(0.5, 0.0), 0.0)
        controller.step(0.0)
        applied = controller.command_twist(twist, 0.1)
        controller.step(0.1)
        assert (
            applied.refused
            and "velocity" in applied.message
            and last(controller).twist == Twist2D()
        )


def test_a_trajectory_is_played_to_its_end(controller):
    controller.step(0.0)
    assert controller.command_trajectory(yaw_to(1.0), 0.0) is None
    run(controller, 0.0, 1.2)
    assert controller.step(1.2).joints["arm_yaw"].position == pytest.approx(1.0)


def test_a_trajectory_may_come_before_the_first_step(controller):
    assert controller.command_trajectory(yaw_to(1.0), 0.0) is None


@pytest.mark.parametrize(
    "bad",
    [yaw_to(math.nan), yaw_to(99.0), JointTrajectory(("tail",), (TrajectoryPoint(1.0, (0.0,)),))],
)
def test_a_refused_trajectory_moves_nothing_and_leaves_the_one_that_plays_alone(controller, bad):
    controller.step(0.0)
    controller.command_trajectory(yaw_to(1.0), 0.0)
    run(controller, 0.0, 0.5)
    assert controller.command_trajectory(bad, 0.5)
    run(controller, 0.5, 0.7)
    assert controller.state.joints["arm_yaw"].position == pytest.approx(1.0, abs=0.02)


def test_an_arm_that_must_not_move_refuses_trajectories_and_the_robot_drives_on(controller):
    controller.arm_refusal = "the battery is too low for the arm"
    assert controller.command_trajectory(yaw_to(1.0), 0.0) == controller.arm_refusal
    assert controller.command_twist(Twist2D(0.5, 0.0), 0.0).twist.linear == 0.5
    controller.arm_refusal = ""
    assert controller.command_trajectory(yaw_to(1.0), 0.0) is None


def test_a_trajectory_begins_at_what_the_joint_is_told_not_at_where_it_is(controller, robot):
    """A gripper around an object never arrives.

    A new trajectory must not loosen it on the way.
    """
    gripper = robot.gripper.joint
    controller.step(0.0)
    controller.command_trajectory(JointTrajectory((gripper,), (TrajectoryPoint(0.1, (0.0,)),)), 0.0)
    controller.step(5.0)  # the mock was given no time: the fingers are still open
    assert controller.state.joints[gripper].position > 0.02
    controller.command_trajectory(JointTrajectory((gripper,), (TrajectoryPoint(0.1, (0.0,)),)), 5.0)
    controller.step(5.0)
    assert last(controller).joints[gripper] == 0.0


def test_a_stop_is_at_once_and_needs_no_step(controller):
    controller.command_twist(Twist2D(0.5, 0.0), 0.0)
    controller.step(0.0)
    controller.stop(0.01, "the button")
    assert controller.backend.read().odometry.twist == Twist2D()
    controller.step(0.02)
    assert last(controller).twist == Twist2D()


def test_while_stopped_everything_is_refused_with_the_reason(controller):
    controller.step(0.0)
    controller.stop(0.0, "the button")
    before = controller.backend.read()
    applied = controller.command_twist(Twist2D(0.5, 0.0), 0.1)
    assert applied.refused and "the button" in applied.message
    assert "the button" in str(controller.command_trajectory(yaw_to(1.0), 0.1))
    run(controller, 0.1, 1.0)
    after = controller.backend.read()
    assert after.odometry.pose == before.odometry.pose
    assert {name: joint.position for name, joint in after.joints.items()} == {
        name: joint.position for name, joint in before.joints.items()
    }


def test_a_stop_holds_the_joints_on_their_way(controller):
    controller.step(0.0)
    controller.command_trajectory(yaw_to(1.0), 0.0)
    now = run(controller, 0.0, 0.5)
    controller.stop(now, "the button")
    run(controller, now, 1.0)
    assert controller.state.joints["arm_yaw"].position == pytest.approx(0.5, abs=0.06)


def test_after_the_reset_nothing_resumes_by_itself(controller):
    controller.step(0.0)
    controller.command_twist(Twist2D(0.5, 0.0), 0.0)
    controller.command_trajectory(yaw_to(1.0), 0.0)
    controller.stop(0.1, "the button")
    assert controller.reset_stop() and not controller.stopped
    before = controller.backend.read()
    run(controller, 0.12, 1.0)
    assert controller.backend.read().odometry.pose == before.odometry.pose
    assert controller.backend.read().joints["arm_yaw"].position == before.joints["arm_yaw"].position
    assert not controller.command_twist(Twist2D(0.5, 0.0), 1.2).refused


def test_each_source_of_a_stop_resets_its_own_only(controller):
    controller.stop(0.0, "one", source="a")
    controller.stop(0.0, "other", source="b")
    assert controller.stop_reason == "one; other"
    assert (
        not controller.reset_stop("a") and controller.stopped and controller.stop_reason == "other"
    )
    assert controller.reset_stop("b") and controller.stop_reason == ""
    assert controller.reset_stop("nobody")


def test_stops_may_outlive_a_controller(robot):
    stops = StopLatch()
    RobotController(MockBackend(robot), stops=stops).stop(0.0, "the button")
    other = RobotController(MockBackend(robot), stops=stops)
    assert other.stopped and other.stop_reason == "the button"
    assert other.reset_stop() and not stops.stopped


def test_without_joint_feedback_a_stop_holds_where_the_joints_stand(robot):
    controller = RobotController(MockBackend(replace(robot, joint_feedback=False)))
    controller.step(0.0)
    controller.command_trajectory(yaw_to(1.0, time=0.1), 0.0)
    controller.step(5.0)  # the mock was given no time: it stands where it was
    stands = controller.state.joints["arm_yaw"].position
    controller.stop(5.0, "the button")
    controller.step(5.1)
    assert last(controller).joints["arm_yaw"] == stands


def test_a_halt_stops_but_refuses_nothing(controller):
    controller.step(0.0)
    controller.command_twist(Twist2D(0.5, 0.0), 0.0)
    controller.halt()
    controller.step(0.1)
    assert last(controller).twist == Twist2D()
    assert not controller.command_twist(Twist2D(0.5, 0.0), 0.2).refused


def test_a_restart_forgets_motion_but_not_a_stop(controller):
    controller.step(100.0)
    controller.command_twist(Twist2D(0.5, 0.0), 100.0)
    controller.command_trajectory(yaw_to(1.0), 100.0)
    controller.stop(100.0, "the button")
    controller.restart()
    controller.step(0.0)
    assert last(controller).twist == Twist2D() and last(controller).joints == {}
    assert controller.stopped


def test_a_robot_that_is_gone_is_an_error_and_can_still_be_stopped(controller):
    controller.step(0.0)
    controller.backend.fail("the bus is gone")
    with pytest.raises(BackendError, match="the bus is gone"):
        controller.step(0.02)
    controller.stop(0.04, "gone")


def test_the_timeout_can_be_given(robot):
    controller = RobotController(MockBackend(robot), cmd_vel_timeout=0.1)
    controller.command_twist(Twist2D(0.5, 0.0), 0.0)
    controller.step(0.12)
    assert last(controller).twist == Twist2D()
