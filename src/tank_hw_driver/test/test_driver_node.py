"""The driver as a node, over the chip model in a process of its own."""

import math
import os
import subprocess
import sys
from contextlib import contextmanager

import cv2
import numpy as np
import pytest

pytest.importorskip("rclpy", reason="ROS 2 is not installed here")

from geometry_msgs.msg import TwistStamped
from nav_msgs.msg import Odometry
from sensor_msgs.msg import BatteryState, Image, JointState, Range
from std_srvs.srv import Trigger
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint

from tank_core.ros import conversions as convert
from tank_core.ros import interfaces as names
from tank_core.ros.runtime.run_nodes import ENDING
from tank_core.ros.testing import Bench, starting
from tank_core.stop_latch import OPERATOR
from tank_hw_driver.chip_model.testing import chip_model
from tank_hw_driver.driver_node import DriverNode
from tank_hw_driver.guardian.kept_stops import KeptStops
from tank_hw_driver.hardware import load_hardware
from tank_hw_driver.sensors.battery import BatteryLevel

TRACKS = load_hardware("robot_hat_v3").tracks


@pytest.fixture
def chips():
    with chip_model("robot_hat_v3") as client:
        yield client


@pytest.fixture
def start(ros):
    """A function from settings to (node, bench), active where it can be."""
    usual = {"calibration": "none", "guardian": False, "camera_source": "none"}
    with starting(DriverNode, may_fail=True, **usual) as start:
        yield start


def wires(client):
    return f"model:{client.path}"


def driver(bench):
    """A function that says a forward speed [m/s], as a fresh command."""
    publisher = bench.publisher(TwistStamped, names.CMD_VEL, names.NEWEST)

    def drive(speed):
        message = TwistStamped()
        message.twist.linear.x = speed
        message.header.stamp = bench.node.get_clock().now().to_msg()
        publisher.publish(message)

    return drive


def turning(chips, drive, least=0.0):
    """A condition that says it again until both tracks turn.

    One word lasts half a second, which a busy machine may miss.
    """

    def turn():
        drive(0.15)
        return min(forward(chips.motor_duties())) > least

    return turn


def forward(duties):
    return [
        duties[track.port] * (-1 if track.inverted else 1) for track in (TRACKS.left, TRACKS.right)
    ]


@contextmanager
def guardian(client, socket):
    """The guardian's process."""
    command = [
        sys.executable,
        "-m",
        "tank_hw_driver.guardian",
        "--board",
        "robot_hat_v3",
        "--wires",
        wires(client),
    ]
    command += ["--socket", str(socket), "--calibration", "none"]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry),
    }
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        Bench.wait(socket.exists, "the guardian to listen")
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.mark.slow
def test_it_finds_the_board_and_every_topic_is_there(start, chips):
    chips.set_distance(0.1)
    node, bench = start(wires=wires(chips))
    joints = bench.listen(JointState, names.JOINT_STATES, names.STREAM)
    battery = bench.listen(BatteryState, names.BATTERY_STATE, names.STREAM)
    ranges = bench.listen(Range, names.RANGE, names.SENSOR_DATA)
    status = bench.diagnostics()
    assert node.failure == "" and node.robot.name == "rasptank"
    bench.wait(
        lambda: joints and battery and ranges and abs(ranges[-1].range - 0.1) < 0.02, "all of them"
    )
    assert {*node.robot.joint_names, *node.robot.drive.wheel_joints} == set(joints[0].name)
    assert battery[0].voltage == pytest.approx(7.9, abs=0.1) and 0.5 < battery[0].percentage < 0.9
    bench.wait(lambda: status("odometry") and status("board") and status("battery"), "diagnostics")
    assert "dead reckoning" in status("odometry").message
    assert status("board").message == f"robot_hat_v3 on {wires(chips)}, not calibrated"
    assert "switched off" in status("guardian").message and status("guardian").level == b"\x01"


