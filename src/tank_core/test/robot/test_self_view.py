"""The folded arm hides nothing that matters, and a warning says where it does.

On the robots that come with Tank.
"""

from dataclasses import replace

import pytest

from tank_core.commands import Cell
from tank_core.robot import load_robot, robot_names
from tank_core.robot.self_view import HiddenView, hidden_view, hidden_view_warning


def with_camera(robot, **changes):
    return replace(robot, camera=replace(robot.camera, **changes))


def with_home(robot, *home):
    joints = tuple(
        replace(joint, home=at) for joint, at in zip(robot.arm.joints, home, strict=True)
    )
    return replace(robot, arm=replace(robot.arm, joints=joints))


@pytest.mark.parametrize("name", robot_names())
def test_the_robots_that_come_with_tank_see_what_they_pick_up(name):
    robot = load_robot(name)
    assert hidden_view_warning(robot) is None
    assert hidden_view(robot).farthest < robot.cell(Cell.FRONT)[0]


def test_the_lower_the_camera_the_more_the_arm_hides(robot):
    views = [
        hidden_view(with_camera(robot, position=(0.13, 0.0, height)))
        for height in (0.7, 0.6, 0.5, 0.45, 0.40, 0.35)
    ]
    assert [view.share for view in views] == sorted(view.share for view in views)
    assert [view.farthest for view in views] == sorted(view.farthest for view in views)


def test_an_arm_that_stands_before_the_camera_hides_it_all_and_one_behind_it_nothing(robot):
    stands = with_home(robot, 0.0, 1.57, -0.3, 0.0)
    assert hidden_view(stands).share == 1.0
    assert "hides 100% of the middle of the camera's view" in hidden_view_warning(stands)
    assert hidden_view(with_camera(robot, position=(0.40, 0.0, 0.50))) == HiddenView()


def test_an_arm_that_is_turned_aside_hides_nothing(robot):
    low = with_camera(robot, position=(0.13, 0.0, 0.40))
    assert hidden_view_warning(low) is not None
    assert hidden_view(with_home(low, 1.57, *robot.arm.home[1:])).share < hidden_view(low).share / 2


def test_the_warning_is_one_line_that_names_robot_places_and_cure(robot):
    warning = hidden_view_warning(with_camera(robot, position=(0.13, 0.0, 0.40)))
    assert warning.startswith(
        "robot tank: its arm at home hides 31% of the middle of the camera's view: the floor from "
        "0.18 to 0.34 m"
    )
    assert (
        "raise or advance camera: position" in warning and "home" in warning and "\n" not in warning
    )


def test_a_camera_that_looks_up_sees_no_floor_that_could_be_hidden(robot):
    assert hidden_view(with_camera(robot, pitch=-1.5)) == HiddenView()
