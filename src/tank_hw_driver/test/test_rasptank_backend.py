"""The real robot's backend over a board that notes everything.

Time is the test's own.
"""

import math

import pytest

# pytest imports test files by their paths, so helpers must be found by hand
from rasptank_rig import FORWARD, HARDWARE, STILL, TICK, FakeHeartbeat, NotingBoard, Rig

from tank_core.exceptions import BackendError
from tank_core.robot_controller import RobotController
from tank_core.state import JointTrajectory, RobotCommand, TrajectoryPoint, Twist2D
from tank_hw_driver.bus.base import BusError
from tank_hw_driver.hardware import BoardFileError, load_hardware
from tank_hw_driver.rasptank_backend import REPEAT_S
from tank_hw_driver.sensors.battery import STALE_S, BatteryLevel


@pytest.fixture
def rig():
    return Rig(NotingBoard())


def test_only_what_changed_is_sent_and_all_of_it_again_every_second(rig):
    rig.backend.wake()
    rig.go(FORWARD, 3.0)
    rig.board.calls.clear()
    rig.go(FORWARD, 0.9 * REPEAT_S)
    assert len(rig.told("motors")) <= 1 and len(rig.told("pulses")) <= 1
    rig.go(FORWARD, 2.0 * REPEAT_S)
    assert 2 <= len(rig.told("motors")) <= 4 and 2 <= len(rig.told("check")) <= 4
    assert set(rig.told("pulses")[-1][1]) == {servo.channel for servo in HARDWARE.servos.values()}


def test_a_write_that_was_lost_heals(rig):
    rig.go(FORWARD, 1.5 * REPEAT_S)
    rig.board.deaf = True
    rig.go(STILL)
    assert any(rig.board.duties.values())
    rig.board.deaf = False
    rig.go(STILL, REPEAT_S + TICK)
    assert not any(rig.board.duties.values())


def test_one_failure_is_tried_again_and_nobody_hears_of_it(rig):
    rig.go(FORWARD, 0.5)
    rig.board.failures = 1
    rig.go(STILL)
    assert not any(rig.board.duties.values())


def test_two_failures_end_it_with_the_motors_off():
    rig = Rig(NotingBoard(), FakeHeartbeat())
    rig.go(FORWARD, 0.5)
    rig.board.failures = 2
    with pytest.raises(
        BackendError, match="the bus is gone; the motors are off; the guardian keeps them off"
    ):
        rig.go(STILL)
    assert not any(rig.board.duties.values()) and rig.heartbeat.closed
    for use in (rig.backend.read, lambda: rig.backend.apply(FORWARD)):
        with pytest.raises(BackendError, match="the bus is gone"):
            use()
    rig.backend.stop()
    rig.backend.close()


def test_stop_on_a_dead_bus_raises_nothing_and_lets_the_guardian_know():
    rig = Rig(NotingBoard(), FakeHeartbeat())
    rig.go(FORWARD, 0.5)
    rig.board.failures = 100
    rig.backend.stop()
    assert rig.heartbeat.closed
    with pytest.raises(BackendError, match="could not be told to stop"):
        rig.go(STILL)


def test_stop_is_zero_at_once_and_holds_the_arm(rig):
    rig.backend.wake()
    rig.go(RobotCommand(Twist2D(0.2, 0.0), {"arm_shoulder": 1.0}), 2.5)
    rig.backend.stop()
    assert not any(rig.board.duties.values())
    before = rig.backend.read().joints["arm_shoulder"]
    assert before.velocity == 0.0 and before.position not in (1.0, 2.4)
    rig.go(STILL, 0.5)
    assert rig.backend.read().joints["arm_shoulder"].position == before.position
    assert rig.backend.read().odometry.twist == Twist2D()


def test_it_stops_and_goes_on_under_its_controller(rig):
    controller = RobotController(rig.backend)
    for command in (
        lambda: None,
        lambda: controller.stop(rig.now, "why not"),
        controller.reset_stop,
    ):
        rig.now += TICK
        controller.step(rig.now)
        command()
    assert controller.command_twist(Twist2D(0.1, 0.0), rig.now).twist.linear == 0.1
    controller.arm_refusal = "the battery is low"
    assert controller.command_trajectory(None, rig.now) == "the battery is low"


