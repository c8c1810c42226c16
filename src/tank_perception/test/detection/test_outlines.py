"""Borders of painted blobs.

Many at once are as each alone, and what is cut or behind something counts for nothing.
"""

import cv2
import numpy as np
import pytest

from tank_core.commands import Color
from tank_perception.detection.outlines import trace
from tank_perception.detection.segmentation import blob_of
from tank_perception.detection.shapes import COMPASS

SIZE = (480, 640)
NOTHING = np.zeros(SIZE, np.uint8)
PLAIN = np.zeros((*SIZE, 3), np.uint8)  # an image in which no edge shows
EDGE = 0.15


def box(left, top, width, height, color=Color.RED, cuts=()):
    mask = NOTHING.copy()
    mask[top : top + height, left : left + width] = 255
    (contour,), _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return blob_of(color, contour.reshape(-1, 2), cuts)


def test_many_at_once_are_as_each_one_alone(eye):
    blobs = (
        box(100, 100, 30, 20),
        box(300, 250, 18, 25, Color.BLUE),
        box(500, 400, 60, 50, Color.WHITE),
    )
    together = trace(blobs, PLAIN, NOTHING, eye, EDGE)
    for row, blob in enumerate(blobs):
        alone = trace((blob,), PLAIN, NOTHING, eye, EDGE)
        for name in ("axes", "pixel", "reach", "weight"):
            assert getattr(together, name)[row] == pytest.approx(getattr(alone, name)[0])
    assert together.only([2, 0]).blobs == (blobs[2], blobs[0])
    assert together.only([2, 0]).reach == pytest.approx(together.reach[[2, 0]])


def test_axes_are_right_handed_and_level_and_the_ray_goes_through_the_middle(eye):
    traced = trace((box(100, 100, 31, 21), box(480, 300, 41, 41)), PLAIN, NOTHING, eye, EDGE)
    for axes, middle in zip(traced.axes, ((115.0, 110.0), (500.0, 320.0)), strict=True):
        assert axes @ axes.T == pytest.approx(np.eye(3), abs=1e-12)
        assert np.linalg.det(axes) == pytest.approx(1.0)
        assert axes[0, 2] == pytest.approx(0.0)
        assert axes[2] == pytest.approx(eye.rays(np.array([middle]))[0])


def test_a_reach_is_half_the_width_in_angle(eye):
    traced = trace((box(310, 230, 21, 21),), PLAIN, NOTHING, eye, 0.0)
    right = int(COMPASS[0].argmax())
    assert traced.reach[0, right] == pytest.approx(10 * traced.pixel[0], rel=0.01)


def test_what_the_image_the_robot_or_something_nearer_cuts_counts_for_nothing(eye):
    right, left, up = int(COMPASS[0].argmax()), int(COMPASS[0].argmin()), int(COMPASS[1].argmin())
    robot = NOTHING.copy()
    robot[200:300, 331:360] = 255
    for blob, hidden, others in (
        (box(610, 230, 30, 20), NOTHING, ()),
        (box(310, 230, 21, 21), robot, ()),
        (box(310, 230, 21, 21), NOTHING, (box(331, 235, 20, 40, Color.BLUE),)),
        (box(310, 230, 21, 21, cuts=((330, 230), (330, 240), (330, 250))), NOTHING, ()),
    ):
        weight = trace((blob, *others), PLAIN, hidden, eye, EDGE).weight[0]
        assert weight[right] == 0.0
        assert weight[left] == 1.0
        assert weight[up] in (0.0, 1.0)


def test_the_nearer_of_two_that_touch_keeps_its_border(eye):
    near, far = box(331, 235, 20, 40, Color.BLUE), box(310, 230, 21, 21)
    weight = trace((near, far), PLAIN, NOTHING, eye, EDGE).weight
    assert weight[0].min() == 1.0
    assert weight[1].min() == 0.0
