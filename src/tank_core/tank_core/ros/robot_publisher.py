"""Publishes a RobotNode's state, frames and images as messages."""

from __future__ import annotations

from functools import partial

from nav_msgs.msg import Odometry
from rclpy.lifecycle import LifecyclePublisher
from rclpy.qos import QoSProfile
from sensor_msgs.msg import BatteryState, CameraInfo, CompressedImage, Image, JointState, Range
from std_msgs.msg import Bool, String
from tf2_msgs.msg import TFMessage

from tank_core.robot import Robot
from tank_core.robot.frame_names import RobotFrames
from tank_core.robot.frames import Transform
from tank_core.ros import conversions as convert
from tank_core.ros import interfaces as names
from tank_core.ros.images.conversions import image_to_ros, jpeg_to_ros
from tank_core.ros.runtime.link import LinkedPublisher, Stamped
from tank_core.ros.tank_node import TankNode
from tank_core.state import CameraFrame, RobotState


class RobotPublisher:
    """The publishers of one robot. Times are seconds on the ROS clock."""

    def __init__(self, node: TankNode, robot: Robot, frames: RobotFrames, publish_tf: bool) -> None:
        self._node, self._robot, self._frames, self._publish_tf = node, robot, frames, publish_tf
        self._odom_frame, self._base_frame = frames.names.odom, frames.names.base
        self._optical_frame, self._range_frame = map(
            frames.names.of, (names.OPTICAL_FRAME, names.RANGE_FRAME)
        )
        self._publishers: list[LifecyclePublisher] = []
        self._linked: list[LinkedPublisher] = []
        self._odom = self._link(Odometry, names.ODOM, names.STREAM)
        self._joints = self._link(JointState, names.JOINT_STATES, names.STREAM)
        self._tf = self._link(TFMessage, names.TF, names.TF_QOS)
        self._tf_static = self._make(TFMessage, names.TF_STATIC, names.LATCHED)
        self._description = self._make(String, names.ROBOT_DESCRIPTION, names.LATCHED)
        self._battery = self._link(BatteryState, names.BATTERY_STATE, names.STREAM)
        self._range = self._link(Range, names.RANGE, names.SENSOR_DATA)
        self._image = self._link(Image, names.IMAGE, names.SENSOR_DATA)
        self._info = self._link(CameraInfo, names.CAMERA_INFO, names.SENSOR_DATA)
        self._jpeg = self._link(CompressedImage, names.COMPRESSED_IMAGE, names.SENSOR_DATA)
        self._stopped = self._make(Bool, names.ROBOT_STOPPED, names.LATCHED)

    def _make(self, kind: type, name: str, qos: object) -> LifecyclePublisher:
        publisher: LifecyclePublisher = self._node.create_lifecycle_publisher(kind, name, qos)
        self._publishers.append(publisher)
        return publisher

    def _link(self, kind: type, name: str, qos: QoSProfile) -> LinkedPublisher:
        self._linked.append(LinkedPublisher(self._node, kind, name, qos, lifecycle=True))
        return self._linked[-1]

    def close(self) -> None:
        """Take the topics off the air. Idempotent."""
        while self._linked:
            self._linked.pop().close()
        while self._publishers:
            self._node.destroy_lifecycle_publisher(self._publishers.pop())

    def description(self, seconds: float) -> None:
        """Publish what does not change, latched: the URDF and fixed frames."""
        if self._frames.urdf:
            self._description.publish(String(data=self._frames.urdf))
        if self._publish_tf:
            self._tf_static.publish(convert.transforms_to_ros(self._frames.fixed, seconds))

    def state(self, state: RobotState, seconds: float) -> None:
        """Everything that is in one reading, for those who listen.

        Odometry comes last: it is what others wake up for, and then the rest is there.
        """
        joints, sensor = state.joints, self._robot.range_sensor
        self._joints.give(Stamped(seconds, joints), partial(convert.joints_to_ros, joints, seconds))
        if self._publish_tf and self._tf.wanted:
            moving = self._moving(state)
            self._tf.give(
                Stamped(seconds, moving), partial(convert.transforms_to_ros, moving, seconds)
            )
        if state.battery_v is not None:
            left = state.battery_v, state.battery_charge
            self._battery.give(
                Stamped(seconds, left), partial(convert.battery_to_ros, *left, seconds)
            )
        if sensor is not None:
            self._range.give(
                Stamped(seconds, (state.range_m, sensor)),
                partial(convert.range_to_ros, state.range_m, sensor, seconds, self._range_frame),
            )
        frames = self._odom_frame, self._base_frame
        self._odom.give(
            Stamped(seconds, state.odometry),
            partial(convert.odometry_to_ros, state.odometry, seconds, *frames),
        )
        self._node.diagnostics.tick("robot", "odom")

    def _moving(self, state: RobotState) -> list[Transform]:
        base = convert.pose_to_transform(state.odometry.pose, self._odom_frame, self._base_frame)
        angles = {name: joint.position for name, joint in state.joints.items()}
        return self._frames.moving(base, angles)

    def stopped(self, stopped: bool) -> None:
        """Whether the robot refuses motion, latched."""
        self._stopped.publish(Bool(data=stopped))

    @property
    def camera_wanted(self) -> bool:
        """True when somebody listens to the camera.

        Nobody renders or compresses for nobody.
        """
        return any(publisher.wanted for publisher in (self._image, self._info, self._jpeg))

    def camera(self, frame: CameraFrame, seconds: float, quality: int) -> None:
        """Publish an image and its camera_info, raw and as JPEG if wanted."""
        if self._image.wanted:
            self._image.publish(image_to_ros(frame, seconds, self._optical_frame))
        if self._jpeg.wanted:
            self._jpeg.publish(jpeg_to_ros(frame, seconds, self._optical_frame, quality))
        self._info.publish(
            convert.camera_info_to_ros(self._robot.camera, seconds, self._optical_frame)
        )
        self._node.diagnostics.tick("camera", "image")
