"""Converts a robot's state and motion to and from ROS's messages.

Pairs ``x_to_ros`` / ``x_from_ros`` that undo each other. Times are seconds. Images are converted in
``ros/images``, objects and commands in ``ros/tank_messages``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from builtin_interfaces.msg import Duration, Time
from geometry_msgs.msg import Quaternion, TransformStamped, Twist, Vector3
from nav_msgs.msg import Odometry as OdometryMsg
from sensor_msgs.msg import BatteryState, CameraInfo, Range
from sensor_msgs.msg import JointState as JointStateMsg
from std_msgs.msg import Header
from tf2_msgs.msg import TFMessage
from trajectory_msgs.msg import JointTrajectory as JointTrajectoryMsg
from trajectory_msgs.msg import JointTrajectoryPoint

from tank_core.geometry import Pose2D, from_yaw, yaw_of
from tank_core.robot import Camera, RangeSensor
from tank_core.robot.frames import Transform
from tank_core.state import (
    JointState,
    JointTrajectory,
    Odometry,
    TrajectoryPoint,
    Twist2D,
)

# variance of what is not measured: a planar robot's z, roll and pitch; how a detected object is
# turned
NEVER = 1e6


def time_to_ros(seconds: float) -> Time:
    """A time on the ROS clock.

    Before its beginning there is none, so a negative one becomes 0.
    """
    nanoseconds = max(0, round(seconds * 1e9))
    return Time(sec=nanoseconds // 10**9, nanosec=nanoseconds % 10**9)


def time_from_ros(time: Time | Duration) -> float:
    return float(time.sec + time.nanosec * 1e-9)


def header(seconds: float, frame: str) -> Header:
    return Header(stamp=time_to_ros(seconds), frame_id=frame)


def yaw_to_ros(yaw: float) -> Quaternion:
    x, y, z, w = from_yaw(yaw)
    return Quaternion(x=x, y=y, z=z, w=w)


def yaw_from_ros(rotation: Quaternion) -> float:
    """Yaw [rad] in (-pi, pi] of any rotation."""
    return yaw_of((rotation.x, rotation.y, rotation.z, rotation.w))


def twist_to_ros(twist: Twist2D) -> Twist:
    return Twist(linear=Vector3(x=twist.linear), angular=Vector3(z=twist.angular))


def twist_from_ros(message: Twist) -> Twist2D:
    """The part that a planar robot can do.

    ``twist_fault`` says what is wrong with the rest.
    """
    return Twist2D(message.linear.x, message.angular.z)


def twist_fault(message: Twist) -> str | None:
    """The reason why a Twist is not one for a robot that cannot go sideways.

    None when it is.
    """
    others = {
        "linear.y": message.linear.y, "linear.z": message.linear.z, "angular.x": message.angular.x,
        "angular.y": message.angular.y
    }  # fmt: skip
    for name, value in others.items():
        if value != 0.0:
            return (
                f"{name} is {value:g}; this robot moves by linear.x and angular.z alone, so the "
                "rest must be 0"
            )
    return None


def odometry_to_ros(odometry: Odometry, seconds: float, frame: str, child: str) -> OdometryMsg:
    message = OdometryMsg(header=header(seconds, frame), child_frame_id=child)
    message.pose.pose.position.x, message.pose.pose.position.y = odometry.pose.x, odometry.pose.y
    message.pose.pose.orientation = yaw_to_ros(odometry.pose.yaw)
    message.pose.covariance = _planar(odometry.variance)
    message.twist.twist = twist_to_ros(odometry.twist)
    return message


def odometry_from_ros(message: OdometryMsg) -> Odometry:
    """The yaw comes back in (-pi, pi]."""
    place, spread = message.pose.pose, message.pose.covariance
    pose = Pose2D(place.position.x, place.position.y, yaw_from_ros(place.orientation))
    return Odometry(
        pose,
        twist_from_ros(message.twist.twist),
        (float(spread[0]), float(spread[7]), float(spread[35])),
    )


def _planar(variance: Sequence[float]) -> list[float]:
    """6 x 6 row-major covariance of x, y, z, roll, pitch, yaw."""
    covariance = [0.0] * 36
    x, y, yaw = map(float, variance)
    covariance[::7] = (x, y, NEVER, NEVER, NEVER, yaw)
    return covariance


def joints_to_ros(joints: Mapping[str, JointState], seconds: float) -> JointStateMsg:
    message = JointStateMsg(header=header(seconds, ""), name=list(joints))
    message.position = [joint.position for joint in joints.values()]
    message.velocity = [joint.velocity for joint in joints.values()]
    message.effort = [joint.effort for joint in joints.values()]
    return message


def joints_from_ros(message: JointStateMsg) -> dict[str, JointState]:
    """Velocities and efforts that were left out become 0.

    Raises ValueError when names and positions do not match.
    """
    count = len(message.name)
    if len(message.position) != count:
        raise ValueError(
            f"{len(message.position)} positions for {count} joints; joint_states must have one for "
            "each name"
        )
    velocity = message.velocity if len(message.velocity) == count else [0.0] * count
    effort = message.effort if len(message.effort) == count else [0.0] * count
    return {
        name: JointState(*values)
        for name, *values in zip(message.name, message.position, velocity, effort, strict=True)
    }


def trajectory_to_ros(trajectory: JointTrajectory, seconds: float = 0.0) -> JointTrajectoryMsg:
    """``seconds``: when it begins; 0 means on arrival."""
    message = JointTrajectoryMsg(
        header=header(seconds, ""), joint_names=list(trajectory.joint_names)
    )
    for point in trajectory.points:
        message.points.append(
            JointTrajectoryPoint(
                positions=list(point.positions),
                time_from_start=duration_to_ros(point.time_from_start),
            )
        )
    return message


def trajectory_from_ros(message: JointTrajectoryMsg) -> JointTrajectory:
    """Positions and times; velocities, accelerations and efforts are not used.

    ``check_trajectory`` judges it.
    """
    points = tuple(
        TrajectoryPoint(time_from_ros(point.time_from_start), tuple(point.positions))
        for point in message.points
    )
    return JointTrajectory(tuple(message.joint_names), points)


def duration_to_ros(seconds: float) -> Duration:
    nanoseconds = round(seconds * 1e9)
    return Duration(sec=nanoseconds // 10**9, nanosec=nanoseconds % 10**9)


def transforms_to_ros(transforms: Iterable[Transform], seconds: float) -> TFMessage:
    return TFMessage(transforms=[_transform_to_ros(transform, seconds) for transform in transforms])


def _transform_to_ros(transform: Transform, seconds: float) -> TransformStamped:
    message = TransformStamped(
        header=header(seconds, transform.parent), child_frame_id=transform.child
    )
    message.transform.translation = Vector3(**dict(zip("xyz", transform.translation, strict=True)))
    message.transform.rotation = Quaternion(**dict(zip("xyzw", transform.rotation, strict=True)))
    return message


def transforms_from_ros(message: TFMessage) -> list[Transform]:
    return [transform_from_ros(transform) for transform in message.transforms]


def transform_from_ros(message: TransformStamped) -> Transform:
    shift, turn = message.transform.translation, message.transform.rotation
    return Transform(
        message.header.frame_id,
        message.child_frame_id,
        (shift.x, shift.y, shift.z),
        (turn.x, turn.y, turn.z, turn.w),
    )


def pose_to_transform(pose: Pose2D, parent: str, child: str) -> Transform:
    return Transform(parent, child, (pose.x, pose.y, 0.0), from_yaw(pose.yaw))


def camera_info_to_ros(camera: Camera, seconds: float, frame_id: str) -> CameraInfo:
    """A pinhole without distortion, its center in the middle of the image.

    A whole number is a pixel's middle, as in OpenCV.
    """
    focal, cx, cy = camera.focal_px, (camera.width - 1) / 2, (camera.height - 1) / 2
    info = CameraInfo(
        header=header(seconds, frame_id),
        height=camera.height,
        width=camera.width,
        distortion_model="plumb_bob",
    )
    info.d = [0.0] * 5
    info.k = [focal, 0.0, cx, 0.0, focal, cy, 0.0, 0.0, 1.0]
    info.r = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]
    info.p = [focal, 0.0, cx, 0.0, 0.0, focal, cy, 0.0, 0.0, 0.0, 1.0, 0.0]
    return info


def battery_to_ros(volts: float, charge: float | None, seconds: float) -> BatteryState:
    """Voltage [V], NaN where there is no reading, and charge (0 to 1).

    What is not measured is NaN, as the message asks.
    """
    nan = math.nan
    return BatteryState(
        header=header(seconds, ""), voltage=volts, temperature=nan, current=nan, charge=nan,
        capacity=nan, design_capacity=nan,
        percentage=nan if charge is None else charge, present=True,
    )  # fmt: skip


def battery_from_ros(message: BatteryState) -> tuple[float | None, float | None]:
    """Voltage [V], NaN where there is no reading, and charge (0 to 1).

    None for what is not known.
    """
    if not message.present:
        return None, None
    charge = None if math.isnan(message.percentage) else float(message.percentage)
    return float(message.voltage), charge


def range_to_ros(
    distance: float | None, sensor: RangeSensor, seconds: float, frame_id: str
) -> Range:
    """Convert a distance [m] to a Range (REP-117).

    None, nothing in reach, is +infinity; NaN, a sensor that failed, is NaN.
    """
    return Range(
        header=header(seconds, frame_id), radiation_type=Range.ULTRASOUND,
        field_of_view=sensor.field_of_view,
        min_range=sensor.min_range, max_range=sensor.max_range,
        range=math.inf if distance is None else distance,
    )  # fmt: skip


def range_from_ros(message: Range) -> float | None:
    """Distance [m]; None: nothing in reach.

    Too near to be measured (-infinity, REP-117) is the least range. Raises ValueError for NaN.
    """
    return range_within(message.range, message.min_range, message.max_range)


def range_within(distance: float | None, least: float, most: float) -> float | None:
    """A sensor's distance [m], never under its least; None: nothing in reach.

    Raises ValueError for NaN.
    """
    if distance is None or distance > most:
        return None
    if math.isnan(distance):
        raise ValueError("range is not a number: the sensor failed (REP-117)")
    return float(max(distance, least))
