"""Makes an image into masks: colored, brighter or darker than the floor."""

from __future__ import annotations

from functools import cached_property

import cv2
import numpy as np
import numpy.typing as npt

from tank_core.commands import Color
from tank_core.state import Image
from tank_perception.color_model import ColorModel

Row = npt.NDArray[np.float64]  # a number for each height in the image

SHRINK = 8  # the floor's brightness is looked at in squares of this many pixels
# median over this many squares: 72 px, in which an object on the floor is the minority,
FLOOR_SQUARES = 9
FLOOR_SHARE = 1.75  # or more, where objects look larger: at least this many times their width
# [of 255] chroma that noise of sigma 4 makes after the blur in one pixel of many thousand
NOISE = 10.0
# [of 255] the floor's value from which on ``min_value`` is meant as it is; in less light it is less
FULL_LIGHT = 128.0
LEAST_STEP = 7.0  # [of 255] over the floor's value: four times what noise leaves after the blur
# of what white must be brighter than the floor, for the darker sides of something that is white
# elsewhere
SIDE_SHARE = 0.33
LIT_PERCENT = 90.0  # of the floor's squares by value: the best lit, without what is odd among them
BLIND_WHITE = 235.0  # [of 255] on a floor brighter than this nothing can be told to be whiter
# share of the image that must not be the robot for the floor's brightness to be told
FLOOR_SEEN = 0.4
HUE_GAP_DEG = 4.0  # hues this near to a color's span, and nobody else's, are that color's
# index 0: floor; the last one: colored, but of no color that is known
NAMES: tuple[Color | None, ...] = (None, *Color, None)
OTHER = len(NAMES) - 1
WHITE, BLACK = NAMES.index(Color.WHITE), NAMES.index(Color.BLACK)
_WIDE = np.ones((FLOOR_SQUARES, FLOOR_SQUARES), np.uint8)