def test_cmd_vel_reaches_the_motors_and_ends_with_the_watchdog(start, chips):
    _, bench = start(wires=wires(chips))
    odom = bench.listen(Odometry, names.ODOM, names.STREAM)
    drive = driver(bench)
    bench.wait(turning(chips, drive, 0.5), "the motors to turn")
    bench.wait(lambda: not any(chips.motor_duties().values()), "the watchdog to stop them")
    bench.wait(
        lambda: odom[-1].pose.pose.position.x > 0.01 and odom[-1].twist.twist.linear.x == 0.0,
        "odometry",
    )
    assert odom[-1].pose.covariance[0] > 0.0


@pytest.mark.slow
def test_a_trajectory_moves_servos_that_are_awake(start, chips):
    node, bench = start(wires=wires(chips))
    servo = node.rasptank.hardware.servos["arm_shoulder"]
    bench.wait(lambda: node.rasptank.servos_awake, "the servos to wake")
    assert chips.pulses()[servo.channel] == pytest.approx(
        servo.pulse(node.robot.arm.home[0]), abs=5.0
    )
    arm = bench.publisher(JointTrajectory, names.JOINT_TRAJECTORY, names.RELIABLE)
    point = JointTrajectoryPoint(positions=[1.5], time_from_start=convert.duration_to_ros(0.5))
    arm.publish(JointTrajectory(joint_names=["arm_shoulder"], points=[point]))
    bench.wait(
        lambda: abs(chips.pulses()[servo.channel] - servo.pulse(1.5)) < 5.0,
        "the shoulder to get there",
    )


@pytest.mark.slow
def test_a_low_battery_refuses_the_arm_then_stops_until_it_is_charged(start, chips):
    node, bench = start(wires=wires(chips))
    status, drive = bench.diagnostics(), driver(bench)
    arm = bench.publisher(JointTrajectory, names.JOINT_TRAJECTORY, names.RELIABLE)
    point = JointTrajectoryPoint(positions=[1.5], time_from_start=convert.duration_to_ros(0.5))
    chips.set_battery(6.2)
    bench.wait(lambda: node.controller.arm_refusal, "the battery to be low")
    arm.publish(JointTrajectory(joint_names=["arm_shoulder"], points=[point]))
    topic = names.JOINT_TRAJECTORY
    bench.wait(
        lambda: status(topic) and "too low for the arm" in status(topic).message, "the refusal"
    )
    bench.wait(turning(chips, drive), "the motors to turn")
    chips.set_battery(5.8)
    bench.wait(lambda: node.controller.stopped, "the stop")
    assert "too low to go on" in node.controller.stop_reason and not any(
        chips.motor_duties().values()
    )
    assert not bench.call(Trigger, names.ROBOT_RESET_STOP).success
    chips.set_battery(8.2)
    bench.wait(
        lambda: not node.controller.stopped and not node.controller.arm_refusal, "the stop to end"
    )


@pytest.mark.slow
def test_without_its_guardian_it_does_not_move_and_with_it_it_does(start, chips, tmp_path):
    socket = tmp_path / "guardian"
    with guardian(chips, socket) as process:
        node, bench = start(wires=wires(chips), guardian=True, guardian_socket=str(socket))
        status, drive = bench.diagnostics(), driver(bench)
        assert not node.controller.stopped  # not even for a moment
        bench.wait(turning(chips, drive), "the motors to turn")
        process.kill()
        bench.wait(lambda: node.controller.stopped, "it to notice")
        assert "guardian lost" in node.controller.stop_reason
        drive(0.15)
        topic = names.CMD_VEL
        bench.wait(
            lambda: status(topic) and "guardian lost" in status(topic).message, "the refusal"
        )
        assert not any(chips.motor_duties().values())
    socket.unlink(missing_ok=True)
    with guardian(chips, socket):
        bench.wait(lambda: not node.controller.stopped, "the new guardian")
        bench.wait(turning(chips, drive), "the motors to turn again")


