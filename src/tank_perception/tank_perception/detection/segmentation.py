"""Image to blobs.

What is colored, or clearly brighter or darker than the floor around it, split by color.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
import numpy.typing as npt

from tank_core.commands import Color
from tank_core.state import Image
from tank_perception.color_model import HUE_NAMES, ColorModel

Pixels = npt.NDArray[np.int32]  # right and down  # (n, 2)
Spots = tuple[tuple[int, int], ...]  # a few of them
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
BLIND_WHITE = 235.0  # [of 255] on a floor brighter than this nothing can be told to be whiter
LEAST_PX = 12  # smaller specks are noise
PART_SHARE = 0.08  # colors with less than this share of a blob are shades and glints of another
# share of the image that must not be the robot for the floor's brightness to be told
FLOOR_SEEN = 0.4
WHISKER_SHARE = 0.1  # of the width of a large patch: what is narrower is not of it
SEED_SHARE = 0.15  # share of a white blob that is really white; its sides may be in the shade
HUE_GAP_DEG = 4.0  # hues this near to a color's span, and nobody else's, are that color's
# times the least saturation that an object's color has on average; what is duller is gray with a
# tinge
VIVID = 1.25
CLIPPED = 248  # [of 255] values from here on may be cut off, and their hues are wrong then
# of a color's pixels that are not cut off at most, for it to be another one that is
CLIPPED_SHARE = 0.5
FEW_SHARE = 0.2  # and there are at most so many of them for one of the other's
MOST_BLOBS = 60  # the largest ones; more are no scene but a fault

# index 0: floor; the last one: colored, but of no color that is known
NAMES: tuple[Color | None, ...] = (None, *Color, None)
OTHER = len(NAMES) - 1
WHITE, BLACK = NAMES.index(Color.WHITE), NAMES.index(Color.BLACK)
_RING = [NAMES.index(color) for color in HUE_NAMES]
_KERNEL = np.ones((3, 3), np.uint8)
_RIM = np.ones((5, 5), np.uint8)
_WIDE = np.ones((FLOOR_SQUARES, FLOOR_SQUARES), np.uint8)


@dataclass(frozen=True)
class Blob:
    """One patch of one color."""

    color: Color | None
    contour: Pixels  # its outer border
    area: int  # [px]
    box: tuple[int, int, int, int]  # left, top, width, height [px]
    cuts: Spots = ()  # where the border ends and a cut through a larger patch begins

    @cached_property
    def solidity(self) -> float:
        """Area over that of the convex hull."""
        hull = cv2.contourArea(cv2.convexHull(self.contour))
        return float((cv2.contourArea(self.contour) + 1) / (hull + 1))


def blob_of(color: Color | None, contour: Pixels, cuts: Spots = ()) -> Blob:
    """The patch that a contour encloses."""
    # The polygon through the border pixels' middles lacks half of each of them (Pick's theorem).
    area = round(cv2.contourArea(contour) + len(contour) / 2 + 1)
    return Blob(color, contour, area, cv2.boundingRect(contour), cuts)


class Scratch:
    """Work space for images of one shape (height, width, 3)."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.rgb, self.hsv = np.empty(shape, np.uint8), np.empty(shape, np.uint8)
        planes = np.empty((8, *shape[:2]), np.uint8)
        (
            self.hue,
            self.saturation,
            self.value,
            self.level,
            self.chromatic,
            self.bright,
            self.dark,
            self.any,
        ) = planes


class Palette:
    """A color model as look-up tables for 8-bit HSV with hues of 0..255, and work space: not for
    two threads at a time.
    """

    def __init__(self, model: ColorModel) -> None:
        self.model = model
        # hue -> index in NAMES
        self.hues = np.array([_index(model, step * 360 / 256) for step in range(256)], np.uint8)
        self._scratch: Scratch | None = None
        # the value of the floor [0 to 255] where it was seen last
        self.floor: np.floating | None = None

    def scratch(self, rgb: Image) -> Scratch:
        """Arrays for images like this one.

        New ones for each image would take longer to get than to fill.
        """
        if self._scratch is None or self._scratch.rgb.shape != rgb.shape:
            self._scratch = Scratch(rgb.shape)
        return self._scratch

    def saturations(self, floor: float) -> Image:
        """Value -> saturation from which on a pixel counts as colored, where the floor's value
        is ``floor``.  # (256,)

        Noise of the same size is more saturation where it is dark: s = chroma / value.


        """
        values = np.arange(256)
        least = np.maximum(self.model.min_saturation * 255, 255 * NOISE / np.maximum(values, 1))
        least[values < self.model.min_value * 255 * min(1.0, floor / FULL_LIGHT)] = 255
        return np.minimum(least, 255).astype(np.uint8)


