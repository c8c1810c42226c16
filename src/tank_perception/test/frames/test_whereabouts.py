"""A view is where camera, robot and joints were when the image was taken."""

import pytest

from tank_core.geometry import wrap
from tank_core.robot import Robot
from tank_core.robot.frames import Transform, about, camera_frames
from tank_core.state import Pose2D
from tank_perception.frames.transforms import TransformError, compose
from tank_perception.frames.whereabouts import Whereabouts


@pytest.fixture
def places(robot: Robot) -> Whereabouts:
    """A robot that drives at 1 m/s and turns at 1 rad/s, its arm at 2 rad/s."""
    places = Whereabouts("odom", "base_link")
    for transform in camera_frames(
        robot.camera, "base_link", "camera_link", "camera_optical_frame"
    ):
        places.transforms.add_fixed(transform)
    for step in range(6):
        time = 5.0 + 0.2 * step
        places.transforms.add(
            Transform("odom", "base_link", (time, 0.0, 0.0), about((0, 0, 1), time)), time
        )
        places.joints.add({"arm_yaw": 2.0 * time}, time)
    return places


def test_a_view_is_of_the_time_of_the_image(places: Whereabouts, robot: Robot) -> None:
    view = places.view("camera_optical_frame", 5.5)
    assert (view.base.x, view.base.y, view.base.yaw) == pytest.approx((5.5, 0.0, wrap(5.5)))
    assert view.joints == pytest.approx({"arm_yaw": 11.0})
    assert view.camera == compose(
        *camera_frames(robot.camera, "base_link", "camera_link", "camera_optical_frame")
    )
    assert isinstance(view.base, Pose2D)


@pytest.mark.parametrize(
    ("optical", "time"), [("camera_optical_frame", 6.2), ("other_camera", 5.5), ("", 5.5)]
)
def test_where_it_is_not_known_there_is_no_view(
    places: Whereabouts, optical: str, time: float
) -> None:
    with pytest.raises(TransformError):
        places.view(optical, time)


def test_without_joints_there_is_a_view(places: Whereabouts) -> None:
    places.joints = type(places.joints)()
    assert places.view("camera_optical_frame", 5.5).joints == {}