def shoulder_to(position, gripper=None):
    """A trajectory of the shoulder [rad], at once with the gripper's [rad]."""
    names = ("arm_shoulder", "gripper") if gripper is not None else ("arm_shoulder",)
    return JointTrajectory(names, (TrajectoryPoint(0.9, (position, gripper)[: len(names)]),))


def run(rig, controller, seconds):
    for _ in range(round(seconds / TICK)):
        rig.now += TICK
        controller.step(rig.now)


@pytest.mark.parametrize("velocity", [0.3, 3.0])
@pytest.mark.parametrize("until_told, until_stopped", [(5.0, 0.5), (0.5, 0.3), (0.0, 0.2)])
def test_after_a_stop_no_pulse_changes_and_a_fresh_trajectory_moves_on(
    velocity, until_told, until_stopped
):
    """On the way, slow servos far behind their targets, and while waking."""
    rig = Rig(
        NotingBoard(
            load_hardware("robot_hat_v3", {"servos": {"arm_shoulder": {"velocity": velocity}}})
        )
    )
    controller = RobotController(rig.backend)
    rig.backend.wake()
    run(rig, controller, until_told)
    assert controller.command_trajectory(shoulder_to(1.2), rig.now) is None
    run(rig, controller, until_stopped)
    before = dict(rig.board.felt)
    controller.stop(rig.now, "why not")
    run(rig, controller, 3.0)
    assert rig.board.felt == before
    controller.reset_stop()
    run(rig, controller, 3.0)
    assert rig.board.felt == before
    assert controller.command_trajectory(shoulder_to(1.4), rig.now) is None
    run(rig, controller, 9.0)
    assert rig.backend.read().joints["arm_shoulder"].position == pytest.approx(1.4)


def test_a_trajectory_that_was_told_before_the_first_step_is_stopped_too(rig):
    controller = RobotController(rig.backend)
    controller.command_trajectory(shoulder_to(1.2), rig.now)
    controller.stop(rig.now, "why not")
    run(rig, controller, 3.0)
    assert rig.board.felt == {}


def test_a_gripper_around_an_object_stays_closed_when_the_arm_is_stopped(rig):
    controller = RobotController(rig.backend)
    rig.backend.wake()
    run(rig, controller, 5.0)
    controller.command_trajectory(shoulder_to(2.0, gripper=0.01), rig.now)
    run(rig, controller, 3.0)
    controller.command_trajectory(shoulder_to(1.0), rig.now)
    run(rig, controller, 0.3)
    controller.stop(rig.now, "why not")
    run(rig, controller, 1.0)
    servo = HARDWARE.servos["gripper"]
    assert rig.board.felt[servo.channel] == servo.pulse(0.01)


def test_the_guardian_is_told_for_how_long_a_velocity_lasts_and_of_rest_nothing():
    rig = Rig(NotingBoard(), FakeHeartbeat())
    controller = RobotController(rig.backend, cmd_vel_timeout=0.2)
    controller.command_twist(FORWARD.twist, rig.now)
    controller.step(rig.now)
    assert rig.heartbeat.lasts == pytest.approx(0.2)
    controller.step(rig.now + 0.15)
    assert rig.heartbeat.lasts == pytest.approx(0.05)
    controller.step(rig.now + 0.25)
    assert rig.heartbeat.lasts is None


def test_a_guardian_s_fault_stops_the_tracks_until_it_is_gone_and_zero_was_commanded():
    rig = Rig(NotingBoard(), FakeHeartbeat())
    rig.go(FORWARD, 0.5)
    assert rig.heartbeat.beats == 25 and rig.backend.guardian_fault is None
    rig.heartbeat.trouble = "guardian lost"
    assert rig.go(FORWARD).twist == Twist2D()
    assert not any(rig.board.duties.values()) and rig.backend.guardian_fault == "guardian lost"
    rig.go(FORWARD, 0.2)
    assert rig.heartbeat.acknowledged == 0  # whoever commands has not noticed
    rig.go(STILL)
    assert rig.heartbeat.acknowledged == 1
    rig.heartbeat.trouble = None
    rig.go(FORWARD, 0.2)
    assert all(rig.board.duties.values()) and rig.backend.guardian_fault is None