@pytest.mark.slow
def test_without_a_guardian_not_even_a_servo_moves(start, chips, tmp_path):
    socket = tmp_path / "guardian"
    node, bench = start(wires=wires(chips), guardian=True, guardian_socket=str(socket))
    steps = bench.listen(JointState, names.JOINT_STATES, names.STREAM)
    bench.wait(lambda: len(steps) > 10, "the control loop to run")
    assert node.controller.stopped and not any(chips.pulses().values())
    with guardian(chips, socket):
        bench.wait(lambda: node.rasptank.servos_awake, "the servos to wake")


@pytest.mark.slow
def test_a_stop_outlives_a_chip_that_was_reset(start, chips):
    node, bench = start(wires=wires(chips))
    assert bench.call(Trigger, names.ROBOT_STOP).success
    chips.fault("reset")
    bench.wait(lambda: node._state_machine.current_state[1] == "unconfigured", "it to let go")
    node.trigger_configure()
    node.trigger_activate()
    steps = bench.listen(JointState, names.JOINT_STATES, names.STREAM)
    bench.wait(lambda: len(steps) > 10, "the control loop to run")
    assert node.controller.stopped and not any(chips.pulses().values())
    drive = driver(bench)
    drive(0.15)
    status = bench.diagnostics()
    bench.wait(
        lambda: status(names.CMD_VEL) and "robot/stop was called" in status(names.CMD_VEL).message,
        "the refusal",
    )
    assert bench.call(Trigger, names.ROBOT_RESET_STOP).success
    bench.wait(lambda: node.rasptank.servos_awake, "the servos to wake")


@pytest.mark.slow
def test_an_empty_battery_is_still_empty_after_a_chip_that_was_reset(start, chips):
    chips.set_battery(5.8)
    node, bench = start(wires=wires(chips))
    bench.wait(lambda: node.working and node.controller.stopped, "the stop")
    chips.set_battery(6.5)  # without load the cells rise
    chips.fault("reset")
    bench.wait(lambda: node._state_machine.current_state[1] == "unconfigured", "it to let go")
    node.trigger_configure()
    node.trigger_activate()
    bench.wait(lambda: node.rasptank.battery.volts, "a reading")
    assert node.rasptank.battery.level is BatteryLevel.STOP and node.controller.stopped
    assert not any(chips.pulses().values())


@pytest.mark.slow
def test_sensors_that_died_are_not_a_number(start, chips):
    node, bench = start(wires=wires(chips))
    battery = bench.listen(BatteryState, names.BATTERY_STATE, names.STREAM)
    ranges = bench.listen(Range, names.RANGE, names.SENSOR_DATA)
    status = bench.diagnostics()
    bench.wait(
        lambda: battery and ranges and math.isinf(ranges[-1].range), "nothing in reach, at 1.2 m"
    )
    chips.fault("no_echo")
    chips.fault("absent", address=node.rasptank.hardware.battery.address)
    bench.wait(lambda: math.isnan(ranges[-1].range), "the range finder")
    bench.wait(
        lambda: math.isnan(battery[-1].voltage) and math.isnan(battery[-1].percentage),
        "the battery",
    )
    bench.wait(
        lambda: "no reading for over 5 s" in node.controller.arm_refusal, "the arm to be refused"
    )
    bench.wait(
        lambda: status("battery").level == b"\x02" and status("range finder").level == b"\x01",
        "diagnostics",
    )
    assert not node.controller.stopped


def test_a_chip_that_was_reset_ends_its_service_until_it_is_configured_again(start, chips):
    node, bench = start(wires=wires(chips))
    chips.fault("reset")
    bench.wait(lambda: "was reset" in node.failure, "it to notice")
    bench.wait(lambda: node._state_machine.current_state[1] == "unconfigured", "it to let go")
    assert not any(chips.motor_duties().values())
    node.trigger_configure()
    node.trigger_activate()
    assert node.failure == "" and node.working
    drive = driver(bench)
    bench.wait(turning(chips, drive), "the motors to turn")


