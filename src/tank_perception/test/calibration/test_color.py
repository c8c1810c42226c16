"""Colors are learned from pictures of the simulator's toys in any light.

What cannot be learned is told.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_core.commands import Color, Shape
from tank_core.exceptions import TankError
from tank_core.robot import load_robot
from tank_core.state import Image
from tank_perception.calibration.color import fit_colors, floor_extremes
from tank_perception.calibration.drawing import painted, side_by_side
from tank_perception.calibration.floor_blobs import find_blobs
from tank_perception.calibration.samples import (
    hue_spread,
    name_pixels,
    parse_objects,
    shares_right,
    take_samples,
)
from tank_perception.color_model import ColorModel, check, load_colors
from tank_perception.detection.planes import NAMES
from tank_sim.mujoco_backend import MujocoBackend
from tank_sim.worlds import World, on_floor

COOL, WARM, VERY_WARM = (0.9, 1.0, 1.12), (1.15, 1.0, 0.85), (1.4, 1.0, 0.6)
ALL = ", ".join(Color)


@pytest.fixture(scope="module")
def toys() -> Image:
    """The simulated robot's image of eight toys in a row, one of each color.

    They are in the order of ``Color``.
    """
    shapes = [Shape.CUBE, Shape.BALL, Shape.CYLINDER]
    row = [
        on_floor(color, shapes[i % 3], 0.045, (0.55 + 0.04 * (i % 2), 0.49 - 0.14 * i), 0.3 * i)
        for i, color in enumerate(Color)
    ]
    backend = MujocoBackend(load_robot("tank"), World("row", tuple(row)), camera=True)
    try:
        backend.advance(0.5)
        frame = backend.camera()
        if frame is None:
            pytest.skip(str(backend.camera_problem))
        return frame.rgb
    finally:
        backend.close()


def in_light(
    rgb: Image, balance: tuple[float, float, float], dim: float = 1.0, noise: float = 3.0
) -> Image:
    """Show it in light of another color and strength, with a noisy sensor."""
    shifted = rgb * (np.array(balance) * dim) + np.random.default_rng(0).normal(0, noise, rgb.shape)
    return np.clip(shifted, 0, 255).astype(np.uint8)


def learn(rgb: Image, names: str = ALL, before: ColorModel | None = None) -> ColorModel:
    blobs = find_blobs(rgb)
    return fit_colors(
        take_samples(rgb, blobs, parse_objects(names)),
        floor_extremes(rgb, blobs),
        before or load_colors(),
    )


@pytest.mark.parametrize(
    ("balance", "dim"), [((1, 1, 1), 1.0), (COOL, 1.0), (COOL, 0.5), (WARM, 0.8), ((1, 1, 1), 0.3)]
)
def test_after_calibration_all_toys_have_their_names_in_that_light(
    toys: Image, balance: tuple[float, float, float], dim: float
) -> None:
    rgb = in_light(toys, balance, dim)
    after = learn(rgb)
    check(after, "learned")
    samples = take_samples(rgb, find_blobs(rgb), parse_objects(ALL))
    right = dict(zip(ALL.split(", "), shares_right(rgb, samples, after), strict=True))
    assert min(right.values()) > 0.9, right


def test_it_was_needed(toys: Image) -> None:
    rgb = in_light(toys, VERY_WARM, 0.8)
    samples = take_samples(rgb, find_blobs(rgb), parse_objects(ALL))
    before, after = (
        shares_right(rgb, samples, load_colors()),
        shares_right(rgb, samples, learn(rgb)),
    )
    assert min(before) < 0.5 < 0.9 < min(after)


def test_the_empty_floor_gets_no_name(toys: Image) -> None:
    rgb = in_light(toys, COOL, 0.5)
    names = name_pixels(rgb, learn(rgb))
    assert np.mean(names[20:220] > 0) < 0.001  # rows without toys and without the robot


def test_the_robots_own_body_stays_nobodys(toys: Image) -> None:
    assert learn(in_light(toys, (1, 1, 1))).color_at(184) is None


def test_colors_that_are_not_named_keep_their_middle(toys: Image) -> None:
    rgb = in_light(toys, (1, 1, 1))
    blobs = [blob for place, blob in enumerate(find_blobs(rgb)) if place in (0, 2)]
    before = load_colors()
    after = fit_colors(
        take_samples(rgb, blobs, parse_objects("red, blue")), floor_extremes(rgb, blobs), before
    )
    check(after, "learned")
    for color in (Color.ORANGE, Color.YELLOW, Color.GREEN, Color.PURPLE):
        low, high = before.hues[color]
        assert after.color_at((low + high) / 2) is color
    assert (after.white_over, after.black_under) == (before.white_over, before.black_under)


def test_toys_are_found_in_order_and_shadows_and_the_robot_are_not(toys: Image) -> None:
    for rgb in (toys, in_light(toys, COOL, 0.5), in_light(toys, WARM, 0.3)):
        blobs = find_blobs(rgb)
        assert len(blobs) == 8
        lefts = [blob.box[0] for blob in blobs]
        assert lefts == sorted(lefts)


def recolored(toys: Image, number: int, rgb: tuple[int, int, int]) -> Image:
    """Paint a toy in one color."""
    picture = toys.copy()
    left, top, width, height = find_blobs(toys)[number].box
    picture[top : top + height, left : left + width] = rgb
    return picture


@pytest.mark.parametrize(
    ("number", "paint", "names", "words"),
    [
        (0, None, ALL.replace("red, ", ""), "7 objects are named and 8 are seen"),
        (4, (200, 20, 18), ALL, "the red and the orange have the same hue"),
        (
            1,
            None,
            ALL.replace("green, blue", "blue, green"),
            "the blue has a hue of 12. degrees, which is green's",
        ),
        (
            1,
            None,
            ALL.replace("yellow, orange", "orange, yellow"),
            "the orange and the yellow .* wrong way round",
        ),
        (0, (255, 200, 200), ALL, "the red is overexposed"),
        (2, (1, 1, 6), ALL, "the blue is too dark"),
        (0, (200, 186, 186), ALL, "the red has no color to speak of"),
        (7, (200, 40, 40), ALL, "the black is not black"),
        (6, (20, 20, 20), ALL, "the white is no brighter than the floor"),
    ],
)
def test_what_cannot_be_learned_is_told(
    toys: Image, number: int, paint: tuple[int, int, int] | None, names: str, words: str
) -> None:
    with pytest.raises(TankError, match=words) as refused:
        learn(toys if paint is None else recolored(toys, number, paint), names)
    assert "\n" not in str(refused.value)


def test_a_dark_picture_is_told(toys: Image) -> None:
    with pytest.raises(TankError, match=r"the floor at the .* is too dark"):
        learn(in_light(toys, (1, 1, 1), 0.15, noise=0.0))


@pytest.mark.parametrize("text", ["red cube, ball", "red green cube", "", "pink cube"])
def test_names_need_one_color_each(text: str) -> None:
    with pytest.raises(TankError, match="red, green, blue"):
        parse_objects(text)


@given(center=st.floats(0, 359.9), width=st.floats(0, 30), turn=st.floats(0, 359.9))
def test_hues_go_round(center: float, width: float, turn: float) -> None:
    hues = (center + np.linspace(-width, width, 101)) % 360
    hsv = np.column_stack([hues, np.ones(101), np.ones(101)]).astype(np.float32)
    turned = np.column_stack([(hues + turn) % 360, np.ones(101), np.ones(101)]).astype(np.float32)
    middle, below, above = hue_spread(hsv)
    assert abs((middle - center + 180) % 360 - 180) < 0.01
    assert below == pytest.approx(0.9 * width, abs=0.01) and above == pytest.approx(
        0.9 * width, abs=0.01
    )
    assert abs((hue_spread(turned)[0] - middle - turn + 180) % 360 - 180) < 0.01


def test_the_picture_shows_the_names(toys: Image) -> None:
    model = learn(toys)
    blobs = find_blobs(toys)
    picture = side_by_side(toys, blobs, list(Color), model)
    assert picture.shape == (toys.shape[0], 2 * toys.shape[1], 3)
    assert (picture[:, toys.shape[1] :] == painted(toys, model)).all()
    names = name_pixels(toys, model)
    for blob, color in zip(blobs, Color, strict=True):
        inside = blob.pixels(painted(toys, model)[..., 0])[blob.pixels(names) == NAMES.index(color)]
        assert len(set(inside.tolist())) == 1