class Planes:
    """One image as masks of 0 and 255.

    ``chromatic``, ``bright``, ``dark``, and ``any`` of them that is not hidden.

    They are good until the palette's next image, which takes the same memory. ``rgb`` is (height,
    width, 3); ``hidden`` (height, width) is 255 where nothing can be told.
    """

    def __init__(
        self, rgb: Image, hidden: Image, palette: Palette, largest: Row | None = None
    ) -> None:
        """``largest``: how wide objects may look at each height in the image [px], evenly from
        its top to its bottom; None: not very.
        """
        work = palette.scratch(rgb)
        cv2.GaussianBlur(rgb, (3, 3), 0, dst=work.rgb)
        cv2.cvtColor(work.rgb, cv2.COLOR_RGB2HSV_FULL, dst=work.hsv)
        cv2.split(work.hsv, [work.hue, work.saturation, work.value])
        self.hue, self.saturation, self.value = work.hue, work.saturation, work.value
        floor, bright = _floor(self.value, hidden, largest, palette)
        model, typical = palette.model, float(np.median(floor))
        cv2.LUT(self.value, palette.saturations(typical), dst=work.level)
        self.chromatic = cv2.compare(self.saturation, work.level, cv2.CMP_GT, dst=work.chromatic)
        self.bright = self._against(
            _limit(bright, 1 + SIDE_SHARE * (model.white_over - 1)),
            cv2.CMP_GT,
            work.level,
            work.bright,
        )
        self.dark = self._against(
            (floor * model.black_under).astype(np.uint8), cv2.CMP_LT, work.level, work.dark
        )
        self._whitest = _limit(bright, model.white_over)
        self.any = cv2.bitwise_or(self.chromatic, self.bright, dst=work.any)
        cv2.bitwise_or(self.any, self.dark, dst=self.any)
        cv2.subtract(self.any, hidden, dst=self.any)

    def _against(self, limits: Image, comparison: int, level: Image, result: Image) -> Image:
        """The value of each pixel compared with the limit at its square."""
        cv2.resize(limits, (level.shape[1], level.shape[0]), dst=level)
        mask: Image = cv2.compare(self.value, level, comparison, dst=result)
        return mask

    @cached_property
    def brightest(self) -> Image:
        """What is surely white.

        Made only for images with something bright in them.
        """
        limits = cv2.resize(self._whitest, (self.value.shape[1], self.value.shape[0]))
        mask: Image = cv2.compare(self.value, limits, cv2.CMP_GT)
        return mask

    def indices(self, box: tuple[int, int, int, int], palette: Palette) -> Image:
        """Index in NAMES of each pixel of a box."""
        left, top, width, height = box
        part = slice(top, top + height), slice(left, left + width)
        colored = self.chromatic[part]
        names: Image = cv2.bitwise_and(cv2.LUT(self.hue[part], palette.hues), colored)
        for index, mask in ((WHITE, self.bright[part]), (BLACK, self.dark[part])):
            names |= cv2.subtract(mask, colored) & index
        return names


