"""Every encoding becomes the same picture, whatever pads its rows.

What is no image, or has no colors, is refused in one line.
"""

import struct
import tracemalloc
import zlib

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tank_core import MOST_PIXELS
from tank_core.ros.images.encodings import GRAY, HALVED, NAMES, NV24, PACKED, decode, decode_file

HEIGHT, WIDTH = 12, 16


def scene() -> np.ndarray:
    """Red, green and blue fields for encodings that share colors.

    Their edges lie where the colors of 2 x 2 pixels do not mix.
    """
    rgb = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    rgb[:, :8], rgb[:, 8:], rgb[6:, 8:] = (200, 30, 40), (40, 180, 60), (30, 50, 210)
    return rgb


def bayer(rgb: np.ndarray, order: str) -> np.ndarray:
    plane = np.zeros(rgb.shape[:2], np.uint8)
    for number, color in enumerate(order):
        top, left = divmod(number, 2)
        plane[top::2, left::2] = rgb[top::2, left::2, "rgb".index(color)]
    return plane


def yuv(rgb: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Light (height, width), U and V of 2 x 2 pixels each.

    These are (height / 2, width / 2), all in video's range as cameras send it.
    """
    flat = cv2.cvtColor(rgb, cv2.COLOR_RGB2YUV_I420).ravel()
    count = HEIGHT * WIDTH
    half = HEIGHT // 2, WIDTH // 2
    return (
        flat[:count].reshape(HEIGHT, WIDTH),
        flat[count : count * 5 // 4].reshape(half),
        flat[count * 5 // 4 :].reshape(half),
    )


def rows_of(name: str, rgb: np.ndarray, big_endian: bool = False) -> np.ndarray:
    """The bytes (rows, bytes) of an encoding, row by row.

    Made by other means than those that undo it.
    """
    light, u, v = yuv(rgb)
    double = {"u": np.repeat(u, 2, axis=0), "v": np.repeat(v, 2, axis=0)}
    if name in ("yuyv", "yuv422_yuy2", "uyvy", "yuv422"):
        order = "yuyv" if name.startswith(("yuyv", "yuv422_")) else "uyvy"
        packed = np.zeros((HEIGHT, 2 * WIDTH), np.uint8)
        packed[:, order.index("y") :: 2] = light
        packed[:, order.index("u") :: 4], packed[:, order.index("v") :: 4] = (
            double["u"],
            double["v"],
        )
        return packed
    if name in HALVED:
        pairs = np.dstack((u, v) if name == "nv12" else (v, u)).reshape(HEIGHT // 2, WIDTH)
        return np.vstack((light, pairs))
    if name == NV24:
        pairs = np.dstack([np.repeat(double[key], 2, axis=1) for key in "uv"]).reshape(
            2 * HEIGHT, WIDTH
        )
        return np.vstack((light, pairs))
    depth = 16 if "16" in name else 8
    if name.startswith("bayer"):
        pixels = bayer(rgb, name[6:10])
    else:
        order = {"8uc3": "bgr", "16uc3": "bgr", "8uc4": "bgra", "16uc4": "bgra"}.get(
            name, name.rstrip("0123456789")
        )
        full = np.dstack((rgb, np.full((HEIGHT, WIDTH), 7, np.uint8)))
        pixels = full[:, :, ["rgba".index(color) for color in order]]
    if depth == 16:
        pixels = (pixels.astype(np.uint16) * 256 + 99).astype(">u2" if big_endian else "<u2")
    return np.ascontiguousarray(pixels).view(np.uint8).reshape(HEIGHT, -1)


def padded(rows: np.ndarray, pad: int) -> np.ndarray:
    return np.hstack((rows, np.full((len(rows), pad), 255, np.uint8)))


@pytest.mark.parametrize("big_endian", [False, True])
@pytest.mark.parametrize("pad", [0, 6])
@pytest.mark.parametrize("name", NAMES)
def test_every_encoding_is_the_same_picture(name: str, pad: int, big_endian: bool) -> None:
    rows = rows_of(name, scene(), big_endian)
    if pad and name == NV24:
        return  # its rows of colors are twice as long as those of light; nothing here pads them
    message = padded(rows, pad)
    rgb = decode(name, WIDTH, HEIGHT, message.shape[1], message.ravel(), big_endian)
    assert rgb.shape == (HEIGHT, WIDTH, 3) and rgb.dtype == np.uint8
    if name.startswith("bayer"):  # the edges of its fields are guessed
        middles = rgb[2:4, 2:6], rgb[2:4, 10:14], rgb[8:10, 10:14]
        wanted = scene()[2:4, 2:6], scene()[2:4, 10:14], scene()[8:10, 10:14]
        assert all(
            np.abs(one.astype(int) - two).max() <= 1
            for one, two in zip(middles, wanted, strict=True)
        )
    else:
        assert np.abs(rgb.astype(int) - scene()).max() <= (
            0 if name in PACKED and "y" not in name else 4
        )


@pytest.mark.parametrize("name", ["RGB8", " rgb8 ", "8UC3", "Bayer_RGGB8"])
def test_names_are_known_in_either_case(name: str) -> None:
    rows = rows_of(name.strip().lower(), scene())
    assert decode(name, WIDTH, HEIGHT, rows.shape[1], rows.ravel()).shape == (HEIGHT, WIDTH, 3)


def test_the_padding_of_the_last_row_need_not_be_sent_and_a_page_may_be_filled() -> None:
    rows = padded(rows_of("bgr8", scene()), 8)
    for data in (rows.ravel()[:-8], np.append(rows.ravel(), np.zeros(500, np.uint8))):
        assert np.array_equal(decode("bgr8", WIDTH, HEIGHT, rows.shape[1], data), scene())


@pytest.mark.parametrize("name", GRAY)
def test_gray_images_are_refused_because_they_have_no_colors_and_the_drivers_settings_are_named(
    name: str,
) -> None:
    with pytest.raises(
        ValueError,
        match=r"no color can be told from gray; .*usb_cam pixel_format:=.*"
        r"v4l2_camera output_encoding:=rgb8",
    ):
        decode(name.upper(), WIDTH, HEIGHT, 2 * WIDTH, np.zeros(HEIGHT * WIDTH * 2, np.uint8))


@pytest.mark.parametrize(
    ("name", "width", "height", "step", "count", "words"),
    [
        ("", 4, 4, 12, 48, "image encoding is ''; known are rgb8, bgr8"),
        ("32FC1", 4, 4, 16, 64, "'32FC1'; known are"),
        ("h264\n" * 50, 4, 4, 16, 64, "known are"),
        (
            "rgb8",
            4,
            4,
            0,
            48,
            "0 a row; a row takes at least 12: the camera's driver must set step",
        ),
        ("rgb8", 4, 4, 11, 48, "at least 12"),
        (
            "rgb8",
            4,
            4,
            12,
            24,
            "image has 24 bytes for 4 x 4 pixels of rgb8, 12 a row; it must have 48",
        ),
        ("rgb8", 4, 4, 12, 10_000, "it must have 48"),
        ("rgb8", 0, 0, 0, 0, "image is 0 x 0 pixels"),
        ("rgb8", 2**31, 2**31, 2**32 - 1, 5, "at most 40000000"),
        ("yuyv", 5, 4, 10, 40, "goes by pairs"),
        ("nv12", 4, 3, 4, 18, "goes by pairs"),
        ("nv21", 4, 4, 4, 16, "it must have 24"),
        ("nv24", 4, 4, 4, 24, "it must have 48"),
    ],
)
def test_what_is_no_image_is_refused_in_one_line(
    name: str, width: int, height: int, step: int, count: int, words: str
) -> None:
    with pytest.raises(ValueError) as error:
        decode(name, width, height, step, np.zeros(count, np.uint8))
    assert words in str(error.value) and "\n" not in str(error.value)


def test_one_row_takes_no_more_than_its_bytes_whatever_its_step() -> None:
    """A step of 4 GB would be made up, of a message of three bytes."""
    tracemalloc.start()
    assert decode("rgb8", 1, 1, 2**32 - 1, np.array([1, 2, 3], np.uint8)).tolist() == [[[1, 2, 3]]]
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()


@settings(deadline=None)
@given(
    st.sampled_from(NAMES) | st.sampled_from(GRAY) | st.text(max_size=60),
    st.integers(0, 9) | st.integers(0, 2**32 - 1),
    st.integers(0, 9) | st.integers(0, 2**32 - 1),
    st.integers(0, 80) | st.integers(0, 2**32 - 1),
    st.binary(max_size=600),
    st.booleans(),
)
def test_anything_is_a_picture_of_its_size_or_refused_in_words(
    name: str, width: int, height: int, step: int, data: bytes, big_endian: bool
) -> None:
    try:
        rgb = decode(name, width, height, step, np.frombuffer(data, np.uint8), big_endian)
    except ValueError as error:
        in_words(str(error))
    else:
        assert rgb.shape == (height, width, 3) and rgb.dtype == np.uint8


def in_words(reason: str) -> None:
    assert "\n" not in reason and not any(
        word in reason.lower() for word in ("cv2", "opencv(", "assert", "error")
    )


# Compressed


@pytest.mark.parametrize(
    ("suffix", "image"),
    [
        (".png", scene()[:, :, ::-1]),
        (".webp", scene()[:, :, ::-1]),
        (".png", np.dstack((scene()[:, :, ::-1], np.full((HEIGHT, WIDTH), 9, np.uint8)))),
        (".png", scene()[:, :, ::-1].astype(np.uint16) * 257),
        (".tiff", scene()[:, :, ::-1]),
    ],
    ids=["png", "webp", "alpha", "16 bits", "tiff"],
)
def test_files_of_all_kinds_are_the_same_picture(suffix: str, image: np.ndarray) -> None:
    options = [cv2.IMWRITE_WEBP_QUALITY, 101] if suffix == ".webp" else []  # over 100: without loss
    data = cv2.imencode(suffix, image, options)[1]
    assert np.array_equal(decode_file("bgr8; png compressed bgr8", data), scene())


@pytest.mark.parametrize("suffix", [".jpg", ".png"])
@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
def test_gray_files_are_refused_and_the_drivers_settings_are_named(
    suffix: str, depth: type
) -> None:
    data = cv2.imencode(suffix, scene()[:, :, 0].astype(depth if suffix == ".png" else np.uint8))[1]
    with pytest.raises(
        ValueError, match=r"'16UC1; compressedDepth png'\) is gray: .*usb_cam pixel_format"
    ):
        decode_file("16UC1; compressedDepth png", data)


def test_a_file_of_more_pixels_than_anybody_looks_at_is_refused_before_memory_is_taken() -> None:
    """By its header.

    What follows is that of a small picture, which would be told as cut off after a gigabyte.
    """
    data = bytearray(cv2.imencode(".png", scene())[1].tobytes())
    data[16:24] = struct.pack(">II", 20_000, 20_000)
    data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    with pytest.raises(ValueError, match=f"has no size from 1 to {MOST_PIXELS} pixels"):
        decode_file("png", np.frombuffer(bytes(data), np.uint8))


@settings(deadline=None)
@given(st.text(max_size=80), st.binary(max_size=300))
def test_any_other_bytes_are_refused_in_words(form: str, data: bytes) -> None:
    with pytest.raises(ValueError) as error:
        decode_file(form, np.frombuffer(data, np.uint8))
    in_words(str(error.value).replace(repr(form[:60]), ""))
    assert "image_transport:=raw" in str(error.value)


def test_a_length_beyond_the_end_is_refused_before_memory_is_taken_for_it(monkeypatch) -> None:
    data = cv2.imencode(".png", scene()[:, :, ::-1])[1]
    place = data.tobytes().index(b"IDAT") - 4
    monkeypatch.setattr(cv2, "imdecode", None)
    data[place] = 127
    with pytest.raises(ValueError, match="cut off"):
        decode_file("png", data)


@settings(deadline=None)
@given(st.integers(0, 400), st.integers(0, 255))
def test_a_file_with_a_wrong_byte_is_a_picture_or_refused_in_words(place: int, value: int) -> None:
    data = cv2.imencode(".png", scene()[:, :, ::-1])[1]
    data[place % len(data)] = value
    try:
        assert decode_file("png", data).shape[2] == 3
    except ValueError as error:
        in_words(str(error))
