"""Colors out of painted images, in shades, shadows and other lights.

What is no color of ours is none.
"""

import colorsys

import cv2
import numpy as np
import pytest

from tank_core.commands import Color
from tank_perception.color_model import load_colors
from tank_perception.detection.planes import NAMES, Palette, Planes
from tank_perception.detection.segmentation import segment

SIZE = (480, 640)
FLOOR = 110
PALETTE = Palette(load_colors())
NOTHING = np.zeros(SIZE, np.uint8)


def painted(patches, floor=FLOOR, noise=0.0, blur=0.0):
    """Paint a gray floor with patches, and add what a camera adds.

    A patch is (left, top, width, height, rgb).
    """
    image = np.full((*SIZE, 3), floor, np.uint8)
    for left, top, width, height, rgb in patches:
        image[top : top + height, left : left + width] = rgb
    spoiled = cv2.GaussianBlur(image, (0, 0), blur) if blur else image
    spoiled = spoiled + np.random.default_rng(0).normal(0, noise, spoiled.shape) * (noise > 0)
    return np.clip(np.rint(spoiled), 0, 255).astype(np.uint8)


def seen(image, hidden=NOTHING):
    return segment(Planes(image, hidden, PALETTE), PALETTE)


def hued(color, saturation=0.85, value=0.7):
    start, end = PALETTE.model.hues[color]
    hue = (start + ((end - start) % 360) / 2) / 360 % 1
    return tuple(round(255 * part) for part in colorsys.hsv_to_rgb(hue, saturation, value))


@pytest.mark.parametrize("light", [0.3, 0.6, 1.0])
@pytest.mark.parametrize("color", list(PALETTE.model.hues))
def test_the_hues_of_the_model_have_their_names_in_any_light(color, light):
    patch = tuple(round(light * part) for part in hued(color))
    blobs = seen(painted([(300, 200, 20, 16, patch)], floor=round(light * FLOOR), noise=4.0))
    assert [blob.color for blob in blobs] == [color]
    assert blobs[0].box == pytest.approx((300, 200, 20, 16), abs=2)
    assert blobs[0].area == pytest.approx(320, rel=0.25)


@pytest.mark.parametrize("light", [0.3, 0.6, 1.0])
def test_white_and_black_are_so_beside_their_floor(light):
    patches = [
        (100, 200, 20, 16, (round(220 * light),) * 3),
        (400, 200, 20, 16, (round(12 * light),) * 3),
    ]
    blobs = seen(painted(patches, floor=round(light * FLOOR), noise=2.0))
    assert {blob.color: blob.box[0] for blob in blobs} == {
        Color.WHITE: pytest.approx(100, abs=1),
        Color.BLACK: pytest.approx(400, abs=1),
    }


def test_a_checkered_floor_in_noise_has_nothing_on_it():
    floor = painted(
        [
            (80 * i, 80 * j, 80, 80, (round(1.15 * FLOOR),) * 3)
            for i in range(8)
            for j in range(6)
            if (i + j) % 2
        ],
        noise=4.0,
    )
    assert seen(floor) == ()


@pytest.mark.parametrize("depth", [0.5, 0.7])
@pytest.mark.parametrize("width", [20, 90, 300])
def test_a_shadow_is_neither_black_nor_its_edge_white(width, depth):
    assert (
        seen(painted([(150, 0, width, 480, (round(depth * FLOOR),) * 3)], noise=2.0, blur=0.6))
        == ()
    )


@pytest.mark.parametrize(("value", "pale"), [(FLOOR, True), (2 * FLOOR, False)])
def test_what_is_white_in_a_shadow_may_be_floor_that_the_sun_reaches(value, pale):
    dark = round(0.55 * FLOOR)
    patches = [(150, 200, 490, 280, (dark,) * 3), (420, 300, 120, 28, (value,) * 3)]
    (blob,) = seen(painted(patches, noise=2.0, blur=0.6))
    assert blob.color is Color.WHITE and blob.pale is pale


def test_objects_of_two_colors_that_touch_are_two():
    blobs = seen(
        painted(
            [(300, 200, 20, 20, hued(Color.RED)), (320, 205, 20, 20, hued(Color.BLUE))],
            noise=3.0,
            blur=0.6,
        )
    )
    assert sorted((str(blob.color), round(blob.box[0], -1)) for blob in blobs) == [
        ("blue", 320),
        ("red", 300),
    ]


def test_shades_and_glints_split_nothing():
    face, side = hued(Color.GREEN), tuple(part // 3 for part in hued(Color.GREEN))
    blobs = seen(
        painted(
            [(300, 200, 24, 12, face), (300, 212, 24, 12, side), (310, 204, 4, 3, (250, 250, 250))],
            blur=0.6,
        )
    )
    assert [(blob.color, blob.box) for blob in blobs] == [
        (Color.GREEN, pytest.approx((300, 200, 24, 24), abs=1))
    ]


def test_orange_that_is_too_bright_for_the_camera_stays_orange():
    """Its red is cut off at 255, which turns its lit side's hue to yellow."""
    lit, side = (255, 200, 20), (180, 90, 9)
    blobs = seen(painted([(300, 200, 24, 14, lit), (300, 214, 24, 10, side)], blur=0.6))
    assert [blob.color for blob in blobs] == [Color.ORANGE]


def test_bluish_gray_is_no_color_but_something():
    blobs = seen(painted([(300, 100, 40, 200, (86, 106, 138))]))
    assert [blob.color for blob in blobs] == [None]


def test_specks_and_what_is_hidden_are_left_out():
    image = painted([(300, 200, 3, 3, hued(Color.RED)), (100, 100, 30, 30, hued(Color.RED))])
    hidden = NOTHING.copy()
    hidden[90:140, 90:140] = 255
    assert len(seen(image)) == 1
    assert seen(image, hidden) == ()


def test_each_index_has_one_name():
    assert NAMES[0] is None
    assert NAMES[-1] is None
    assert set(NAMES[1:-1]) == set(Color)


# how wide things may look everywhere to a camera that is right before them
NEAR = np.full(SIZE[0], 200.0)


@pytest.mark.parametrize(("gray", "color"), [(210, Color.WHITE), (12, Color.BLACK)])
def test_what_fills_much_of_the_image_is_told_from_its_floor(gray, color):
    image = painted([(240, 100, 180, 190, (gray,) * 3)], noise=4.0)
    blobs = segment(Planes(image, NOTHING, PALETTE, NEAR), PALETTE)
    assert [blob.color for blob in blobs] == [color]
    assert blobs[0].box == pytest.approx((240, 100, 180, 190), abs=2)


def test_a_joint_between_two_tiles_is_no_part_of_what_stands_on_it():
    joint, thing = (0, 180, 640, 9, (150,) * 3), (240, 100, 160, 170, (210,) * 3)
    blobs = segment(Planes(painted([joint, thing], noise=2.0), NOTHING, PALETTE, NEAR), PALETTE)
    large = max(blobs, key=lambda blob: blob.area)
    assert large.box == pytest.approx((240, 100, 160, 170), abs=18)  # stumps of the joint are left


def test_where_the_hand_fills_the_image_the_floor_is_as_it_was():
    """A thing in the hand is white by the floor of the image before.

    The hand hides all of the floor itself.
    """
    palette = Palette(PALETTE.model)
    Planes(painted([]), NOTHING, palette)
    white = np.full((*SIZE, 3), 200, np.uint8)
    planes = Planes(white, np.full(SIZE, 255, np.uint8), palette)
    assert (planes.indices((0, 0, SIZE[1], SIZE[0]), palette) == NAMES.index(Color.WHITE)).all()
