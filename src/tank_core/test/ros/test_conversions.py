"""Conversions: what goes out comes back."""

import math
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("rclpy", reason="ROS 2 is not installed here")

from geometry_msgs.msg import Quaternion, Twist
from hypothesis import given
from hypothesis import strategies as st
from sensor_msgs.msg import CompressedImage, Image, JointState

from tank_core import commands as c
from tank_core.exceptions import InvalidCommandError
from tank_core.robot import RangeSensor
from tank_core.robot.frames import Transform, about, from_rpy
from tank_core.ros import conversions as convert
from tank_core.state import (
    CameraFrame,
    Detection,
    Detections,
    JointTrajectory,
    Odometry,
    Pose2D,
    TrajectoryPoint,
    Twist2D,
)
from tank_core.state import JointState as Joint

NUMBERS = st.floats(-1e6, 1e6)
YAWS = st.floats(-3.14, 3.14)


@given(st.floats(0, 2e9))
def test_times(seconds):
    assert convert.time_from_ros(convert.time_to_ros(seconds)) == pytest.approx(seconds, abs=1e-6)


def test_a_time_before_the_clock_began_is_its_beginning():
    assert convert.time_from_ros(convert.time_to_ros(-0.5)) == 0.0


@given(st.floats(-1e6, 1e6))
def test_durations(seconds):
    assert convert.time_from_ros(convert.duration_to_ros(seconds)) == pytest.approx(
        seconds, abs=1e-9
    )


@given(YAWS)
def test_yaws(yaw):
    assert convert.yaw_from_ros(convert.yaw_to_ros(yaw)) == pytest.approx(yaw)


@given(st.floats(-1.5, 1.5), YAWS)
def test_the_yaw_of_a_tilted_rotation_is_its_heading(pitch, yaw):
    x, y, z, w = from_rpy(0.0, pitch, yaw)
    assert convert.yaw_from_ros(Quaternion(x=x, y=y, z=z, w=w)) == pytest.approx(yaw, abs=1e-6)


@given(NUMBERS, NUMBERS)
def test_twists(linear, angular):
    twist = Twist2D(linear, angular)
    assert convert.twist_from_ros(convert.twist_to_ros(twist)) == twist
    assert convert.twist_fault(convert.twist_to_ros(twist)) is None


@pytest.mark.parametrize("field", ["linear.y", "linear.z", "angular.x", "angular.y"])
@pytest.mark.parametrize("value", [0.1, -1e300, math.nan, math.inf])
def test_a_twist_that_a_planar_robot_cannot_do_is_told_by_its_field(field, value):
    message = Twist()
    part, axis = field.split(".")
    setattr(getattr(message, part), axis, value)
    assert field in str(convert.twist_fault(message))


@given(NUMBERS, NUMBERS, YAWS, NUMBERS, NUMBERS)
def test_odometry(x, y, yaw, linear, angular):
    odometry = Odometry(Pose2D(x, y, yaw), Twist2D(linear, angular), (0.1, 0.2, 0.3))
    message = convert.odometry_to_ros(odometry, 12.5, "odom", "base_link")
    back = convert.odometry_from_ros(message)
    assert (message.header.frame_id, message.child_frame_id, message.header.stamp.sec) == (
        "odom",
        "base_link",
        12,
    )
    assert (back.pose.x, back.pose.y, back.twist, back.variance) == (
        x,
        y,
        odometry.twist,
        odometry.variance,
    )
    assert back.pose.yaw == pytest.approx(yaw)


@given(st.dictionaries(st.text("abc_", min_size=1), st.builds(Joint, NUMBERS, NUMBERS, NUMBERS)))
def test_joint_states(joints):
    assert convert.joints_from_ros(convert.joints_to_ros(joints, 1.0)) == joints


def test_joint_states_without_velocities_stand_still():
    assert convert.joints_from_ros(JointState(name=["a"], position=[0.5])) == {
        "a": Joint(0.5, 0.0, 0.0)
    }


@given(
    st.lists(
        st.tuples(st.integers(0, 10**6), st.lists(NUMBERS, min_size=2, max_size=2)), max_size=4
    )
)
def test_trajectories(points):
    trajectory = JointTrajectory(
        ("a", "b"), tuple(TrajectoryPoint(ms / 1000, tuple(positions)) for ms, positions in points)
    )
    back = convert.trajectory_from_ros(convert.trajectory_to_ros(trajectory, 3.0))
    assert back.joint_names == trajectory.joint_names and len(back.points) == len(points)
    for one, other in zip(back.points, trajectory.points, strict=True):
        assert one.positions == other.positions and one.time_from_start == pytest.approx(
            other.time_from_start
        )


