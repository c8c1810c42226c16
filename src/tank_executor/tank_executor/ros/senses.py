"""Keeps the newest of joints, range and detections, each checked."""

from __future__ import annotations

from threading import RLock

from nav_msgs.msg import Odometry
from sensor_msgs.msg import JointState, Range

from tank_core.ros import conversions as convert
from tank_core.ros import interfaces as names
from tank_core.ros.diagnostics import Diagnostics
from tank_core.ros.tank_messages import detections_from_ros
from tank_core.state import Detections, RobotState
from tank_core.state import JointState as Joint
from tank_msgs.msg import DetectedObjectArray

# [s] a stamp may be ahead of the odometry's; beyond, it is from before the clock went back
MAX_AHEAD = 0.5
JOINTS_MAX_AGE = 1.0  # [s]
RANGE_MAX_AGE = 0.5  # [s] beyond which a distance counts as none


class Senses:
    """The readings of the robot beside its odometry.

    Its callbacks hold the executor's lock only to put a finished value in place. Of each joint, of
    the range and of the detections the newest counts, by its stamp and whoever sent it.
    """

    def __init__(self, lock: RLock, diagnostics: Diagnostics, base_frame: str) -> None:
        self._lock, self._diagnostics, self._base_frame = lock, diagnostics, base_frame
        # by name, with its stamp [s]: several senders may share them
        self._joints: dict[str, tuple[float, Joint]] = {}
        self._range: tuple[float, float | None] = (0.0, None)  # stamp [s], distance [m]
        self.detections: Detections | None = None

    def state(self, message: Odometry) -> RobotState:
        """Return the robot at the odometry's stamp.

        Joints and range that are too old for it are left out. To be called with the lock held.
        """
        stamp = convert.time_from_ros(message.header.stamp)
        self._drop_after(stamp + MAX_AHEAD)
        self._joints = {
            name: told for name, told in self._joints.items() if stamp - told[0] <= JOINTS_MAX_AGE
        }
        joints = {name: joint for name, (_, joint) in self._joints.items()}
        distance = self._range[1] if abs(stamp - self._range[0]) <= RANGE_MAX_AGE else None
        return RobotState(stamp, convert.odometry_from_ros(message), joints, distance)

    def _drop_after(self, end: float) -> None:
        """Forget what has a later stamp [s], for good.

        Time would catch up with it, and it would count as new.
        """
        self._joints = {name: told for name, told in self._joints.items() if told[0] <= end}
        if self._range[0] > end:
            self._range = (0.0, None)
        if self.detections is not None and self.detections.time > end:
            self.detections = None

    def on_joints(self, message: JointState) -> None:
        if len(message.position) != len(message.name):
            self._refuse(
                names.JOINT_STATES,
                f"{len(message.position)} positions for {len(message.name)} joints",
            )
            return
        stamp = convert.time_from_ros(message.header.stamp)
        with self._lock:
            for name, joint in convert.joints_from_ros(message).items():
                if name not in self._joints or stamp >= self._joints[name][0]:
                    self._joints[name] = stamp, joint

    def on_range(self, message: Range) -> None:
        """Take over a distance; a failed sensor sees nothing, and is told."""
        try:
            distance = convert.range_from_ros(message)
        except ValueError as error:
            self._refuse(names.RANGE, str(error))
            distance = None
        stamp = convert.time_from_ros(message.header.stamp)
        with self._lock:
            if stamp >= self._range[0]:
                self._range = stamp, distance

    def on_detections(self, message: DetectedObjectArray) -> None:
        frame, wanted = message.header.frame_id, self._base_frame
        if frame != wanted:
            self._refuse(
                names.DETECTIONS, f"detections are in frame {frame!r}; they must be in {wanted!r}"
            )
            return
        try:
            detections = detections_from_ros(message)
        except ValueError as error:
            self._refuse(names.DETECTIONS, str(error))
            return
        with self._lock:
            if self.detections is None or detections.time >= self.detections.time:
                self.detections = detections

    def _refuse(self, topic: str, reason: str) -> None:
        self._diagnostics.warn(topic, "refused", reason)
