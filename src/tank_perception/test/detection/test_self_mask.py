"""The rendered robot is covered by its mask, and little else is."""

from dataclasses import replace

import numpy as np
import pytest
from rendered import Stage

from tank_core.robot import load_robot
from tank_core.robot.self_view import MIDDLE_M, hidden_view
from tank_perception.detection.ground import Eye
from tank_perception.detection.self_mask import SERVO_M, RobotBody, draw
from tank_perception.view import Lens, View

SIZE = (480, 640)


POSES = {
    "tank": ((0.7, 1.2, -1.5, -0.9), (-0.6, 0.9, -0.9, -1.2), (0.3, 1.9, -2.2, -0.6)),
    "rasptank": ((0.12, -1.36, 0.0), (0.5, -1.5, 0.6), (0.9, -1.7, -0.6)),
    "rasptank_pro": ((0.5, 0.12, -1.36), (-0.4, 0.5, -1.5), (0.2, 0.9, -1.7)),
}


@pytest.mark.parametrize("name", POSES)
def test_whatever_the_arm_changes_in_the_image_above_its_shadow_is_under_the_mask(name):
    """Between two poses only the arm and its shadow change.

    A shadow is darker, the arm is not always.
    """
    robot = load_robot(name)
    eye, stage, wide = (
        Eye(View.of(robot), Lens.of(robot.camera)),
        Stage(robot, []),
        robot.gripper.gap(robot.gripper.upper) / 2,
    )
    home, _ = stage.shoot(finger=wide)
    at_home = RobotBody(robot, stage.joints(robot.arm.home, wide)).boxes(SERVO_M)
    for arm in POSES[name]:
        rgb, view = stage.shoot(arm=arm, finger=wide)
        brighter = (rgb.astype(int) - home).max(axis=2) > 25
        mask = (
            draw(eye, np.concatenate((at_home, RobotBody(robot, view.joints).boxes(SERVO_M))), SIZE)
            > 0
        )
        shade = (home.astype(int).min(axis=2) < 90) & ~mask  # the shadow at home, lit again now
        assert (brighter & ~mask & ~shade).sum() <= 5
        # a lowered arm passes right before a low camera, and hides all
        assert mask.mean() < 0.35 or not robot.camera.mast
    stage.close()


@pytest.mark.parametrize("height", [0.50, 0.45, 0.40])
def test_what_is_said_to_be_hidden_of_the_middle_column_is_what_the_mask_covers_there(
    robot, height
):
    """The mask is drawn, hidden_view follows rays: two ways to some rows."""
    low = replace(robot, camera=replace(robot.camera, position=(0.13, 0.0, height)))
    column = (
        draw(Eye(View.of(low), Lens.of(low.camera)), RobotBody(low, {}).boxes(0.0), SIZE)[
            :, SIZE[1] // 2
        ]
        > 0
    )
    lens = Eye(View.of(low), Lens.of(low.camera))
    floor = lens.on_plane(
        np.column_stack((np.full(SIZE[0], SIZE[1] / 2), np.arange(SIZE[0], dtype=float))), MIDDLE_M
    )[:, 0]
    # for rays, drums have corners
    assert floor[column].max() == pytest.approx(hidden_view(low).farthest, abs=0.025)
    assert column[(floor > 0) & (floor < 3.0)].mean() == pytest.approx(
        hidden_view(low).share, abs=0.08
    )


def test_more_margin_covers_more(robot, eye):
    body = RobotBody(robot, dict(zip(robot.arm.joint_names, (0.3, 1.0, -1.2, -1.0), strict=True)))
    tight, wide = (draw(eye, body.boxes(margin), SIZE) > 0 for margin in (0.0, 0.02))
    assert (wide | ~tight).all()
    assert wide.sum() > tight.sum()


def test_nothing_behind_the_camera_is_drawn(eye):
    corners = np.array([[[-1.0 - x, y, z] for x in (0, 0.1) for y in (0, 0.1) for z in (0.6, 0.7)]])
    assert not draw(eye, corners, SIZE).any()


@pytest.mark.parametrize(("gap", "may"), [(0.0, False), (0.03, True), (0.06, True), (0.08, False)])
def test_only_fingers_that_something_keeps_apart_may_hold(robot, gap, may):
    assert RobotBody(robot, {robot.gripper.joint: robot.gripper.position(gap)}).may_hold is may


def test_fingers_that_tell_nothing_may_hold_when_they_were_told_to_close():
    kit = load_robot("rasptank")
    closed, opened = (
        RobotBody(kit, {kit.gripper.joint: angle}) for angle in (0.0, kit.gripper.upper)
    )
    assert closed.may_hold and closed.room == kit.gripper.max_object
    assert not opened.may_hold


def test_at_home_the_arm_of_a_kit_hides_nothing():
    for name in ("rasptank", "rasptank_pro"):
        kit = load_robot(name)
        eye = Eye(View.of(kit), Lens.of(kit.camera))
        assert not draw(eye, RobotBody(kit, {}).boxes(SERVO_M), SIZE).any()


def test_unknown_joints_are_at_home(robot):
    named = dict(zip(robot.arm.joint_names, robot.arm.home, strict=True)) | {
        robot.gripper.joint: robot.gripper.upper
    }
    assert RobotBody(robot, {}).boxes(0.01) == pytest.approx(RobotBody(robot, named).boxes(0.01))
