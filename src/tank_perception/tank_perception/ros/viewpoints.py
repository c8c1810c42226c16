"""Knows from where, and through which lens, images were taken.

It hears tf, tf_static, joint_states and camera_info.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from threading import Lock

from rclpy.event_handler import QoSSubscriptionMatchedInfo
from sensor_msgs.msg import CameraInfo, JointState
from tf2_msgs.msg import TFMessage

from tank_core.robot.frames import Transform
from tank_core.ros import conversions as convert
from tank_core.ros import interfaces as names
from tank_core.ros.runtime.link import Near, Stamped
from tank_core.ros.subscription import OpenSubscription
from tank_core.ros.tank_node import TankNode
from tank_core.state import JointState as Joint
from tank_perception.frames.camera_info import Lenses, Size
from tank_perception.frames.history import TransformError
from tank_perception.frames.whereabouts import Whereabouts
from tank_perception.ros.markers import lens_from_ros
from tank_perception.view import Lens, View


class Viewpoints:
    """The views and lenses of a robot's images, as heard over ROS.

    Thread-safe; its lock is held for putting things in place alone. What is refused is told.
    """

    def __init__(
        self, node: TankNode, whereabouts: Whereabouts, lenses: Lenses, heard: Callable[[], None]
    ) -> None:
        """Listen; ``heard`` is called in the callback of transforms."""
        self._node, self._heard = node, heard
        self._whereabouts, self._lenses = whereabouts, lenses
        self._lock = Lock()
        self._tf = node.hear(
            TFMessage,
            names.TF,
            self._on_tf,
            names.TF_QOS,
            near=Near.AT_ONCE,
            on_value=self._take_moving,
        )
        self._joints = node.hear(
            JointState,
            names.JOINT_STATES,
            self._on_joints,
            names.STREAM,
            near=Near.AT_ONCE,
            on_value=self._take_joints,
        )
        self._camera_info: OpenSubscription | None = None
        self._hear_tf_static()

    def _hear_tf_static(self) -> None:
        """Listen to all who live; what they latched comes again."""
        self._one_left = False
        self._tf_static = self._node.hear(
            TFMessage,
            names.TF_STATIC,
            self._on_tf_static,
            names.TF_STATIC_QOS,
            on_matched=self._on_senders,
        )

    def _on_senders(self, event: QoSSubscriptionMatchedInfo) -> None:
        # Not by those that are there now: one may have come and gone since.
        self._one_left |= event.current_count_change < event.total_count_change

    def hear_camera(self, hear: bool) -> None:
        """Listen to camera_info, or cease to. Idempotent.

        A simulator renders for listeners only.
        """
        if hear and self._camera_info is None:
            self._camera_info = self._node.hear(
                CameraInfo,
                names.CAMERA_INFO,
                self._on_camera_info,
                names.SENSOR_DATA,
                near=Near.AT_ONCE,
            )
        elif not hear and self._camera_info is not None:
            self._camera_info.close()
            self._camera_info = None

    def close(self) -> None:
        """Hear no more."""
        self.hear_camera(False)
        for entity in (self._tf, self._joints, self._tf_static):
            entity.close()

    def rest(self, resting: bool) -> None:
        """Say whether a robot of this process may save its transforms."""
        self._tf.wanted = self._joints.wanted = not resting

    # What is asked

    def view(self, frame: str, stamp: float, ahead: float) -> View:
        """Return the view of the camera in ``frame`` at ``stamp``.

        It is guessed up to ``ahead`` [s]. Raises TransformError where it is not known.
        """
        with self._lock:
            return self._whereabouts.view(frame, stamp, ahead)

    def lens(self, frame: str, stamp: float) -> tuple[Lens, Size]:
        """Return the lens of an image and the size [px] that it must have."""
        with self._lock:
            lens, odd = self._lenses.of(frame, stamp), self._lenses.fault(frame)
        if odd:
            self._node.diagnostics.warn("camera", "of another frame", odd)
        return lens

    # What is heard

    def _on_tf(self, message: TFMessage) -> None:
        """Take over all that wait, at once.

        One a turn, a busy process would fall behind them.
        """
        messages = [message, *self._tf.waiting()]
        with self._lock:
            for stamped in (stamped for each in messages for stamped in each.transforms):
                stamp = convert.time_from_ros(stamped.header.stamp)
                self._add_moving(convert.transform_from_ros(stamped), stamp)
        self._heard()

    def _take_moving(self, told: Stamped) -> None:
        with self._lock:
            for transform in told.value:
                self._add_moving(transform, told.time)
        self._heard()

    def _add_moving(self, transform: Transform, stamp: float) -> None:
        add = self._whereabouts.transforms.add
        self._try("tf", partial(add, transform, stamp, self._now(stamp)))

    def _on_tf_static(self, message: TFMessage) -> None:
        with self._lock:
            for transform in convert.transforms_from_ros(message):
                self._try("tf", partial(self._whereabouts.transforms.add_fixed, transform))

    def _on_joints(self, message: JointState) -> None:
        with self._lock:
            self._try(names.JOINT_STATES, partial(self._add_message, message))

    def _take_joints(self, told: Stamped) -> None:
        with self._lock:
            self._try(names.JOINT_STATES, partial(self._add_joints, told.value, told.time))

    def _add_message(self, message: JointState) -> None:
        stamp = convert.time_from_ros(message.header.stamp)
        self._add_joints(convert.joints_from_ros(message), stamp)

    def _add_joints(self, told: Mapping[str, Joint], stamp: float) -> None:
        joints = {name: joint.position for name, joint in told.items()}
        self._whereabouts.joints.add(joints, stamp, self._now(stamp))

    def _on_camera_info(self, message: CameraInfo) -> None:
        try:
            lens, size = lens_from_ros(message)
        except ValueError as error:
            reason = f"{error}; the robot file's ideal lens, or the last one, is used"
            self._node.diagnostics.warn("camera", "refused", reason)
            return
        stamp = convert.time_from_ros(message.header.stamp)
        with self._lock:
            self._lenses.add(message.header.frame_id, stamp, lens, size)

    def _try(self, part: str, add: Callable[[], None]) -> None:
        try:
            add()
        except (TransformError, ValueError) as error:
            self._node.diagnostics.warn(part, "refused", str(error))

    def _now(self, otherwise: float) -> float:
        """Return the ROS clock [s].

        ``otherwise`` while a simulation's has not been heard yet.
        """
        return self._node.get_clock().now().nanoseconds * 1e-9 or otherwise

    # Who says it

    def watch(self) -> None:
        """Forget senders that ended, and tell of those who contradict others.

        To be called now and then.
        """
        if self._one_left:
            self._tf_static.close()
            with self._lock:
                self._whereabouts.transforms.forget_fixed()
            self._hear_tf_static()
        with self._lock:
            contradictions = [*self._whereabouts.transforms.contradictions(self._now(0.0))]
        if contradictions:
            self._node.diagnostics.warn("tf", "contradictions", contradictions[0])
