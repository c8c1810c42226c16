"""Pixels and places: projecting and coming back, with any lens."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_core.robot import load_robot
from tank_perception.detection.ground import Eye
from tank_perception.view import Lens, View

ROBOT = load_robot("tank")
PLAIN = Lens.of(ROBOT.camera)
LENSES = {
    "plain": PLAIN,
    "bent": Lens(PLAIN.matrix, np.array([-0.12, 0.03, 0.001, -0.002, -0.005])),
}
AHEAD, ASIDE, UP = st.floats(0.3, 1.5), st.floats(-0.4, 0.4), st.floats(0.0, 0.1)


@pytest.mark.parametrize("lens", LENSES)
@given(AHEAD, ASIDE, UP)
def test_a_point_comes_back_from_its_pixel(lens, x, y, z):
    eye = Eye(View.of(ROBOT), LENSES[lens])
    back = eye.on_plane(eye.pixels(np.array([[x, y, z]])), z)
    assert back[0] == pytest.approx((x, y, z), abs=1e-3 if lens == "bent" else 1e-9)


@given(st.floats(0, 639), st.floats(0, 479))
def test_rays_are_unit_vectors_that_look_down(right, down):
    ray = Eye(View.of(ROBOT), PLAIN).rays(np.array([[right, down]]))[0]
    assert np.linalg.norm(ray) == pytest.approx(1.0)
    assert ray[2] < 0  # the horizon is never in sight


def test_the_middle_of_the_image_is_where_the_camera_looks():
    camera = ROBOT.camera
    middle = np.array([[(camera.width - 1) / 2, (camera.height - 1) / 2]])
    place = Eye(View.of(ROBOT), PLAIN).on_plane(middle)[0]
    assert place == pytest.approx(
        (camera.position[0] + camera.position[2] / np.tan(camera.pitch), camera.position[1], 0.0)
    )


def test_a_ray_that_does_not_meet_a_plane_has_no_place():
    assert np.isnan(
        Eye(View.of(ROBOT), PLAIN).on_plane(np.array([[320.0, 240.0]]), height=1.0)
    ).all()


def test_depth_is_negative_behind_the_camera():
    eye = Eye(View.of(ROBOT), PLAIN)
    assert eye.depths(np.array([[1.0, 0.0, 0.0], [-1.0, 0.0, 0.5]])) * (1, -1) == pytest.approx(
        [0.97, 0.8], abs=0.1
    )
