"""Markers stand where the objects are, and go when they go.

The lens comes out of camera_info.
"""

import math

import numpy as np
import pytest

pytest.importorskip("rclpy", reason="ROS 2 is not installed here")

from hypothesis import given
from hypothesis import strategies as st
from sensor_msgs.msg import CameraInfo, RegionOfInterest
from visualization_msgs.msg import Marker

from tank_core.geometry import yaw_of
from tank_core.robot import Robot
from tank_core.ros.conversions import camera_info_to_ros
from tank_core.state import Detection, Detections, Gate, Pose2D
from tank_perception.ros.markers import TEXTS, THINGS, Markers, lens_from_ros
from tank_perception.view import Lens

NUMBERS = st.floats(-5.0, 5.0)


def test_the_ideal_lens_comes_back_from_its_camera_info(robot: Robot) -> None:
    lens, size = lens_from_ros(camera_info_to_ros(robot.camera, 1.0, "camera"))
    assert size == (robot.camera.width, robot.camera.height)
    assert np.allclose(lens.matrix, Lens.of(robot.camera).matrix)
    assert lens.distortion.shape == (0,)


def test_a_calibrated_lens_keeps_its_distortion(robot: Robot) -> None:
    info = camera_info_to_ros(robot.camera, 1.0, "camera")
    info.d = [-0.2, 0.05, 0.001, -0.002, 0.01]
    assert lens_from_ros(info)[0].distortion.tolist() == [-0.2, 0.05, 0.001, -0.002, 0.01]


def test_binning_and_roi_are_read(robot: Robot) -> None:
    info = camera_info_to_ros(robot.camera, 1.0, "camera")
    info.binning_x, info.binning_y = 2, 2
    info.roi = RegionOfInterest(x_offset=160, y_offset=120, width=320, height=240, do_rectify=True)
    lens, size = lens_from_ros(info)
    full = Lens.of(robot.camera)
    assert size == (160, 120) and np.allclose(
        np.diag(lens.matrix)[:2], np.diag(full.matrix)[:2] / 2
    )
    # the window is in the middle, and so is what it is a half of
    assert lens.matrix[:2, 2].tolist() == [79.5, 59.5]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"k": [0.0] * 9}, "no calibration"),
        ({"k": [math.nan] * 9}, "focal lengths of nan"),
        (
            {"d": [0.1] * 5, "distortion_model": "equidistant"},
            "'equidistant' with 5 numbers; known are plumb_bob",
        ),
        ({"d": [math.nan] * 5}, "distortion"),
        ({"roi": RegionOfInterest(x_offset=600, width=100, height=100)}, "roi is 100 x 100"),
        ({"binning_x": 4000}, "binning of 4000 x 1"),
    ],
)
def test_a_lens_that_cannot_be_used_is_told(
    robot: Robot, change: dict[str, object], words: str
) -> None:
    info = camera_info_to_ros(robot.camera, 1.0, "camera")
    for name, value in change.items():
        setattr(info, name, value)
    with pytest.raises(ValueError, match=words):
        lens_from_ros(info)
    with pytest.raises(ValueError, match="no calibration"):
        lens_from_ros(CameraInfo())


def detection(id: int, **fields: object) -> Detection:
    return Detection(
        **{
            "id": id,
            "color": "red",
            "shape": "cube",
            "position": (0.5, 0.1, 0.02),
            "size": (0.04, 0.04, 0.04),
        }
        | fields
    )  # type: ignore[arg-type]


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS, st.floats(-3.1, 3.1))
def test_a_marker_stands_in_odom_where_the_object_is(
    x: float, y: float, base_x: float, base_y: float, yaw: float
) -> None:
    shape, text = (
        Markers("odom")
        .show(Detections(2.0, (detection(3, position=(x, y, 0.02)),)), Pose2D(base_x, base_y, yaw))
        .markers
    )
    for marker in (shape, text):
        there = complex(marker.pose.position.x - base_x, marker.pose.position.y - base_y) * complex(
            math.cos(yaw), -math.sin(yaw)
        )
        assert (there.real, there.imag) == pytest.approx((x, y), abs=1e-9)
        assert marker.header.frame_id == "odom" and marker.header.stamp.sec == 2
    assert shape.pose.position.z == 0.02 < text.pose.position.z


