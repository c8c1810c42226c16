"""RobotNode over MockBackend, through real topics and services.

In this process.
"""

import math
import time
from importlib import resources
from itertools import pairwise

import pytest

pytest.importorskip("rclpy", reason="ROS 2 is not installed here")

from geometry_msgs.msg import Twist, TwistStamped
from nav_msgs.msg import Odometry
from rclpy.parameter import Parameter
from sensor_msgs.msg import BatteryState, CameraInfo, CompressedImage, Image, JointState, Range
from std_msgs.msg import Bool, String
from std_srvs.srv import Trigger
from tf2_msgs.msg import TFMessage
from trajectory_msgs.msg import JointTrajectory as JointTrajectoryMsg

from tank_core.robot.frames import UrdfFrames
from tank_core.robot.urdf import build_urdf
from tank_core.ros import conversions as convert
from tank_core.ros import interfaces as names
from tank_core.ros.images.conversions import image_from_ros, jpeg_from_ros
from tank_core.ros.mock_robot_node import MockRobotNode
from tank_core.ros.testing import Bench, lifecycle_state, starting
from tank_core.state import JointTrajectory, RobotCommand, TrajectoryPoint, Twist2D
from tank_core.testing.lateness import Lateness

URDF = (
    '<robot name="r"><joint name="arm_yaw" type="revolute">'
    '<parent link="base_link"/><child link="arm_yaw_link"/></joint></robot>'
)


@pytest.fixture
def start(ros):
    """Starts a mock robot with parameters; returns it and a Bench."""
    with starting(MockRobotNode) as start:
        yield start


def with_urdf(urdf):
    return lambda node: setattr(node, "urdf", urdf)


@pytest.fixture
def running(start):
    return start()


def stamped(bench, linear=0.0, angular=0.0, age=0.0):
    seconds = bench.node.get_clock().now().nanoseconds * 1e-9 - age
    return TwistStamped(
        header=convert.header(seconds, "base_link"),
        twist=convert.twist_to_ros(Twist2D(linear, angular)),
    )


def trajectory(positions, names_=("arm_yaw",), seconds=0.0):
    return convert.trajectory_to_ros(
        JointTrajectory(tuple(names_), (TrajectoryPoint(0.2, tuple(positions)),)), seconds
    )


def sent(node):
    return (node.mock.applied or [RobotCommand()])[-1]


def settle(node, steps=10):
    """Let the control loop go round a few times."""
    goal = len(node.mock.applied) + steps
    Bench.wait(lambda: len(node.mock.applied) >= goal, "the control loop")


@pytest.mark.slow
def test_cmd_vel_moves_the_robot_and_its_end_stops_it_within_the_timeout(running):
    node, bench = running
    odom = bench.listen(Odometry, names.ODOM, names.STREAM)
    commands = bench.publisher(TwistStamped, names.CMD_VEL, names.NEWEST)
    for _ in range(5):
        commands.publish(stamped(bench, 0.5))
        settle(node, 3)
    assert sent(node).twist == Twist2D(0.5, 0.0)
    bench.wait(lambda: sent(node).twist == Twist2D(), "zero after the commands ended")
    driven = [command.twist.linear for command in node.mock.applied if command.twist.linear]
    rate, timeout = node.settings["control_rate"], node.robot.drive.cmd_vel_timeout
    # 15 steps of repeating, and then no longer than the timeout
    assert len(driven) <= (timeout + 1.0) * rate
    bench.wait(lambda: odom and odom[-1].pose.pose.position.x > 0.2, "odometry of the way")
    assert (odom[-1].header.frame_id, odom[-1].child_frame_id) == ("odom", "base_link")


def test_a_plain_twist_is_taken_where_the_parameter_says_so(start):
    node, bench = start(stamped_cmd_vel=False)
    bench.publisher(Twist, names.CMD_VEL, names.NEWEST).publish(
        convert.twist_to_ros(Twist2D(0.2, 0.4))
    )
    bench.wait(lambda: sent(node).twist == Twist2D(0.2, 0.4), "the velocity")


def test_a_velocity_that_waited_on_its_way_lasts_so_much_shorter(running):
    """As behind a driver that stalled, for which its last commands wait."""
    node, bench = running
    publisher = bench.publisher(TwistStamped, names.CMD_VEL, names.NEWEST)
    publisher.publish(stamped(bench, 0.1))
    bench.wait(lambda: sent(node).twist.linear == 0.1, "the quick one")
    publisher.publish(stamped(bench, 0.2, age=0.3))
    bench.wait(lambda: sent(node).twist.linear == 0.2, "the one that waited")
    slow = [command for command in list(node.mock.applied) if command.twist.linear == 0.2]
    assert max(command.lasts for command in slow) < node.robot.drive.cmd_vel_timeout - 0.2


