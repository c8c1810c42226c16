"""A camera's bytes as RGB, whatever driver sends them. Pure; OpenCV converts.

The names are those of sensor_msgs/image_encodings.hpp, in either case. Types without an order of
colors (8UC3, 8UC4, 16UC3, 16UC4) are taken as OpenCV's own, blue first, as rviz does: they come
from drivers that pass on an OpenCV image as it is. Of 16 bits the upper 8 are used.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from tank_core import MOST_PIXELS

Bytes = npt.NDArray[np.uint8]

PNG = b"\x89PNG\r\n\x1a\n"
SPARE = 4096  # [bytes] that may follow the last row: some drivers send whole pages

COLOR_SETTINGS = (
    "set the camera driver to a color encoding, such as rgb8: usb_cam pixel_format:=mjpeg2rgb or "
    "yuyv2rgb, "
    "v4l2_camera output_encoding:=rgb8, camera_ros format:=RGB888, realsense2_camera "
    "rgb_camera.color_format:=RGB8"
)


class _Packed(NamedTuple):
    """``channels`` a pixel of ``bits`` each.

    ``code``: of cv2.cvtColor to RGB, None: it is RGB.
    """

    channels: int
    code: int | None
    bits: int = 8


_ORDERS = {
    "rgb": (3, None),
    "bgr": (3, cv2.COLOR_BGR2RGB),
    "rgba": (4, cv2.COLOR_RGBA2RGB),
    "bgra": (4, cv2.COLOR_BGRA2RGB),
    "bayer_rggb": (1, cv2.COLOR_BayerRGGB2RGB),
    "bayer_bggr": (1, cv2.COLOR_BayerBGGR2RGB),
    "bayer_gbrg": (1, cv2.COLOR_BayerGBRG2RGB),
    "bayer_grbg": (1, cv2.COLOR_BayerGRBG2RGB),
}
_UYVY, _YUYV = _Packed(2, cv2.COLOR_YUV2RGB_UYVY), _Packed(2, cv2.COLOR_YUV2RGB_YUYV)
PACKED: dict[str, _Packed] = {
    **{f"{order}{bits}": _Packed(channels, code, bits) for order,
    (channels, code) in _ORDERS.items() for bits in (8, 16)},
    **{f"{bits}uc3": _Packed(3, cv2.COLOR_BGR2RGB, bits) for bits in (8, 16)},
    **{f"{bits}uc4": _Packed(4, cv2.COLOR_BGRA2RGB, bits) for bits in (8, 16)},
    "uyvy": _UYVY, "yuv422": _UYVY, "yuyv": _YUYV, "yuv422_yuy2": _YUYV,
}  # fmt: skip
# brightness, then colors of 2 x 2 pixels each
HALVED = {"nv12": cv2.COLOR_YUV2RGB_NV12, "nv21": cv2.COLOR_YUV2RGB_NV21}
NV24 = "nv24"  # brightness, then a color for each pixel
GRAY = ("mono8", "mono16", "8uc1", "16uc1")
NAMES = (*PACKED, *HALVED, NV24)
KNOWN = f"{', '.join(name for name in NAMES if '16' not in name)}, and those of 16 bits"


def decode(
    encoding: str, width: int, height: int, step: int, data: Bytes, big_endian: bool = False
) -> Bytes:
    """Decode (n,) bytes to an RGB image (height, width, 3).

    ``step``: bytes from one row to the next. The result may share memory with ``data``. Raises
    ValueError, in one line, for an encoding that has no colors or is not known, and for data that
    is not of that size.
    """
    name = encoding.strip().lower()
    size = f"{width} x {height}"
    if name in GRAY:
        raise ValueError(
            f"image encoding is {encoding!r}: no color can be told from gray; {COLOR_SETTINGS}"
        )
    if name not in NAMES:
        raise ValueError(
            f"image encoding is {encoding[:40]!r}; known are {KNOWN}; {COLOR_SETTINGS}"
        )
    if not 0 < width * height <= MOST_PIXELS:
        raise ValueError(
            f"image is {size} pixels; it must have at least one, and at most {MOST_PIXELS}: set "
            "its size in the camera's driver"
        )
    if (
        (width % 2 and name in (*HALVED, NV24))
        or (height % 2 and name in HALVED)
        or (width % 2 and PACKED.get(name) in (_UYVY, _YUYV))
    ):
        raise ValueError(
            f"image is {size} pixels in {encoding!r}, which goes by pairs; set an even size in the "
            "camera's driver"
        )
    if name in PACKED:
        return _packed(
            PACKED[name],
            _rows(encoding, width, height, step, data, 1.0, PACKED[name]),
            width,
            big_endian,
        )
    if name in HALVED:
        planes = _rows(encoding, width, height, step, data, 1.5, _Packed(1, None))
        return _converted(planes[:, :width], HALVED[name])
    flat = _rows(encoding, width, height, step, data, 3.0, _Packed(1, None)).ravel()
    light = flat[: height * step].reshape(height, step)[:, :width]
    pairs = (
        flat[height * step :]
        .reshape(height, 2 * step)[:, : 2 * width]
        .reshape(height, width // 2, 4)
    )
    # of every other pixel, as in yuyv: U, V, U, V ...
    colors = np.ascontiguousarray(pairs[:, :, :2]).reshape(height, width)
    return _converted(np.dstack((light, colors)), cv2.COLOR_YUV2RGB_YUYV)


def _rows(
    encoding: str, width: int, height: int, step: int, data: Bytes, share: float, kind: _Packed
) -> Bytes:
    """Rows (share * height, step) of data, the last one's padding made up.

    ``share`` rows for each of pixels.
    """
    least, rows = width * kind.channels * kind.bits // 8, round(height * share)
    sent = f"image has {len(data)} bytes for {width} x {height} pixels of {encoding}, {step} a row"
    if step < least:
        raise ValueError(f"{sent}; a row takes at least {least}: the camera's driver must set step")
    if rows == 1:
        # there is no next row, so nothing is made up for it
        step = min(step, max(least, len(data)))
    wanted = rows * step
    if not wanted - (step - least) <= len(data) < wanted + max(step, SPARE):
        raise ValueError(
            f"{sent}; it must have {wanted}: the camera's driver sent part of it, or names another "
            "size"
        )
    if len(data) < wanted:
        data = np.concatenate((data, np.zeros(wanted - len(data), np.uint8)))
    return data[:wanted].reshape(rows, step)


def _packed(kind: _Packed, rows: Bytes, width: int, big_endian: bool) -> Bytes:
    pixels = rows[:, : width * kind.channels * kind.bits // 8]
    if kind.bits == 16:
        pixels = pixels[:, 0 if big_endian else 1 :: 2]
    if kind.channels > 1:
        pixels = pixels.reshape(len(rows), width, kind.channels)
    return pixels if kind.code is None else _converted(pixels, kind.code)


def _converted(pixels: Bytes, code: int) -> Bytes:
    rgb: Bytes = cv2.cvtColor(np.ascontiguousarray(pixels), code)
    return rgb


# Compressed


def _lacks_png(data: Bytes) -> bool:
    """Whether (n,) bytes begin a PNG that goes on beyond their end.

    OpenCV takes the memory that a part's length speaks of, whatever comes: with one wrong byte that
    is 4 GB, and seconds.
    """
    if data[: len(PNG)].tobytes() != PNG:
        return False
    at, kind = len(PNG), b""
    while kind != b"IEND" and at < len(data):
        kind = data[at + 4 : at + 8].tobytes()
        at += int.from_bytes(data[at : at + 4].tobytes(), "big") + 12  # length, kind, checksum
    return at > len(data)


def encode_jpeg(rgb: Bytes, quality: int) -> bytes:
    """Encode RGB (height, width, 3) as a JPEG of ``quality`` (1 to 100)."""
    blue_first = np.ascontiguousarray(rgb[:, :, ::-1])
    _, jpeg = cv2.imencode(".jpg", blue_first, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return jpeg.tobytes()


def decode_file(form: str, data: Bytes) -> Bytes:
    """Decode a JPEG, PNG, WebP or TIFF of (n,) bytes to RGB (height, width, 3).

    ``form``: what its message says of it. Raises ValueError, in one line, for data that is no such
    image, or one without colors.
    """
    what = f"compressed image of {len(data)} bytes ({form[:60]!r})"
    cure = (
        "publish JPEG or PNG, such as by image_transport's compressed plugin, or use "
        "image_transport:=raw"
    )
    try:
        # Turned as its pixels lie, whatever Exif says: so they are in camera_info.
        image = (
            cv2.imdecode(data, cv2.IMREAD_UNCHANGED | cv2.IMREAD_IGNORE_ORIENTATION)
            if len(data) and not _lacks_png(data)
            else None
        )
    except cv2.error:  # by its header, before memory is taken
        raise ValueError(
            f"{what} has no size from 1 to {MOST_PIXELS} pixels: set it in the driver; {cure}"
        ) from None
    if image is None:
        raise ValueError(
            f"{what} cannot be decoded: it is cut off, or of another kind, such as H.264; {cure}"
        )
    if image.ndim == 2 or image.shape[2] < 3:
        raise ValueError(f"{what} is gray: no color can be told from it; {COLOR_SETTINGS}")
    if image.dtype == np.uint16:
        image = (image >> 8).astype(np.uint8)
    if image.dtype != np.uint8:
        raise ValueError(
            f"{what} has numbers of type {image.dtype}; they must be of 8 or 16 bits: {cure}"
        )
    return _converted(image, cv2.COLOR_BGRA2RGB if image.shape[2] == 4 else cv2.COLOR_BGR2RGB)