def test_transforms():
    transforms = [
        Transform("odom", "base_link", (1.0, 2.0, 3.0), about((0.0, 0.0, 1.0), 0.4)),
        Transform("a", "b"),
    ]
    message = convert.transforms_to_ros(transforms, 2.0)
    assert convert.transforms_from_ros(message) == transforms
    assert message.transforms[0].header.stamp.sec == 2


@pytest.fixture
def frame():
    rgb = np.random.default_rng(0).integers(0, 255, (4, 6, 3), np.uint8)
    return CameraFrame(1.5, rgb)


def test_images(frame):
    message = convert.image_to_ros(frame, 1.5, "camera_optical_frame")
    back = convert.image_from_ros(message)
    assert (message.width, message.height, message.step, message.encoding) == (6, 4, 18, "rgb8")
    assert back.time == 1.5 and np.array_equal(back.rgb, frame.rgb)


def test_an_image_of_a_bgr_camera_with_padded_rows_is_read_too(frame):
    rows = np.zeros((4, 20), np.uint8)
    rows[:, :18] = frame.rgb[:, :, ::-1].reshape(4, 18)
    message = Image(width=6, height=4, step=20, encoding="bgr8", data=rows.tobytes())
    assert np.array_equal(convert.image_from_ros(message).rgb, frame.rgb)


@pytest.mark.parametrize(
    "change", [{"encoding": "mono8"}, {"data": b"123"}, {"step": 3}, {"height": 1000}]
)
def test_an_image_that_is_none_is_refused(frame, change):
    message = convert.image_to_ros(frame, 1.5, "camera")
    for name, value in change.items():
        setattr(message, name, value)
    with pytest.raises(ValueError, match="image"):
        convert.image_from_ros(message)


def test_jpegs_come_back_nearly_the_same():
    ramp = np.broadcast_to(
        np.linspace(0, 255, 64).astype(np.uint8)[None, :, None], (48, 64, 3)
    ).copy()
    ramp[:, :, 2] = 30  # so that red and blue cannot be taken for one another
    back = convert.jpeg_from_ros(convert.jpeg_to_ros(CameraFrame(0.0, ramp), 2.0, "camera", 95))
    assert back.time == 2.0 and back.rgb.shape == ramp.shape
    assert np.abs(back.rgb.astype(int) - ramp).mean() < 5


@pytest.mark.parametrize("data", [b"", b"not a picture"])
def test_a_jpeg_that_is_none_is_refused(data):
    with pytest.raises(ValueError, match="cannot be decoded"):
        convert.jpeg_from_ros(CompressedImage(format="jpeg", data=data))


def test_camera_info_projects_the_edge_of_the_view_on_the_edge_of_the_image(robot):
    info = convert.camera_info_to_ros(robot.camera, 1.0, "camera")
    matrix = np.array(info.k).reshape(3, 3)
    edge = matrix @ [0.0, math.tan(math.radians(robot.camera.fovy) / 2), 1.0]
    # pixels' middles are whole numbers
    assert edge[:2] == pytest.approx([robot.camera.width / 2 - 0.5, robot.camera.height - 0.5])
    assert np.array(info.p).reshape(3, 4)[:, :3] == pytest.approx(matrix)


def test_what_a_battery_does_not_measure_is_not_a_number():
    message = convert.battery_to_ros(7.5, None, 1.0)
    assert message.voltage == 7.5 and math.isnan(message.percentage) and math.isnan(message.current)
    assert convert.battery_to_ros(7.5, 0.5, 1.0).percentage == 0.5


def test_nothing_in_reach_is_infinity():
    sensor = RangeSensor((0.0, 0.0, 0.1), 0.25, 0.02, 4.0)
    assert convert.range_to_ros(None, sensor, 1.0, "range_link").range == math.inf
    assert convert.range_to_ros(0.5, sensor, 1.0, "range_link").range == 0.5


@pytest.mark.parametrize(
    "value, distance",
    [(math.inf, None), (4.5, None), (-math.inf, 0.02), (0.01, 0.02), (1.25, 1.25)],
)
def test_ranges_come_back_within_the_sensors_reach(value, distance):
    sensor = RangeSensor((0.0, 0.0, 0.1), 0.25, 0.02, 4.0)
    back = convert.range_from_ros(convert.range_to_ros(value, sensor, 1.0, "range_link"))
    assert back == (None if distance is None else pytest.approx(distance))
    assert convert.range_from_ros(convert.range_to_ros(None, sensor, 1.0, "range_link")) is None