def test_too_fast_is_clamped_and_told(running):
    node, bench = running
    part = bench.diagnostics()
    bench.publisher(TwistStamped, names.CMD_VEL, names.NEWEST).publish(stamped(bench, 3.0))
    bench.wait(
        lambda: sent(node).twist.linear == node.robot.drive.max_linear, "the clamped velocity"
    )
    bench.wait(
        lambda: part(names.CMD_VEL) and "3 m/s is over the limit" in part(names.CMD_VEL).message,
        "a diagnostic",
    )


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, 1e9])
def test_a_bad_velocity_stops_the_robot_and_is_told(running, bad):
    node, bench = running
    part = bench.diagnostics()
    commands = bench.publisher(TwistStamped, names.CMD_VEL, names.NEWEST)
    commands.publish(stamped(bench, 0.5))
    bench.wait(lambda: sent(node).twist.linear == 0.5, "the velocity")
    commands.publish(stamped(bench, bad))
    bench.wait(lambda: sent(node).twist == Twist2D(), "zero")
    bench.wait(lambda: part(names.CMD_VEL) and part(names.CMD_VEL).level[0] == 1, "a diagnostic")
    assert {value.key: value.value for value in part(names.CMD_VEL).values}["refused"] == "1"


def test_a_sideways_or_flying_velocity_is_refused(running):
    node, bench = running
    message = stamped(bench, 0.5)
    message.twist.linear.y = 0.1
    bench.publisher(TwistStamped, names.CMD_VEL, names.NEWEST).publish(message)
    bench.wait(lambda: node.diagnostics.health.count(names.CMD_VEL, "refused") == 1, "a refusal")
    assert all(command.twist == Twist2D() for command in node.mock.applied)


def test_a_sideways_velocity_does_not_end_what_the_arm_does(running):
    node, bench = running
    bench.publisher(JointTrajectoryMsg, names.JOINT_TRAJECTORY, names.RELIABLE).publish(
        trajectory([0.5])
    )
    bench.wait(lambda: "arm_yaw" in sent(node).joints, "the trajectory")
    message = stamped(bench)
    message.twist.linear.y = 0.1
    bench.publisher(TwistStamped, names.CMD_VEL, names.NEWEST).publish(message)
    bench.wait(lambda: node.diagnostics.health.count(names.CMD_VEL, "refused") == 1, "a refusal")
    bench.wait(
        lambda: sent(node).joints["arm_yaw"] == pytest.approx(0.5), "the end of the trajectory"
    )


@pytest.mark.parametrize("age", [5.0, -5.0, 1e9])
def test_a_stale_stamp_and_one_from_the_future_are_dropped_and_counted(running, age):
    node, bench = running
    bench.publisher(TwistStamped, names.CMD_VEL, names.NEWEST).publish(stamped(bench, 0.5, age=age))
    bench.publisher(JointTrajectoryMsg, names.JOINT_TRAJECTORY, names.RELIABLE).publish(
        trajectory([0.5], seconds=bench.node.get_clock().now().nanoseconds * 1e-9 - age)
    )
    for topic in (names.CMD_VEL, names.JOINT_TRAJECTORY):
        bench.wait(
            lambda topic=topic: node.diagnostics.health.count(topic, "stale") == 1,
            f"a dropped {topic}",
        )
    settle(node)
    assert all(command.twist == Twist2D() and not command.joints for command in node.mock.applied)


def test_a_message_without_a_stamp_counts_as_new(running):
    node, bench = running
    bench.publisher(TwistStamped, names.CMD_VEL, names.NEWEST).publish(
        TwistStamped(twist=convert.twist_to_ros(Twist2D(0.3, 0.0)))
    )
    bench.wait(lambda: sent(node).twist.linear == 0.3, "the velocity")


def test_a_trajectory_moves_the_arm(running):
    node, bench = running
    joints = bench.listen(JointState, names.JOINT_STATES, names.STREAM)
    bench.publisher(JointTrajectoryMsg, names.JOINT_TRAJECTORY, names.RELIABLE).publish(
        trajectory([0.5])
    )
    bench.wait(
        lambda: (
            joints and convert.joints_from_ros(joints[-1])["arm_yaw"].position == pytest.approx(0.5)
        ),
        "the joint to arrive",
    )
    assert list(joints[-1].name) == list(node.robot.joint_names)