def test_the_camera_s_film_is_on_the_air(start, chips, tmp_path):
    path = tmp_path / "picture.png"
    cv2.imwrite(str(path), np.full((480, 640, 3), (0, 0, 255), np.uint8))
    _, bench = start(wires=wires(chips), camera_source=f"file:{path}")
    images = bench.listen(Image, names.IMAGE, names.SENSOR_DATA)
    bench.wait(lambda: images, "an image")
    assert (images[0].width, images[0].height, bytes(images[0].data[:3])) == (
        640,
        480,
        b"\xff\x00\x00",
    )


@pytest.mark.slow
def test_a_camera_that_is_not_there_is_a_warning_and_no_end(start, chips):
    node, bench = start(wires=wires(chips), camera_source="/dev/video97")
    status = bench.diagnostics()
    bench.wait(
        lambda: status("camera") and "/dev/video97 cannot be opened" in status("camera").message,
        "a warning",
    )
    assert node.working and status("camera").level == b"\x01"
    bench.wait(
        lambda: status("servos") and status("servos").message == "awake",
        "news of another part, at another level",
    )
    assert status("driver") is None  # no fault in telling it


def test_deactivate_stops_the_motors(start, chips):
    node, bench = start(wires=wires(chips))
    bench.wait(turning(chips, driver(bench)), "the motors to turn")
    node.trigger_deactivate()
    assert not any(chips.motor_duties().values())
    node.trigger_activate()
    assert node.working


@pytest.mark.parametrize(
    "setting, fault",
    [
        ({"wires": "model:/nowhere/chips"}, "no chip model listens at '/nowhere/chips'"),
        ({"board": "hat_v9"}, "say one of auto, gpio|say one of auto, motor_hat"),
        ({"board": "motor_hat"}, "no chip answers at 0x40"),
        (
            {"calibration": "/nowhere/rasptank.yaml"},
            "calibration file /nowhere/rasptank.yaml does not exist",
        ),
        ({"robot": "tank"}, "has a joint arm_yaw, and board robot_hat_v3 no such servo"),
        ({"camera_source": "webcam"}, "camera source 'webcam' is not known"),
    ],
)
def test_what_cannot_be_is_one_line_and_the_node_stays_unconfigured(start, chips, setting, fault):
    import re

    node, _ = start(**{"wires": wires(chips), **setting})
    assert re.search(fault, node.failure) and "\n" not in node.failure
    assert node._state_machine.current_state[1] == "unconfigured"


@pytest.mark.slow
def test_a_stop_by_a_person_outlives_a_kill_and_no_ending_in_good_order(start, chips, tmp_path):
    settings = {
        "wires": wires(chips), "board": "robot_hat_v3", "guardian": True,
        "guardian_socket": str(tmp_path / "guardian"),
    }  # fmt: skip
    node, bench = start(**settings)
    kept = KeptStops(tmp_path / "guardian")
    assert bench.call(Trigger, names.ROBOT_STOP).success
    left_behind = kept.read(OPERATOR)
    assert list(left_behind) == [OPERATOR]
    node.stop_robot("the process ends", ENDING)
    assert kept.read(OPERATOR) == left_behind
    bench.call(Trigger, names.ROBOT_RESET_STOP)
    assert kept.read(OPERATOR) == {}
    node.deactivate()
    node.cleanup()
    kept.keep(left_behind)  # as a kill would have left it
    node.configure()
    node.activate()
    assert node.stops.stopped_by(OPERATOR)
    node.destroy_node()
    assert kept.read(OPERATOR) == {}


def test_a_start_that_fails_forgets_no_stop(start, tmp_path):
    kept = KeptStops(tmp_path / "guardian")
    kept.keep({OPERATOR: "the button"})
    node, _ = start(
        wires="model:/nowhere", board="robot_hat_v3", guardian=True,
        guardian_socket=str(tmp_path / "guardian"),
    )  # fmt: skip
    assert node.failure
    node.trigger_shutdown()
    node.destroy_node()
    assert kept.read(OPERATOR) == {OPERATOR: "the button"}
