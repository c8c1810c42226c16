"""Conversions: what goes out comes back."""

import math

import numpy as np
import pytest

pytest.importorskip("rclpy", reason="ROS 2 is not installed here")

from geometry_msgs.msg import Quaternion, Twist
from hypothesis import given
from hypothesis import strategies as st
from sensor_msgs.msg import JointState

from tank_core.robot import RangeSensor
from tank_core.robot.frames import Transform, about, from_rpy
from tank_core.ros import conversions as convert
from tank_core.state import JointState as Joint
from tank_core.state import (
    JointTrajectory,
    Odometry,
    Pose2D,
    TrajectoryPoint,
    Twist2D,
)

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
