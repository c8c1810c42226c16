"""What the executor knows of its robot beside odometry: joints, range and detections, the newest of each, checked."""

from __future__ import annotations

from threading import RLock

from nav_msgs.msg import Odometry
from sensor_msgs.msg import JointState, Range

from tank_core import ros_conversions as convert
from tank_core import ros_interfaces as names
from tank_core.ros_diagnostics import Diagnostics
from tank_core.state import Detections, RobotState
from tank_core.state import JointState as Joint
from tank_msgs.msg import DetectedObjectArray

MAX_AHEAD = 0.5  # [s] a stamp may be ahead of the odometry's; beyond, it is from before the clock went back
JOINTS_MAX_AGE = 1.0  # [s]
RANGE_MAX_AGE = 0.5  # [s] beyond which a distance counts as none


class Senses:
    """Its callbacks hold the executor's lock only to put a finished value in place."""

    def __init__(self, lock: RLock, diagnostics: Diagnostics, base_frame: str) -> None:
        self._lock, self._diagnostics, self._base_frame = lock, diagnostics, base_frame
        self._joints: tuple[float, dict[str, Joint]] = (0.0, {})  # stamp [s], by name
        self._range: tuple[float, float | None] = (0.0, None)  # stamp [s], distance [m]
        self.detections: Detections | None = None

    def state(self, message: Odometry) -> RobotState:
        """The robot at the odometry's stamp; joints and range that are too old for it are left out. Call it with the lock held."""
        stamp = convert.time_from_ros(message.header.stamp)
        self._drop_after(stamp + MAX_AHEAD)
        joints = self._joints[1] if abs(stamp - self._joints[0]) <= JOINTS_MAX_AGE else {}
        distance = self._range[1] if abs(stamp - self._range[0]) <= RANGE_MAX_AGE else None
        return RobotState(stamp, convert.odometry_from_ros(message), joints, distance)

    def _drop_after(self, end: float) -> None:
        """Forget what has a later stamp [s], for good: time would catch up with it, and it would count as new."""
        if self._joints[0] > end:
            self._joints = (0.0, {})
        if self._range[0] > end:
            self._range = (0.0, None)
        if self.detections is not None and self.detections.time > end:
            self.detections = None

    def on_joints(self, message: JointState) -> None:
        if len(message.position) != len(message.name):
            self._refuse(names.JOINT_STATES, f"{len(message.position)} positions for {len(message.name)} joints")
            return
        joints = convert.time_from_ros(message.header.stamp), convert.joints_from_ros(message)
        with self._lock:
            self._joints = joints

    def on_range(self, message: Range) -> None:
        """A sensor that failed sees nothing, and that is told."""
        try:
            distance = convert.range_from_ros(message)
        except ValueError as error:
            self._refuse(names.RANGE, str(error))
            distance = None
        with self._lock:
            self._range = convert.time_from_ros(message.header.stamp), distance

    def on_detections(self, message: DetectedObjectArray) -> None:
        frame, wanted = message.header.frame_id, self._base_frame
        if frame != wanted:
            self._refuse(names.DETECTIONS, f"detections are in frame {frame!r}; they must be in {wanted!r}")
            return
        try:
            detections = convert.detections_from_ros(message)
        except ValueError as error:
            self._refuse(names.DETECTIONS, str(error))
            return
        with self._lock:
            self.detections = detections

    def _refuse(self, topic: str, reason: str) -> None:
        self._diagnostics.warn(topic, "refused", reason)
