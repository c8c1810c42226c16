"""The lens out of camera_info, and what cannot be used is refused."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tank_perception.frames.camera_info import Lenses, Window, make_lens, seen_through
from tank_perception.view import Lens

SIZE = 640, 480
MATRIX = np.array([[310.0, 0.0, 322.0], [0.0, 308.0, 236.0], [0.0, 0.0, 1.0]])
MODELS = {
    "plumb_bob": (-0.25, 0.06, 0.001, -0.001, 0.0),
    "rational_polynomial": (0.1, -0.02, 0.001, 0.0, 0.01, 0.4, -0.05, 0.01),
    "equidistant": (0.02, -0.01, 0.003, 0.0),
}


def lens_of(model: str) -> Lens:
    return make_lens(model, MODELS[model], MATRIX, SIZE)


def places(size: tuple[int, int]) -> np.ndarray:
    """Return pixels (n, 2) all over the middle of an image."""
    return np.stack(
        np.meshgrid(*(np.linspace(0.2, 0.8, 5) * side for side in size)), axis=-1
    ).reshape(-1, 2)


@pytest.mark.parametrize("model", MODELS)
def test_a_pixel_comes_back_to_its_place(model: str) -> None:
    lens = lens_of(model)
    flat = lens.flat(places(SIZE))
    assert np.allclose(lens.pixels(flat), places(SIZE), atol=0.1)
    plain = Lens(MATRIX, np.zeros(0)).flat(places(SIZE))
    assert np.abs(flat - plain).max() > 0.01  # and the model does something


def test_a_fisheye_of_zeros_is_no_pinhole() -> None:
    """An equidistant lens.

    The distance from the middle is the focal length times the angle.
    """
    lens = make_lens("equidistant", (0.0,) * 4, MATRIX, SIZE)
    ((x, y),) = lens.flat(np.array([[322.0 + 310.0 * math.radians(40), 236.0]]))
    assert (math.degrees(math.atan(x)), y) == pytest.approx((40.0, 0.0), abs=1e-6)


@pytest.mark.parametrize("model", ["plumb_bob", "rational_polynomial", "", "something of zeros"])
@pytest.mark.parametrize("numbers", [(), (0.0,) * 4, (0.0,) * 5, (0.0,) * 8])
def test_no_distortion_is_none_whatever_its_model(model: str, numbers: tuple[float, ...]) -> None:
    assert make_lens(model, numbers, MATRIX, SIZE).distortion.shape == (0,)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"matrix": np.zeros((3, 3))},
            r"no calibration: k is zero; .*\./tank calibrate camera.*camera_info_url",
        ),
        ({"matrix": MATRIX * math.nan}, "focal lengths of nan"),
        ({"matrix": np.diag([1e9, 1e9, 1.0])}, r"focal lengths of 1e\+09 .*, which no lens has"),
        ({"matrix": np.diag([-300.0, 300.0, 1.0])}, "which no lens has"),
        (
            {"matrix": np.array([[300.0, 0, 1e5], [0, 300, 240], [0, 0, 1]])},
            "its center at 100000, 240 px",
        ),
        (
            {"matrix": np.array([[300.0, 0, 320], [0, 300, 240], [0, 0, 0]])},
            r"it must be \[fx, 0, cx, 0, fy, cy, 0, 0, 1\]",
        ),
        ({"matrix": np.array([[300.0, 9, 320], [0, 300, 240], [0, 0, 1]])}, r"it must be \[fx"),
        ({"size": (0, 0)}, "images are 0 x 0 px"),
        (
            {"model": "equidistant", "distortion": (0.1,) * 5},
            r"'equidistant' with 5 numbers; known are plumb_bob with 4 or 5",
        ),
        ({"model": "division", "distortion": (0.1,)}, "'division' with 1 numbers"),
        ({"distortion": (math.nan,) * 5}, "bends the image"),
        ({"distortion": (50.0, -300.0, 1.0, 1.0, 1e6)}, "bends the image"),
    ],
)
def test_what_no_camera_has_is_refused_in_one_line(change: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words) as error:
        make_lens(
            **(
                {"model": "plumb_bob", "distortion": (0.0,) * 5, "matrix": MATRIX, "size": SIZE}
                | change
            )
        )  # type: ignore[arg-type]
    assert "\n" not in str(error.value)


@settings(deadline=None)
@given(
    st.sampled_from([*MODELS, "", "fisheye"]),
    st.lists(st.floats(width=64), max_size=15),
    st.lists(st.floats(), min_size=9, max_size=9),
    st.tuples(st.integers(0, 5000), st.integers(0, 5000)),
)
def test_anything_is_a_lens_that_measures_or_is_refused_in_words(
    model: str, distortion: list[float], k: list[float], size: tuple[int, int]
) -> None:
    try:
        lens = make_lens(model, distortion, np.array(k).reshape(3, 3), size)
    except ValueError as error:
        assert "\n" not in str(error) and "OpenCV" not in str(error) and "camera_info" in str(error)
    else:
        assert np.isfinite(lens.flat(places(size))).all()


@pytest.mark.parametrize("model", MODELS)
@given(
    st.integers(0, 8), st.integers(0, 8), st.integers(0, 200), st.integers(0, 150), st.booleans()
)
@settings(deadline=None)
def test_a_binned_and_cut_image_sees_the_same_rays(
    model: str, across: int, down: int, left: int, top: int, cut: bool
) -> None:
    """The pixel of a small image covers some of the full one.

    Its ray goes through their middle.
    """
    full = lens_of(model)
    window = Window((across, down), (left, top, 400, 300) if cut else (0, 0, 0, 0))
    lens, size = seen_through(full, SIZE, window)
    across, down = max(1, across), max(1, down)
    corner = (left, top) if cut else (0, 0)
    assert size == ((400 // across, 300 // down) if cut else (SIZE[0] // across, SIZE[1] // down))
    pixels = np.array([[0.0, 0.0], [3.0, 2.0], [size[0] - 1.0, size[1] - 1.0]])
    covered = corner + pixels * (across, down) + (np.array([across, down]) - 1) / 2
    assert np.allclose(lens.flat(pixels), full.flat(covered), atol=1e-6)


@pytest.mark.parametrize(
    ("window", "words"),
    [
        (
            Window(roi=(600, 0, 100, 100)),
            "roi is 100 x 100 px at 600, 0; it must lie within the 640 x 480",
        ),
        (Window(roi=(0, 0, 100, 0)), "roi is 100 x 0"),
        (Window(roi=(2**32 - 1, 0, 2**32 - 1, 1)), "roi"),
        (Window(binning=(1000, 1)), "binning of 1000 x 1 leaves nothing of 640 x 480"),
    ],
)
def test_a_window_that_is_none_is_refused(window: Window, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        seen_through(lens_of("plumb_bob"), SIZE, window)


def test_offsets_without_a_size_are_the_whole_image() -> None:
    """RegionOfInterest says so of height = width = 0."""
    assert seen_through(lens_of("plumb_bob"), SIZE, Window(roi=(5, 5, 0, 0)))[1] == SIZE


def test_each_camera_keeps_its_own_lens_whoever_else_speaks() -> None:
    plain, mine, other = (Lens(MATRIX * number, np.zeros(0)) for number in (1, 2, 3))
    lenses = Lenses(plain, SIZE)
    assert lenses.of("mine", 1.0) == (plain, SIZE) and lenses.fault("mine") is None
    lenses.add("other", 1.0, other, (320, 240))
    assert lenses.of("mine", 1.0) == (plain, SIZE)
    assert "camera_info is of frame 'other' and the images are of 'mine': it is not used" in str(
        lenses.fault("mine")
    )
    lenses.add("mine", 1.0, mine, SIZE)
    lenses.add("mine", 1.02, other, (320, 240))  # another camera that goes by the same name
    assert lenses.of("mine", 1.0) == (mine, SIZE) and lenses.fault("mine") is None
    assert lenses.of("mine", 1.02) == (other, (320, 240))
    lenses.add("mine", 2.0, mine, SIZE)
    assert lenses.of("mine", 2.01) == (mine, SIZE)


def test_frames_without_end_take_no_memory_without_end() -> None:
    lenses = Lenses(Lens(MATRIX, np.zeros(0)), SIZE)
    for number in range(1000):
        lenses.add(f"camera_{number}", float(number), Lens(MATRIX, np.zeros(0)), SIZE)
    assert len(lenses._newest) <= Lenses.MOST and len(lenses._stamped) <= Lenses.MOST
