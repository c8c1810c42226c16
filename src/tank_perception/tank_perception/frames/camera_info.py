"""Makes the lens of an image from what a camera's driver says of it.

That is sensor_msgs/CameraInfo, field by field. Pure.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from tank_core.state import Array
from tank_perception.view import Lens

Size = tuple[int, int]  # width, height [px]

# how many numbers each may have
MODELS = {"plumb_bob": (4, 5), "rational_polynomial": (8, 12, 14), "equidistant": (4,)}
CALIBRATE = (
    "calibrate the camera (./tank calibrate camera) and give the file to its driver, "
    "mostly by its parameter camera_info_url"
)
FOCAL = 0.05, 50.0  # of the image's width: from 168 deg across to 1.1 deg
CENTER = -1.0, 2.0  # of the image's size: where the lens's axis may meet it
# a pixel comes back to where it was, but for this, when the distortion is taken out and put in
# again ...
ROUND_TRIP_PX = 1.0
REACH = 0.9  # ... in this much of the image's width and height


class Window(NamedTuple):
    """The part of the calibrated image that a driver sends.

    ``roi`` (left, top, width, height) is in its pixels; zeros: all of it.
    """

    binning: tuple[int, int] = (0, 0)  # across, down; 0 is 1
    roi: tuple[int, int, int, int] = (0, 0, 0, 0)


def make_lens(model: str, distortion: Sequence[float], matrix: Array, size: Size) -> Lens:
    """Return the lens of a calibration for images of ``size``.

    ``matrix`` is (3, 3). Raises ValueError, in one line, for a calibration that cannot be used.
    """
    numbers = np.array(distortion, dtype=np.float64)
    if matrix[0, 0] == 0.0:
        raise ValueError(f"camera_info has no calibration: k is zero; {CALIBRATE}")
    if not all(size):
        raise ValueError(
            f"camera_info says that the images are {size[0]} x {size[1]} px; {CALIBRATE}"
        )
    focal, center = np.diag(matrix)[:2], matrix[:2, 2]
    share, place = focal / size[0], center / size
    if not ((FOCAL[0] <= share) & (share <= FOCAL[1])).all():
        raise ValueError(
            f"camera_info's k has focal lengths of {focal[0]:g} and {focal[1]:g} px for images "
            f"{size[0]} px wide, "
            f"which no lens has; {CALIBRATE}"
        )
    if not ((CENTER[0] <= place) & (place <= CENTER[1])).all():
        raise ValueError(
            f"camera_info's k has its center at {center[0]:g}, {center[1]:g} px of {size[0]} x "
            f"{size[1]}; {CALIBRATE}"
        )
    if matrix[2].tolist() != [0.0, 0.0, 1.0] or matrix[1, 0] or matrix[0, 1]:
        raise ValueError(
            f"camera_info's k is {matrix.ravel().tolist()}; it must be [fx, 0, cx, 0, fy, cy, 0, "
            f"0, 1]; {CALIBRATE}"
        )
    fisheye = model == "equidistant"
    if not fisheye and not numbers.any():  # NaN is some
        return Lens(matrix, np.zeros(0))
    if len(numbers) not in MODELS.get(model, ()):
        known = ", ".join(
            f"{name} with {' or '.join(map(str, counts))}" for name, counts in MODELS.items()
        )
        raise ValueError(
            f"camera_info's distortion is {model[:40]!r} with {len(numbers)} numbers; known are "
            f"{known}; {CALIBRATE}"
        )
    lens = Lens(matrix, numbers, fisheye)
    if not _can_be_undone(lens, size):
        raise ValueError(
            f"camera_info's distortion {numbers.tolist()} bends the image so that nothing can be "
            f"measured in it; {CALIBRATE}"
        )
    return lens


def _can_be_undone(lens: Lens, size: Size) -> bool:
    """Whether pixels come back to their places.

    Those in the corners, where a fit is at its worst, are not asked.
    """
    sides = [np.linspace((1 - REACH) / 2, (1 + REACH) / 2, 9) * (side - 1) for side in size]
    grid = np.stack(np.meshgrid(*sides), axis=-1).reshape(-1, 2)
    with np.errstate(all="ignore"):
        away = np.abs(lens.pixels(lens.flat(grid)) - grid)
    return bool((away <= ROUND_TRIP_PX * max(1.0, size[0] / 640)).all())


def seen_through(lens: Lens, size: Size, window: Window) -> tuple[Lens, Size]:
    """Return the lens and the size of the images that a driver sends.

    They follow from those of the calibrated image. Raises ValueError, in one line.
    """
    left, top, width, height = window.roi
    if not width and not height:
        left, top, width, height = 0, 0, *size
    if not (0 < width <= size[0] - left and 0 < height <= size[1] - top):
        raise ValueError(
            f"camera_info's roi is {width} x {height} px at {left}, {top}; it must lie within the "
            f"{size[0]} x {size[1]} of width and height"
        )
    across, down = (max(1, factor) for factor in window.binning)
    if across > width or down > height:
        raise ValueError(
            f"camera_info's binning of {across} x {down} leaves nothing of {width} x {height} px; "
            "set it in the camera's driver"
        )
    return lens.cut(left, top).binned(across, down), (width // across, height // down)


class Lenses:
    """The lens of each camera that was heard, by the frame of its images.

    There may be several cameras on one topic.
    """

    MOST = 20  # frames, and messages whose stamps are kept

    def __init__(self, lens: Lens, size: Size) -> None:
        """Begin with the lens and size of a camera that was never heard."""
        self._plain = lens, size
        self._newest: dict[str, tuple[Lens, Size]] = {}
        self._stamped: deque[tuple[str, float, tuple[Lens, Size]]] = deque(maxlen=self.MOST)

    def add(self, frame: str, stamp: float, lens: Lens, size: Size) -> None:
        """Take over what a camera said at ``stamp`` [s]."""
        self._newest.pop(frame, None)
        self._newest[frame] = lens, size
        while len(self._newest) > self.MOST:
            del self._newest[next(iter(self._newest))]
        self._stamped.append((frame, stamp, (lens, size)))

    def of(self, frame: str, stamp: float) -> tuple[Lens, Size]:
        """Return the lens and size of an image.

        They are those said of just this image, or else the last of its frame, or else of no frame.
        """
        for other, time, said in reversed(self._stamped):
            if (other, time) == (frame, stamp):
                return said
        return self._newest.get(frame) or self._newest.get("") or self._plain

    def fault(self, frame: str) -> str | None:
        """Say what is odd about the lens of images in ``frame``.

        None where nothing is.
        """
        if not self._newest or frame in self._newest or "" in self._newest:
            return None
        return (
            f"camera_info is of frame {', '.join(map(repr, self._newest))} and the images are of "
            f"{frame!r}: "
            "it is not used, the robot file's ideal lens is; the camera's driver must give both "
            "the same frame_id"
        )
