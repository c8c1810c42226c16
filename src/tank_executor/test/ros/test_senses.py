"""The newest of each sense, at the odometry's stamp.

What is from before the clock went back is dropped for good.
"""

import math
from types import SimpleNamespace
from typing import Any

import pytest

from tank_core.geometry import Pose2D
from tank_core.robot import RangeSensor
from tank_core.ros import conversions as convert
from tank_core.ros.runtime.link import Stamped
from tank_core.ros.tank_messages import detections_to_ros
from tank_core.state import Detection, Detections, JointState, Odometry, RobotState, Twist2D
from tank_executor.ros.senses import SensorReadings

SONAR = RangeSensor((0.15, 0.0, 0.05), 0.26, 0.02, 4.0)


@pytest.fixture
def senses() -> SensorReadings:
    diagnostics: Any = SimpleNamespace(warn=lambda *_: None)
    return SensorReadings(diagnostics, "base_link")


def at(senses: SensorReadings, stamp: float) -> RobotState:
    return senses.state(convert.odometry_to_ros(Odometry(), stamp, "odom", "base_link"))


def tell(senses: SensorReadings, stamp: float) -> None:
    senses.on_joints(convert.joints_to_ros({"arm_yaw": JointState(0.1)}, stamp))
    senses.on_range(convert.range_to_ros(0.4, SONAR, stamp, "range_link"))
    senses.on_detections(
        detections_to_ros(
            Detections(stamp, (Detection(3, "red", "cube", (1.0, 0.0, 0.02)),)), "base_link"
        )
    )


def _silent(state: RobotState) -> bool:
    return state.range_m is not None and math.isnan(state.range_m)


@pytest.mark.parametrize(
    ("ahead", "known"), [(0.0, True), (0.4, True), (0.6, False), (60.0, False)]
)
def test_what_is_ahead_of_the_odometry_is_dropped(
    senses: SensorReadings, ahead: float, known: bool
) -> None:
    tell(senses, 10.0 + ahead)
    state = at(senses, 10.0)
    assert (
        bool(state.joints),
        state.range_m == pytest.approx(0.4),
        senses.detections is not None,
    ) == (known,) * 3


def test_time_that_catches_up_does_not_bring_the_old_back(senses: SensorReadings) -> None:
    tell(senses, 60.0)
    assert at(senses, 60.0).joints and senses.detections
    at(senses, 0.02)
    state = at(senses, 60.0)
    assert not state.joints and _silent(state) and senses.detections is None
    tell(senses, 60.0)
    state = at(senses, 60.1)
    assert state.joints and state.range_m == pytest.approx(0.4) and senses.detections


def test_each_joint_has_its_own_sender(senses: SensorReadings) -> None:
    """Wheels and arm may be published by two nodes, each its own joints."""
    senses.on_joints(convert.joints_to_ros({"arm_yaw": JointState(0.1)}, 10.0))
    senses.on_joints(convert.joints_to_ros({"left_wheel": JointState(5.0)}, 10.01))
    assert {name: joint.position for name, joint in at(senses, 10.02).joints.items()} == {
        "arm_yaw": 0.1,
        "left_wheel": 5.0,
    }
    senses.on_joints(convert.joints_to_ros({"left_wheel": JointState(6.0)}, 11.2))
    assert {name: joint.position for name, joint in at(senses, 11.21).joints.items()} == {
        "left_wheel": 6.0
    }


@pytest.mark.parametrize("stray", [0.0, 3.0, 9.9])
def test_a_stray_message_of_the_past_takes_the_place_of_none(
    senses: SensorReadings, stray: float
) -> None:
    tell(senses, 10.0)
    senses.on_joints(convert.joints_to_ros({"arm_yaw": JointState(2.0)}, stray))
    senses.on_range(convert.range_to_ros(0.1, SONAR, stray, "range_link"))
    senses.on_detections(detections_to_ros(Detections(stray), "base_link"))
    state = at(senses, 10.02)
    assert state.joints["arm_yaw"].position == 0.1 and state.range_m == pytest.approx(0.4)
    assert senses.detections is not None and senses.detections.time == 10.0


@pytest.mark.parametrize("ahead", [0.3, 5.0, 1e6])
def test_after_a_stray_message_of_the_future_the_good_ones_count_again(
    senses: SensorReadings, ahead: float
) -> None:
    tell(senses, 10.0 + ahead)
    for step in range(40):
        at(senses, 10.0 + step / 50)
        senses.on_joints(convert.joints_to_ros({"arm_yaw": JointState(0.7)}, 10.0 + step / 50))
        senses.on_range(convert.range_to_ros(0.9, SONAR, 10.0 + step / 50, "range_link"))
        senses.on_detections(detections_to_ros(Detections(10.0 + step / 50), "base_link"))
    state = at(senses, 10.8)
    assert state.joints["arm_yaw"].position == 0.7 and state.range_m == pytest.approx(0.9)
    assert senses.detections == Detections(10.0 + 39 / 50)


@pytest.mark.parametrize("distance", [0.4, 0.001, 9.0, None, math.nan])
@pytest.mark.parametrize("yaw", [0.5, 4.0, -11.0])
def test_a_robot_of_the_same_process_is_known_as_by_its_messages(
    senses: SensorReadings, distance: float | None, yaw: float
) -> None:
    near = SensorReadings(senses._diagnostics, "base_link")
    joints, charge = {"arm_yaw": JointState(0.1, 0.2), "gripper": JointState(0.5)}, (7.5, 0.25)
    odometry = Odometry(Pose2D(1.0, -2.0, yaw), Twist2D(0.1, 0.2), (0.1, 0.2, 0.3))
    senses.on_joints(convert.joints_to_ros(joints, 3.0))
    senses.on_range(convert.range_to_ros(distance, SONAR, 3.0, "range_link"))
    senses.on_battery(convert.battery_to_ros(*charge, 3.0))
    near.take_joints(Stamped(3.0, joints))
    near.take_range(Stamped(3.0, (distance, SONAR)))
    near.take_battery(Stamped(3.0, charge))
    told = senses.state(convert.odometry_to_ros(odometry, 3.0, "odom", "base_link"))
    known = near.state_at(Stamped(3.0, odometry))
    assert known.joints == told.joints and known.time == told.time
    assert (known.battery_v, known.battery_charge) == (told.battery_v, told.battery_charge)
    assert known.range_m == pytest.approx(told.range_m, nan_ok=True)
    assert known.odometry.twist == told.odometry.twist
    assert known.odometry.variance == told.odometry.variance
    assert known.odometry.pose.yaw == pytest.approx(told.odometry.pose.yaw)
    assert known.odometry.pose.distance(told.odometry.pose) == 0.0