def test_what_the_guardian_may_have_overwritten_is_sent_again():
    rig = Rig(NotingBoard(), FakeHeartbeat())
    rig.go(STILL, 1.1 * REPEAT_S)
    rig.board.calls.clear()
    rig.heartbeat.trouble = "guardian lost"
    rig.go(STILL)
    assert rig.told("motors")


def test_odometry_follows_the_duties_and_the_sprockets_turn(rig):
    rig.go(FORWARD, 4.0)
    state = rig.backend.read()
    assert state.odometry.pose.x == pytest.approx(0.15 * 4.0, abs=0.02)
    assert state.odometry.twist.linear == pytest.approx(0.15)
    robot = rig.backend.robot
    for name in robot.drive.wheel_joints:
        assert state.joints[name].position == pytest.approx(
            state.odometry.pose.x / robot.drive.wheel_radius
        )
        assert state.joints[name].velocity == pytest.approx(0.15 / robot.drive.wheel_radius)
    assert set(robot.joint_names) <= set(state.joints) and "camera_tilt" not in state.joints


def test_a_joint_beyond_its_servo_is_told(rig):
    rig.backend.wake()
    applied = rig.go(RobotCommand(joints={"arm_shoulder": 4.0}), 3.0)
    assert applied.joints["arm_shoulder"] == pytest.approx(3.14, abs=0.01)
    assert "arm_shoulder: 4.00 rad is beyond its servo" in rig.backend.clamps[0]


def test_battery_sags_and_levels(rig):
    rig.go(STILL, 1.0)
    assert (
        rig.backend.read().battery_v == 7.9
        and rig.backend.read().battery_charge == pytest.approx(0.75, abs=0.05)
    )
    rig.board.volts = 6.2
    rig.go(STILL, 1.0)
    assert rig.backend.battery.level is BatteryLevel.OK and "jumped" in rig.backend.battery.doubt
    rig.go(STILL, 4.0)
    assert rig.backend.battery.level is BatteryLevel.NO_ARM and rig.backend.battery.doubt == ""


def test_a_battery_that_cannot_be_read_is_told_and_the_robot_drives_on(rig):
    rig.board.battery_fails = True
    rig.go(FORWARD, 2.0)
    assert "not measured: the ADS7830" in rig.backend.battery.doubt
    assert all(rig.board.duties.values())
    rig.board.battery_fails = False
    rig.go(FORWARD, 12.0)
    assert rig.backend.battery.doubt == "" and rig.backend.read().battery_v == 7.9


def test_an_adc_that_dies_ends_the_reading_and_the_arm_alone(rig):
    rig.go(STILL, 2.0)
    rig.board.battery_fails = True
    rig.go(FORWARD, STALE_S + 1.0)
    assert math.isnan(rig.backend.read().battery_v) and rig.backend.read().battery_charge is None
    assert "no reading for over 5 s: not measured: the ADS7830" in rig.backend.battery.refusal
    assert rig.backend.battery.level is BatteryLevel.OK and all(rig.board.duties.values())


def test_a_range_finder_tells_nothing_in_reach_from_no_reading():
    class Finder:
        reading = None

        def read(self):
            return self.reading

    rig = Rig(NotingBoard())
    assert math.isnan(rig.backend.read().range_m)
    rig.backend.range_finder = finder = Finder()
    for reading, told in ((None, math.nan), (math.nan, math.nan), (math.inf, None), (0.4, 0.4)):
        finder.reading = reading
        assert (
            rig.backend.read().range_m == pytest.approx(told, nan_ok=True)
            if told is not None
            else rig.backend.read().range_m is None
        )


def test_a_board_without_the_robot_s_servos_is_refused():
    with pytest.raises(
        BoardFileError, match="has a joint arm_yaw, and board robot_hat_v3 no such servo"
    ):
        Rig(NotingBoard(), robot="tank")


def test_a_board_that_does_not_start_raises():
    board = NotingBoard()
    board.failures = 1
    with pytest.raises(BusError):
        Rig(board)


def test_close_is_idempotent_and_final(rig):
    rig.backend.close()
    rig.backend.close()
    assert ("close",) in rig.board.calls
    with pytest.raises(BackendError, match="closed"):
        rig.go()