def test_a_range_sensor_that_failed_is_told():
    with pytest.raises(ValueError, match="not a number"):
        convert.range_from_ros(
            convert.range_to_ros(
                math.nan, RangeSensor((0.0, 0.0, 0.1), 0.25, 0.02, 4.0), 1.0, "range_link"
            )
        )


COUNTS = st.integers(0, 2**32 - 1)
TRIPLES = st.tuples(NUMBERS, NUMBERS, NUMBERS)
THINGS = st.builds(
    Detection, COUNTS, st.none() | st.sampled_from(list(c.Color)),
    st.none() | st.sampled_from(list(c.Shape)), TRIPLES, TRIPLES,
    st.floats(0, 1, width=32), st.floats(0, 1e6), st.tuples(*[NUMBERS] * 9),
    st.tuples(COUNTS, COUNTS, COUNTS, COUNTS),
)  # fmt: skip


@given(st.floats(0, 2e9), st.lists(THINGS, max_size=3))
def test_detections(seconds, things):
    pytest.importorskip("tank_msgs.msg", reason="tank_msgs is not built here")
    message = convert.detections_to_ros(Detections(seconds, tuple(things)), "base_link")
    back = convert.detections_from_ros(message)
    assert back.objects == tuple(things) and back.time == pytest.approx(seconds, abs=1e-6)
    assert message.header.frame_id == "base_link"
    # how it is turned is not known: no listener may take 0 for certainty
    for thing in message.objects:
        spread = np.reshape(thing.pose.covariance, (6, 6))
        assert (
            (np.diag(spread)[3:] == convert.NEVER).all()
            and not spread[:3, 3:].any()
            and not spread[3:, :3].any()
        )


@pytest.mark.parametrize("field", ["position", "size", "covariance", "age"])
@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_detection_that_is_not_a_number_is_refused_by_its_id(field, value):
    pytest.importorskip("tank_msgs.msg", reason="tank_msgs is not built here")
    thing = Detection(7, "red", None, (1.0, 0.0, 0.0))
    shaped = {
        "position": (1.0, value, 0.0),
        "size": (value, 0.0, 0.0),
        "covariance": (value,) * 9,
        "age": value,
    }
    with pytest.raises(ValueError, match="object 7"):
        convert.detections_from_ros(
            convert.detections_to_ros(
                Detections(1.0, (replace(thing, **{field: shaped[field]}),)), "base_link"
            )
        )


COMMANDS = [
    c.Move("forward", 1.25), c.Move("backward", 100.0, "fast"), c.Turn("left", 90.0),
    c.Turn("right", 360.0, "slow"), c.Stop(),
    c.Wait(0.5), c.Grasp(), c.Grasp("front_left", "red", "cube"), c.Release("left"), c.Face("blue"),
    c.Approach(shape="ball"),
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_commands(command):
    pytest.importorskip("tank_msgs.msg", reason="tank_msgs is not built here")
    assert convert.command_from_ros(convert.command_to_ros(command)) == command


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"action": "jump"}, "'jump'"),
        ({"action": ""}, "action"),
        ({"action": "move", "direction": "forward"}, "distance_m is 0.0"),
        ({"action": "move", "direction": "forward", "distance_m": math.nan}, "distance_m is nan"),
        ({"action": "move", "direction": "forward", "distance_m": math.inf}, "distance_m is inf"),
        ({"action": "move", "direction": "forward", "distance_m": -1.0}, "distance_m is -1"),
        ({"action": "move", "direction": "forward", "distance_m": 1e9}, "distance_m is"),
        ({"action": "move", "direction": "up", "distance_m": 1.0}, "'up'"),
        ({"action": "stop", "distance_m": 1.0}, "no field 'distance_m'"),
        ({"action": "wait", "duration_s": 1.0, "angle_deg": math.nan}, "no field 'angle_deg'"),
        ({"action": "grasp", "cell": "behind"}, "'behind'"),
    ],
)
def test_a_command_message_outside_the_language_is_refused(fields, words):
    messages = pytest.importorskip("tank_msgs.msg", reason="tank_msgs is not built here")
    with pytest.raises(InvalidCommandError, match=words):
        convert.command_from_ros(messages.Command(**fields))