@pytest.mark.parametrize(
    "bad",
    [
        trajectory([math.nan]),
        trajectory([math.inf]),
        trajectory([99.0]),
        trajectory([0.5], ("tail",)),
        trajectory([0.5, 0.5]),
        JointTrajectoryMsg(),
        JointTrajectoryMsg(joint_names=["arm_yaw"]),
    ],
    ids=["nan", "inf", "huge", "unknown joint", "too many", "empty", "no points"],
)
def test_a_bad_trajectory_is_refused_with_a_reason_and_moves_nothing(running, bad):
    node, bench = running
    part = bench.diagnostics()
    bench.publisher(JointTrajectoryMsg, names.JOINT_TRAJECTORY, names.RELIABLE).publish(bad)
    bench.wait(
        lambda: (
            part(names.JOINT_TRAJECTORY)
            and "trajectory refused: " in part(names.JOINT_TRAJECTORY).message
        ),
        "a diagnostic",
    )
    settle(node)
    assert not any(command.joints for command in node.mock.applied)


def test_stopped_zeroes_at_once_and_refuses_until_it_is_false(running):
    node, bench = running
    commands = bench.publisher(TwistStamped, names.CMD_VEL, names.NEWEST)
    stopped = bench.publisher(Bool, names.STOPPED, names.LATCHED)
    commands.publish(stamped(bench, 0.5))
    bench.wait(lambda: sent(node).twist.linear == 0.5, "the velocity")
    with Lateness() as lateness:
        began = time.monotonic()
        stopped.publish(Bool(data=True))
        bench.wait(lambda: "stop" in node.mock.calls, "the stop")
        assert time.monotonic() - began < 0.2 + lateness.allowance()
    commands.publish(stamped(bench, 0.5))
    bench.wait(lambda: node.diagnostics.health.count(names.CMD_VEL, "refused") == 1, "a refusal")
    settle(node)
    assert sent(node).twist == Twist2D()
    stopped.publish(Bool(data=False))
    bench.wait(lambda: not node.controller.stopped, "the reset")
    commands.publish(stamped(bench, 0.5))
    bench.wait(lambda: sent(node).twist.linear == 0.5, "the velocity")


@pytest.mark.slow
def test_an_executor_that_starts_again_lifts_no_stop_with_its_first_word(running):
    node, bench = running
    first = bench.publisher(Bool, names.STOPPED, names.LATCHED)
    first.publish(Bool(data=False))
    first.publish(Bool(data=True))
    bench.wait(lambda: node.controller.stopped, "the stop")
    bench.node.destroy_publisher(first)
    second = bench.publisher(Bool, names.STOPPED, names.LATCHED)
    second.publish(Bool(data=False))
    settle(node)
    time.sleep(0.3)
    assert node.controller.stopped
    second.publish(Bool(data=False))  # its reset_stop was called
    bench.wait(lambda: not node.controller.stopped, "the reset")


def test_robot_stop_latches_and_only_its_own_reset_takes_it_back(running):
    node, bench = running
    said = bench.listen(Bool, names.ROBOT_STOPPED, names.LATCHED)
    assert bench.call(Trigger, names.ROBOT_STOP).success
    bench.publisher(Bool, names.STOPPED, names.LATCHED).publish(Bool(data=True))
    bench.wait(lambda: "executor" in node.controller.stop_reason, "the executor's stop")
    answer = bench.call(Trigger, names.ROBOT_RESET_STOP)
    assert not answer.success and "executor" in answer.message and node.controller.stopped
    node.reset_stop("executor")
    assert bench.call(Trigger, names.ROBOT_RESET_STOP).success and not node.controller.stopped
    bench.wait(
        lambda: (
            [message.data for message in said][-1:] == [False]
            and any(message.data for message in said)
        ),
        "robot/stopped",
    )


