"""Keeps the newest of joints, range, battery and detections, each checked."""

from __future__ import annotations

import math
from dataclasses import replace
from threading import Lock

from nav_msgs.msg import Odometry
from sensor_msgs.msg import BatteryState, JointState, Range

from tank_core.geometry import wrap
from tank_core.ros import conversions as convert
from tank_core.ros import interfaces as names
from tank_core.ros.diagnostics import Diagnostics
from tank_core.ros.runtime.link import Stamped
from tank_core.ros.tank_messages import detections_from_ros
from tank_core.state import Detections, RobotState
from tank_core.state import JointState as Joint
from tank_core.state import Odometry as OdometryValue
from tank_msgs.msg import DetectedObjectArray

# [s] a stamp may be ahead of the odometry's; beyond, it is from before the clock went back
MAX_AHEAD = 0.5
JOINTS_MAX_AGE = 1.0  # [s]
BATTERY_MAX_AGE = 10.0  # [s] beyond which it is not measured any more
RANGE_MAX_AGE = 0.5  # [s] beyond which there is no reading


class SensorReadings:
    """The readings of the robot beside its odometry.

    Its callbacks hold its lock only to put a finished value in place, and nobody steps a plan
    under it: a robot in the same process hands its readings over itself. Of each joint, of the
    range and of the detections the newest counts, by its stamp and whoever sent it.
    """

    def __init__(self, diagnostics: Diagnostics, base_frame: str) -> None:
        self._lock, self._diagnostics, self._base_frame = Lock(), diagnostics, base_frame
        # by name, with its stamp [s]: several senders may share them
        self._joints: dict[str, tuple[float, Joint]] = {}
        # stamp [s], distance [m] as in RobotState
        self._range: tuple[float, float | None] = (0.0, math.nan)
        # stamp [s], voltage [V], charge (0 to 1)
        self._battery: tuple[float, float | None, float | None] = (0.0, None, None)
        self.detections: Detections | None = None

    def state(self, message: Odometry) -> RobotState:
        """Return the robot at the odometry's stamp.

        Joints that are too old for it are left out; such a range is NaN.
        """
        stamp = convert.time_from_ros(message.header.stamp)
        return self.state_at(Stamped(stamp, convert.odometry_from_ros(message)))

    def state_at(self, odometry: Stamped) -> RobotState:
        """The same for odometry that is no message."""
        told, pose = odometry.value, odometry.value.pose
        if not -math.pi < pose.yaw <= math.pi:  # as a message would say it
            told = replace(told, pose=replace(pose, yaw=wrap(pose.yaw)))
        with self._lock:
            return self._at(odometry.time, told)

    def _at(self, stamp: float, odometry: OdometryValue) -> RobotState:
        self._drop_after(stamp + MAX_AHEAD)
        self._joints = {
            name: told for name, told in self._joints.items() if stamp - told[0] <= JOINTS_MAX_AGE
        }
        joints = {name: joint for name, (_, joint) in self._joints.items()}
        distance = self._range[1] if abs(stamp - self._range[0]) <= RANGE_MAX_AGE else math.nan
        told = stamp - self._battery[0] <= BATTERY_MAX_AGE
        battery = self._battery[1:] if told else (None, None)
        return RobotState(stamp, odometry, joints, distance, *battery)

    def _drop_after(self, end: float) -> None:
        """Forget what has a later stamp [s], for good.

        Time would catch up with it, and it would count as new.
        """
        self._joints = {name: told for name, told in self._joints.items() if told[0] <= end}
        if self._range[0] > end:
            self._range = (0.0, math.nan)
        if self._battery[0] > end:
            self._battery = (0.0, None, None)
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
        self.take_joints(Stamped(stamp, convert.joints_from_ros(message)))

    def take_joints(self, told: Stamped) -> None:
        stamp = told.time
        with self._lock:
            for name, joint in told.value.items():
                if name not in self._joints or stamp >= self._joints[name][0]:
                    self._joints[name] = stamp, joint

    def on_range(self, message: Range) -> None:
        """Take over a distance; that the sensor failed is told."""
        limits = message.min_range, message.max_range
        self._take_range(convert.time_from_ros(message.header.stamp), message.range, *limits)

    def take_range(self, told: Stamped) -> None:
        distance, sensor = told.value
        self._take_range(told.time, distance, sensor.min_range, sensor.max_range)

    def _take_range(self, stamp: float, told: float | None, least: float, most: float) -> None:
        try:
            distance = convert.range_within(told, least, most)
        except ValueError as error:
            self._refuse(names.RANGE, str(error))
            distance = math.nan
        with self._lock:
            if stamp >= self._range[0]:
                self._range = stamp, distance

    def on_battery(self, message: BatteryState) -> None:
        """Take over what is left; a voltage that is not a number is no reading."""
        stamp = convert.time_from_ros(message.header.stamp)
        self.take_battery(Stamped(stamp, convert.battery_from_ros(message)))

    def take_battery(self, told: Stamped) -> None:
        with self._lock:
            if told.time >= self._battery[0]:
                self._battery = told.time, *told.value

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