class Scratch:
    """Work space for images of one shape (height, width, 3)."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.rgb, self.hsv = np.empty(shape, np.uint8), np.empty(shape, np.uint8)
        planes = np.empty((8, *shape[:2]), np.uint8)
        self.hue, self.saturation, self.value, self.level = planes[:4]
        self.chromatic, self.bright, self.dark, self.any = planes[4:]


class Palette:
    """A color model as look-up tables for 8-bit HSV, and work space.

    Hues are 0..255. It is not for two threads at a time.
    """

    def __init__(self, model: ColorModel) -> None:
        self.model = model
        # hue -> index in NAMES
        self.hues = np.array([_index(model, step * 360 / 256) for step in range(256)], np.uint8)
        self._scratch: Scratch | None = None
        # the value of the floor [0 to 255] where it was seen last
        self.floor: np.floating | None = None

    def scratch(self, rgb: Image) -> Scratch:
        """Return arrays for images like this one.

        New ones for each image would take longer to get than to fill.
        """
        if self._scratch is None or self._scratch.rgb.shape != rgb.shape:
            self._scratch = Scratch(rgb.shape)
        return self._scratch

    def saturations(self, floor: float) -> Image:
        """Return the least saturation of a colored pixel by its value, (256,).

        ``floor`` is the floor's value. Noise of the same size is more saturation where it is dark:
        s = chroma / value.
        """
        values = np.arange(256)
        least = np.maximum(self.model.min_saturation * 255, 255 * NOISE / np.maximum(values, 1))
        least[values < self.model.min_value * 255 * min(1.0, floor / FULL_LIGHT)] = 255
        return np.minimum(least, 255).astype(np.uint8)


class Planes:
    """The masks of one image, of 0 and 255.

    ``chromatic``, ``bright``, ``dark``, and ``any`` of them that is not hidden. They are good until
    the palette's next image, which takes the same memory. ``rgb`` is (height, width, 3); ``hidden``
    (height, width) is 255 where nothing can be told.
    """

    def __init__(
        self, rgb: Image, hidden: Image, palette: Palette, largest: Row | None = None
    ) -> None:
        """Compare each pixel with the floor around it.

        ``largest``: how wide objects may look at each height in the image [px], evenly from its top
        to its bottom; None: not very.
        """
        work = palette.scratch(rgb)
        cv2.GaussianBlur(rgb, (3, 3), 0, dst=work.rgb)
        cv2.cvtColor(work.rgb, cv2.COLOR_RGB2HSV_FULL, dst=work.hsv)
        cv2.split(work.hsv, [work.hue, work.saturation, work.value])
        self.hue, self.saturation, self.value = work.hue, work.saturation, work.value
        floor, bright = _floor(self.value, hidden, largest, palette)
        # the value of the floor in the best light that there is in the image
        self.lit = float(np.percentile(floor, LIT_PERCENT))
        model, typical = palette.model, float(np.median(floor))
        cv2.LUT(self.value, palette.saturations(typical), dst=work.level)
        self.chromatic = cv2.compare(self.saturation, work.level, cv2.CMP_GT, dst=work.chromatic)
        over = _limit(bright, 1 + SIDE_SHARE * (model.white_over - 1))
        self.bright = self._against(over, cv2.CMP_GT, work.level, work.bright)
        under = (floor * model.black_under).astype(np.uint8)
        self.dark = self._against(under, cv2.CMP_LT, work.level, work.dark)
        self._whitest = _limit(bright, model.white_over)
        self.any = cv2.bitwise_or(self.chromatic, self.bright, dst=work.any)
        cv2.bitwise_or(self.any, self.dark, dst=self.any)
        cv2.subtract(self.any, hidden, dst=self.any)

    def _against(self, limits: Image, comparison: int, level: Image, result: Image) -> Image:
        """Compare the value of each pixel with the limit at its square."""
        cv2.resize(limits, (level.shape[1], level.shape[0]), dst=level)
        mask: Image = cv2.compare(self.value, level, comparison, dst=result)
        return mask

    @cached_property
    def brightest(self) -> Image:
        """The mask of what is surely white.

        It is made only for images with something bright in them.
        """
        limits = cv2.resize(self._whitest, (self.value.shape[1], self.value.shape[0]))
        mask: Image = cv2.compare(self.value, limits, cv2.CMP_GT)
        return mask

    def indices(self, box: tuple[int, int, int, int], palette: Palette) -> Image:
        """Return the index in NAMES of each pixel of a box."""
        left, top, width, height = box
        part = slice(top, top + height), slice(left, left + width)
        colored = self.chromatic[part]
        names: Image = cv2.bitwise_and(cv2.LUT(self.hue[part], palette.hues), colored)
        for index, mask in ((WHITE, self.bright[part]), (BLACK, self.dark[part])):
            names |= cv2.subtract(mask, colored) & index
        return names


def _floor(
    value: Image, hidden: Image, largest: Row | None, palette: Palette
) -> tuple[npt.NDArray[np.float64], Image]:
    """Return the floor's value around each square, and the brightest near it.

    Where the robot is, the floor is as elsewhere; where its hand fills the image, as it was in the
    last one that showed some of it.
    """
    size = (value.shape[1] // SHRINK, value.shape[0] // SHRINK)
    small = cv2.resize(value, size, interpolation=cv2.INTER_AREA)
    covered = cv2.resize(hidden, size, interpolation=cv2.INTER_NEAREST) > 0
    if covered.mean() > 1 - FLOOR_SEEN and palette.floor is not None:
        small[:] = palette.floor
    elif covered.any() and not covered.all():
        small[covered] = np.median(small[~covered])
    if covered.mean() <= 1 - FLOOR_SEEN:
        palette.floor = np.median(small)
    floor = cv2.medianBlur(small, FLOOR_SQUARES)
    if largest is not None:
        _widen(
            floor,
            small,
            np.interp(np.linspace(0, 1, size[1]), np.linspace(0, 1, len(largest)), largest),
        )
    return floor.astype(np.float64), cv2.dilate(floor, _WIDE)


def _widen(floor: Image, small: Image, largest: Row) -> None:
    """Take medians over more squares where objects may fill most of them.

    That is by rows, each time over twice as many. ``largest`` is in [px].
    """
    squares, most = 2 * FLOOR_SQUARES - 1, min(small.shape) - 1
    while (rows := largest * FLOOR_SHARE > SHRINK * (squares + 1) / 2).any() and squares <= most:
        floor[rows] = cv2.medianBlur(small, squares)[rows]
        squares = 2 * squares - 1


def _limit(bright: Image, over: float) -> Image:
    limit = np.minimum(np.maximum(bright * over, bright + LEAST_STEP), 250.0)
    limit[bright > BLIND_WHITE] = 255
    rounded: Image = limit.astype(np.uint8)
    return rounded


def _index(model: ColorModel, hue: float) -> int:
    """Return the index in NAMES of a hue [deg]."""
    name = model.color_at(hue)
    if name is None:
        near = {color: _beside(hue, span) for color, span in model.hues.items()}
        nearest = min(near, key=lambda color: near[color])
        name = nearest if near[nearest] <= HUE_GAP_DEG else None
    return OTHER if name is None else NAMES.index(name)


def _beside(hue: float, span: tuple[float, float]) -> float:
    """Return how far a hue is from the nearer end of a span [deg]."""
    return min(abs((hue - end + 180) % 360 - 180) for end in span)