def test_every_topic_is_there_with_the_right_type_and_arrives(start):
    node, bench = start(prepare=with_urdf(URDF))
    node.mock.battery_v = 7.4
    kinds = {
        names.ODOM: (Odometry, names.STREAM), names.JOINT_STATES: (JointState, names.STREAM),
        names.TF: (TFMessage, names.TF_QOS),
        names.TF_STATIC: (TFMessage, names.LATCHED),
        names.ROBOT_DESCRIPTION: (String, names.LATCHED),
        names.BATTERY_STATE: (BatteryState, names.STREAM), names.IMAGE: (Image, names.SENSOR_DATA),
        names.CAMERA_INFO: (CameraInfo, names.SENSOR_DATA),
        names.COMPRESSED_IMAGE: (CompressedImage, names.SENSOR_DATA),
        names.ROBOT_STOPPED: (Bool, names.LATCHED),
    }  # fmt: skip
    for topic, (kind, qos) in kinds.items():
        bench.listen(kind, topic, qos)
    bench.wait(lambda: all(bench.received.values()), "a message of every topic")
    offered = dict(bench.node.get_topic_names_and_types())
    assert offered["/range"] == ["sensor_msgs/msg/Range"] and Range is not None
    image = image_from_ros(bench.received[names.IMAGE][0])
    assert image.rgb.shape == (node.robot.camera.height, node.robot.camera.width, 3)
    assert jpeg_from_ros(bench.received[names.COMPRESSED_IMAGE][0]).rgb.shape == image.rgb.shape
    assert bench.received[names.ROBOT_DESCRIPTION][0].data == URDF


def test_frames_hang_together_from_odom_to_the_camera_and_the_arm(start):
    _, bench = start(prepare=with_urdf(URDF))
    moving = bench.listen(TFMessage, names.TF, names.TF_QOS)
    fixed = bench.listen(TFMessage, names.TF_STATIC, names.LATCHED)
    bench.wait(lambda: moving and fixed, "frames")
    parents = {
        t.child: t.parent
        for message in (moving[0], fixed[0])
        for t in convert.transforms_from_ros(message)
    }
    assert parents == {
        "base_link": "odom", "arm_yaw_link": "base_link", "camera_link": "base_link",
        "camera_optical_frame": "camera_link",
        "range_link": "base_link",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("odom", "base"),
    [
        ("odom", "base_footprint"),
        ("a/odom", "a/base_link"),
        ("map", "x/y/b\N{LATIN SMALL LETTER O WITH DIAERESIS}t"),
    ],
)
def test_frames_of_other_names_are_one_tree_and_everything_follows(start, robot, odom, base):
    _, bench = start(prepare=with_urdf(build_urdf(robot)), odom_frame=odom, base_frame=base)
    said = {
        topic: bench.listen(kind, topic, qos)
        for kind, topic, qos in (
            (TFMessage, names.TF, names.TF_QOS), (TFMessage, names.TF_STATIC, names.LATCHED),
            (Odometry, names.ODOM, names.STREAM),
            (String, names.ROBOT_DESCRIPTION, names.LATCHED),
            (Image, names.IMAGE, names.SENSOR_DATA),
            (CompressedImage, names.COMPRESSED_IMAGE, names.SENSOR_DATA),
            (CameraInfo, names.CAMERA_INFO, names.SENSOR_DATA),
        )
    }  # fmt: skip
    bench.wait(lambda: all(said.values()), "a message of each")
    parents = {
        t.child: t.parent
        for topic in (names.TF, names.TF_STATIC)
        for t in convert.transforms_from_ros(said[topic][0])
    }
    assert {*parents.values()} - {*parents} == {odom} and parents[base] == odom
    optical = {
        said[topic][0].header.frame_id
        for topic in (names.IMAGE, names.COMPRESSED_IMAGE, names.CAMERA_INFO)
    }
    assert optical <= {*parents} and len(optical) == 1
    assert (said[names.ODOM][0].header.frame_id, said[names.ODOM][0].child_frame_id) == (odom, base)
    described = UrdfFrames(said[names.ROBOT_DESCRIPTION][0].data)
    assert {each.parent for each in described.fixed} - described.children() == {base} and {
        *parents
    } <= described.children() | {base}


def test_stamps_are_on_the_ros_clock_and_evenly_spaced(running):
    _, bench = running
    odom = bench.listen(Odometry, names.ODOM, names.STREAM)
    bench.wait(lambda: len(odom) >= 20, "odometry")
    times = [convert.time_from_ros(message.header.stamp) for message in odom]
    assert abs(times[-1] - bench.node.get_clock().now().nanoseconds * 1e-9) < 5.0
    assert all(later > earlier for earlier, later in pairwise(times))


def test_in_simulated_time_stamps_are_the_robots_own_time(start):
    node, bench = start(use_sim_time=True)
    odom = bench.listen(Odometry, names.ODOM, names.STREAM)
    bench.wait(lambda: len(odom) >= 3, "odometry")
    assert convert.time_from_ros(odom[-1].header.stamp) < 60.0
    commands = bench.publisher(TwistStamped, names.CMD_VEL, names.NEWEST)
    commands.publish(stamped(bench, 0.5))  # stamped with wall time: far in this robot's future
    bench.wait(
        lambda: node.diagnostics.health.count(names.CMD_VEL, "stale") == 1, "a dropped command"
    )


