"""Frames: rotations by their laws, and a small URDF."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_core.robot import load_robot
from tank_core.robot.frames import (
    OPTICAL_ROTATION,
    UrdfFrames,
    about,
    camera_frames,
    from_rpy,
    link_poses,
    matrix,
    multiply,
    rotate,
)

ANGLES = st.floats(-3.1, 3.1)
URDF = """<robot name="r">
  <joint name="mast" type="fixed"><parent link="base_link"/><child link="camera_link"/>
    <origin xyz="0.1 0 0.4" rpy="0 0.5 0"/></joint>
  <joint name="yaw" type="revolute"><parent link="base_link"/><child link="arm"/>
    <origin xyz="0 0 1"/><axis xyz="0 0 1"/></joint>
  <joint name="grip" type="prismatic"><parent link="arm"/><child link="left"/>
    <origin xyz="1 0 0" rpy="0 0 1.5707963267948966"/><axis xyz="1 0 0"/></joint>
  <joint name="mirror" type="prismatic"><parent link="arm"/><child link="right"/><axis xyz="0 1 0"/>
    <mimic joint="grip" multiplier="-1" offset="0.01"/></joint>
</robot>"""


@given(ANGLES, ANGLES, ANGLES)
def test_roll_pitch_yaw_is_the_product_of_the_three_matrices(roll, pitch, yaw):
    cr, sr, cp, sp, cy, sy = (f(a) for a in (roll, pitch, yaw) for f in (math.cos, math.sin))
    matrix = (
        np.array([[cy, -sy, 0], [sy, cy, 0], [0, 0, 1]])
        @ np.array([[cp, 0, sp], [0, 1, 0], [-sp, 0, cp]])
        @ np.array([[1, 0, 0], [0, cr, -sr], [0, sr, cr]])
    )
    quaternion = from_rpy(roll, pitch, yaw)
    columns = [
        rotate(quaternion, axis) for axis in ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    ]
    assert np.allclose(np.array(columns).T, matrix, atol=1e-9)


@given(ANGLES, ANGLES)
def test_turns_about_one_axis_add_up(first, second):
    axis = (0.0, 3.0, 4.0)
    both = rotate(multiply(about(axis, first), about(axis, second)), (1.0, 2.0, 3.0))
    assert both == pytest.approx(rotate(about(axis, first + second), (1.0, 2.0, 3.0)), abs=1e-9)


def test_the_optical_frame_looks_along_z_with_x_right_and_y_down():
    assert rotate(OPTICAL_ROTATION, (0.0, 0.0, 1.0)) == pytest.approx((1.0, 0.0, 0.0))
    assert rotate(OPTICAL_ROTATION, (1.0, 0.0, 0.0)) == pytest.approx((0.0, -1.0, 0.0))
    assert rotate(OPTICAL_ROTATION, (0.0, 1.0, 0.0)) == pytest.approx((0.0, 0.0, -1.0))


def test_a_camera_that_is_pitched_looks_down(robot):
    link, optical = camera_frames(robot.camera, "base_link", "camera_link", "camera_optical_frame")
    view = rotate(multiply(link.rotation, optical.rotation), (0.0, 0.0, 1.0))
    assert view == pytest.approx((math.cos(robot.camera.pitch), 0.0, -math.sin(robot.camera.pitch)))
    assert (link.parent, link.child, optical.parent, link.translation) == (
        "base_link",
        "camera_link",
        "camera_link",
        robot.camera.position,
    )


def test_fixed_joints_are_fixed_frames():
    (mast,) = UrdfFrames(URDF).fixed
    assert (mast.parent, mast.child, mast.translation) == (
        "base_link",
        "camera_link",
        (0.1, 0.0, 0.4),
    )
    assert mast.rotation == pytest.approx(about((0.0, 1.0, 0.0), 0.5))


def test_moving_joints_follow_their_positions_and_mimics_theirs():
    arm, left, right = UrdfFrames(URDF).moving({"yaw": 0.3, "grip": 0.02})
    assert arm.rotation == pytest.approx(about((0.0, 0.0, 1.0), 0.3)) and arm.translation == (
        0.0,
        0.0,
        1.0,
    )
    # its x axis is turned onto the parent's y
    assert left.translation == pytest.approx((1.0, 0.02, 0.0))
    assert right.translation == pytest.approx((0.0, -0.01, 0.0))


def test_frames_of_joints_that_were_not_measured_are_left_out():
    assert [frame.child for frame in UrdfFrames(URDF).moving({"yaw": 0.0})] == ["arm"]
    assert UrdfFrames(URDF).children() == {"camera_link", "arm", "left", "right"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "robot",
        "<robot>",
        "<robot><joint name='a' type='fixed'><child link='b'/></joint></robot>",
    ],
)
def test_what_is_no_urdf_is_refused(text):
    with pytest.raises(ValueError, match="the robot description"):
        UrdfFrames(text)


def test_the_links_of_the_arm_are_where_the_kinematic_chain_has_them() -> None:
    robot = load_robot()
    positions = dict(zip(robot.arm.joint_names, (0.4, 1.2, -0.9, -0.7), strict=True))
    rotation, translation = link_poses(robot.arm, positions)[-1]
    turned = multiply(about((0, 0, 1), 0.4), about((0, -1, 0), 1.2 - 0.9 - 0.7))
    assert np.allclose(rotation, matrix(turned))
    radius = 0.16 * (math.cos(1.2) + math.cos(0.3))
    height = 0.12 + 0.06 + 0.16 * (math.sin(1.2) + math.sin(0.3))
    assert np.allclose(translation, (0.10 + radius * math.cos(0.4), radius * math.sin(0.4), height))