def segment(planes: Planes, palette: Palette) -> tuple[Blob, ...]:
    """All patches of one color in an image."""
    contours, _ = cv2.findContours(_cleaned(planes.any), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    large = [contour for contour in contours if len(contour) > 6]
    large = sorted(large, key=len, reverse=True)[:MOST_BLOBS]
    return tuple(
        blob
        for contour in large
        for part in _shaved(contour)
        for blob in _split(part, planes, palette)
    )


def _shaved(contour: npt.NDArray[np.int32]) -> Iterator[npt.NDArray[np.int32]]:
    """A patch that looks so large that the floor's own marks are broad there, too, such as the
    joint between two tiles: without them.
    """
    broad = int(math.sqrt(cv2.contourArea(contour)) * WHISKER_SHARE)
    if broad * broad < (SHRINK * FLOOR_SQUARES * WHISKER_SHARE) ** 2:
        yield contour
        return
    left, top, width, height = cv2.boundingRect(contour)
    inside = np.zeros((height + 2 * broad, width + 2 * broad), np.uint8)
    corner = left - broad, top - broad
    cv2.drawContours(inside, [contour], -1, 1, cv2.FILLED, offset=(-corner[0], -corner[1]))
    kernel = np.ones((broad, broad), np.uint8)
    parts, _ = cv2.findContours(
        _cleaned(inside, kernel), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE, offset=corner
    )
    yield from parts


def _split(contour: npt.NDArray[np.int32], planes: Planes, palette: Palette) -> Iterator[Blob]:
    """The parts of one patch, each of one color."""
    left, top, width, height = box = cv2.boundingRect(contour)
    inside = np.zeros((height, width), np.uint8)
    cv2.drawContours(inside, [contour], -1, 1, cv2.FILLED, offset=(-left, -top))
    area = cv2.countNonZero(inside)
    if area < LEAST_PX:
        return
    names = planes.indices(box, palette) * inside
    counts = np.bincount(names.ravel(), minlength=len(NAMES))
    counts[0] = 0
    part = slice(top, top + height), slice(left, left + width)
    if counts[WHITE] and np.count_nonzero(planes.brightest[part][names == WHITE]) < max(
        LEAST_PX / 2, SEED_SHARE * counts[WHITE]
    ):
        counts[WHITE] = 0
    _mend(names, counts, planes.value[part])
    many = np.flatnonzero(counts >= max(LEAST_PX, PART_SHARE * counts.sum()))
    if len(many) == 1:
        yield from _blobs(
            inside, _name(inside, int(many[0]), planes.saturation[part], palette), (left, top)
        )
    elif len(many) > 1:
        for index in many:
            patch = _cleaned((names == index).astype(np.uint8))
            yield from _blobs(
                patch, _name(patch, int(index), planes.saturation[part], palette), (left, top)
            )


def _mend(names: Image, counts: npt.NDArray[np.intp], value: Image) -> None:
    """Where light is too strong for the camera, orange turns yellow.

    Such a part is of the neighboring color that another part has.
    """
    if np.count_nonzero(counts[_RING] >= LEAST_PX) < 2:
        return
    # with their rims, which are mixed with what is beside
    cut = cv2.dilate((value >= CLIPPED).astype(np.uint8), _RIM)
    true = np.bincount(names[cut == 0], minlength=len(NAMES))
    for place, index in enumerate(_RING):
        for other in (_RING[place - 1], _RING[(place + 1) % len(_RING)]):
            cut_off = counts[index] >= LEAST_PX and true[index] < CLIPPED_SHARE * counts[index]
            if cut_off and true[other] >= LEAST_PX and true[index] < FEW_SHARE * true[other]:
                names[names == index] = other
                counts[other] += counts[index]
                counts[index] = 0


def _name(patch: Image, index: int, saturation: Image, palette: Palette) -> int:
    """The color ``index`` of a patch, unless it is hardly colored at all."""
    if (
        index in (WHITE, BLACK)
        or cv2.mean(saturation, mask=patch)[0] >= 255 * VIVID * palette.model.min_saturation
    ):
        return index
    return OTHER


def _cleaned(mask: Image, kernel: Image = _KERNEL) -> Image:
    """Without specks and whiskers, but with its corners, which an opening alone would round:
    they tell a cube from a ball.
    """
    cleaned: Image = cv2.bitwise_and(
        mask, cv2.dilate(cv2.morphologyEx(mask, cv2.MORPH_OPEN, kernel), kernel)
    )
    return cleaned


def _blobs(patch: Image, index: int, corner: tuple[int, int]) -> Iterator[Blob]:
    contours, _ = cv2.findContours(patch, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE, offset=corner)
    for contour in contours:
        blob = blob_of(NAMES[index], contour.reshape(-1, 2))
        if blob.area >= LEAST_PX:
            yield blob


def _floor(
    value: Image, hidden: Image, largest: Row | None, palette: Palette
) -> tuple[npt.NDArray[np.float64], Image]:
    """The floor's value around each square, and that of the brightest floor near it. Where the
    robot is, the floor is as elsewhere.

    Where the robot's hand fills the image, it is as it was in the last one that showed some of it.


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
    """Medians over more squares in those rows in which an object [px] may fill most of the usual
    ones; each time twice as many.
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
    """Index in NAMES of a hue [deg]."""
    name = model.color_at(hue)
    if name is None:
        near = {color: _beside(hue, span) for color, span in model.hues.items()}
        nearest = min(near, key=lambda color: near[color])
        name = nearest if near[nearest] <= HUE_GAP_DEG else None
    return OTHER if name is None else NAMES.index(name)


def _beside(hue: float, span: tuple[float, float]) -> float:
    """How far a hue is from the nearer end of a span [deg]."""
    return min(abs((hue - end + 180) % 360 - 180) for end in span)