@pytest.mark.parametrize(
    ("shape", "kind"),
    [
        ("cube", Marker.CUBE),
        ("ball", Marker.SPHERE),
        ("cylinder", Marker.CYLINDER),
        (None, Marker.CUBE),
    ],
)
def test_a_marker_has_the_shape_the_size_and_the_color_of_the_object(
    shape: str | None, kind: int
) -> None:
    marker, text = (
        Markers("odom")
        .show(Detections(2.0, (detection(3, shape=shape, size=(0.03, 0.04, 0.0)),)), Pose2D())
        .markers
    )
    assert (
        marker.type == kind
        and (marker.scale.x, marker.scale.y) == (0.03, 0.04)
        and marker.scale.z > 0.0
    )
    assert (
        marker.color.r > 0.8
        and marker.color.g < 0.3
        and marker.color.a == pytest.approx(1.0 if shape else 0.4)
    )
    assert text.text == f"red {shape or 'object'} 0.51 m" and text.type == Marker.TEXT_VIEW_FACING
    assert marker.lifetime.sec > 0


def test_what_is_remembered_fades() -> None:
    seen, remembered = (
        Markers("odom").show(Detections(2.0, (detection(3, age=age),)), Pose2D()).markers[0]
        for age in (0.0, 1.0)
    )
    assert remembered.color.a < seen.color.a


@given(st.lists(st.sets(st.integers(0, 5)), max_size=8))
def test_rviz_shows_exactly_what_is_known(rounds: list[set[int]]) -> None:
    markers, shown = Markers("odom"), set()
    for known in rounds:
        for marker in markers.show(
            Detections(1.0, tuple(detection(id) for id in known)), Pose2D()
        ).markers:
            (shown.add if marker.action == Marker.ADD else shown.remove)((marker.ns, marker.id))
        assert shown == {(space, id) for id in known for space in (THINGS, TEXTS)}


@given(NUMBERS, NUMBERS, st.floats(-3.1, 3.1))
def test_a_gate_is_two_uprights_in_odom_that_go_when_it_goes(
    x: float, y: float, yaw: float
) -> None:
    markers, gate = Markers("odom"), Gate(3, Pose2D(1.2, 0.3, 0.4), 0.6, color="blue")
    base = Pose2D(x, y, yaw)
    posts, text = markers.show(Detections(1.0, (), (gate,)), base).markers
    turn, place = posts.pose.orientation, posts.pose.position
    stands = Pose2D(place.x, place.y, yaw_of((turn.x, turn.y, turn.z, turn.w)))
    ends = [stands.to_world((point.x, point.y)) for point in posts.points]
    assert math.dist(*ends) == pytest.approx(0.6, abs=0.04)
    middle = (ends[0][0] + ends[1][0]) / 2, (ends[0][1] + ends[1][1]) / 2
    assert base.to_local(middle) == pytest.approx((1.2, 0.3), abs=1e-6)
    assert posts.color.b > 0.8 and text.text == "blue gate, 0.60 m wide, 1.24 m"
    gone = markers.show(Detections(2.0), base).markers
    assert {(one.ns, one.id, one.action) for one in gone} == {
        (one.ns, one.id, Marker.DELETE) for one in (posts, text)
    }


def test_clearing_takes_all_away_and_forgets_them() -> None:
    markers = Markers("odom")
    markers.show(Detections(1.0, (detection(1),)), Pose2D())
    assert [marker.action for marker in markers.clear().markers] == [Marker.DELETEALL]
    assert markers.show(Detections(1.0), Pose2D()).markers == []


def test_an_id_over_the_markers_range_is_still_one_of_its_own() -> None:
    ids = [
        marker.id
        for id in (2**32 - 1, 2**31, 2**31 - 1)
        for marker in Markers("odom").show(Detections(1.0, (detection(id),)), Pose2D()).markers
    ]
    assert len(set(ids)) == 3