def test_nobody_listening_no_image_is_made(running):
    node, bench = running
    assert not node._publisher.camera_wanted
    bench.listen(CompressedImage, names.COMPRESSED_IMAGE, names.SENSOR_DATA)
    bench.wait(lambda: bench.received[names.COMPRESSED_IMAGE], "an image")


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"robot": "tnak"}, "robot 'tnak' is not known"),
        ({"cmd_vel_timeout": -1.0}, "cmd_vel_timeout is -1"),
        ({"publish_rate": math.nan}, "publish_rate is nan"),
        ({"stamped_cmd_vel": "yes"}, "stamped_cmd_vel is 'yes'"),
        (
            {"base_frame": "/base_link"},
            "base_frame is '/base_link'; it must not be empty, begin or end with a slash",
        ),
        ({"odom_frame": "my odom"}, "odom_frame is 'my odom'; it must have no white space"),
        ({"odom_frame": ""}, "odom_frame is ''"),
        ({"odom_frame": "base_link"}, "odom_frame and base_frame are both 'base_link'"),
        (
            {"base_frame": "camera_link"},
            "base_frame is 'camera_link', which is another frame of this robot",
        ),
    ],
)
def test_a_node_with_a_bad_parameter_does_not_configure_and_says_why(ros, parameters, words):
    node = MockRobotNode(
        parameter_overrides=[Parameter(name, value=value) for name, value in parameters.items()]
    )
    node.trigger_configure()
    assert words in node.failure
    node.destroy_node()


@pytest.mark.parametrize("way_down", ["trigger_deactivate", "trigger_shutdown"])
def test_on_the_way_down_the_robot_is_stopped_and_let_go(running, way_down):
    node, bench = running
    bench.publisher(TwistStamped, names.CMD_VEL, names.NEWEST).publish(stamped(bench, 0.5))
    bench.wait(lambda: sent(node).twist.linear == 0.5, "the velocity")
    mock = node.mock
    getattr(node, way_down)()
    assert "stop" in mock.calls and mock._twist == Twist2D()
    assert mock.closed == (way_down == "trigger_shutdown")


def test_inactive_it_moves_nothing_and_active_again_it_does(running):
    node, bench = running
    commands = bench.publisher(TwistStamped, names.CMD_VEL, names.NEWEST)
    node.trigger_deactivate()
    commands.publish(stamped(bench, 0.5))
    bench.wait(lambda: node.diagnostics.health.count(names.CMD_VEL, "refused") == 1, "a refusal")
    node.trigger_activate()
    commands.publish(stamped(bench, 0.4))
    bench.wait(lambda: sent(node).twist.linear == 0.4, "the velocity")


def test_a_robot_that_is_gone_is_let_go_told_and_can_be_configured_again(running):
    node, bench = running
    part = bench.diagnostics()
    gone = node.mock
    gone.fail("the bus is gone")
    bench.wait(
        lambda: gone.closed and lifecycle_state(node) == "unconfigured",
        "the node to let go",
    )
    bench.wait(
        lambda: (
            part("robot")
            and part("robot").level[0] == 2
            and "the bus is gone" in part("robot").message
        ),
        "a diagnostic",
    )
    node.trigger_configure()
    node.trigger_activate()
    assert node.mock is not gone
    settle(node)


def test_a_fault_in_the_control_loop_stops_the_robot_too(running):
    node, bench = running
    broken = node.mock
    broken.read = lambda: 1 / 0
    bench.wait(lambda: broken.closed and "ZeroDivisionError" in node.failure, "the node to let go")


def test_diagnostics_tell_the_rates(running):
    _, bench = running
    part = bench.diagnostics()
    bench.wait(
        lambda: (
            part("robot")
            and any(v.key == "odom rate [Hz]" and float(v.value) > 10 for v in part("robot").values)
        ),
        "a rate",
    )


def test_a_robot_whose_arm_hides_its_cameras_view_says_so(start, tmp_path):
    text = (resources.files("tank_core") / "robots" / "tank.yaml").read_text(encoding="utf-8")
    path = tmp_path / "low.yaml"
    path.write_text(
        text.replace("position: [0.13, 0.0, 0.50]", "position: [0.13, 0.0, 0.40]"), encoding="utf-8"
    )
    _, bench = start(robot=str(path))
    part = bench.diagnostics()
    bench.wait(
        lambda: (
            part("camera view")
            and "hides 31% of the middle of the camera's view" in part("camera view").message
        ),
        "a warning",
    )
