"""Measures the things in a calibration picture.

Hue, saturation and brightness of each, and whether they are fit to learn from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from tank_core.commands import Color
from tank_core.state import Floats, Image
from tank_perception.calibration.floor_blobs import BRIGHTER, FloorBlob, floor_values
from tank_perception.color_model import GRAY_NAMES, ColorModel, ColorModelError
from tank_perception.detection.planes import NAMES, WHITE, Palette, Planes

CLIPPED_CHANNEL = 254  # a channel that is this bright has met its end
WASHED_OUT = 0.5  # saturation; a plain toy keeps more, unless its brightest channel was cut
PALE = 0.2  # saturation below which a hue means nothing
# V below which a toy, and the floor, say more of the sensor's noise than of the light
DARK_TOY, DARK_FLOOR = 0.03, 0.08
SHADOW = 0.6  # what a shadow leaves of the floor's brightness; what is black is darker than that
OTHER_HUE = 60.0  # [deg] light moves a hue by less; farther off, the names are in the wrong order


@dataclass(frozen=True)
class Sample:
    """A thing of known color.

    ``hsv``: [deg], 0..1, 0..1 of its pixels (n, 3); ``clipped``: share of them that is overexposed.
    """

    name: str
    color: Color
    blob: FloorBlob
    hsv: Floats
    floor: float  # V (0..1) of the floor around it
    bright: float  # V (0..1) of the brightest floor around it
    clipped: float

    @property
    def saturation(self) -> float:
        return float(np.median(self.hsv[:, 1]))

    @property
    def brightness(self) -> float:
        """V over the floor's."""
        return float(np.median(self.hsv[:, 2])) / self.floor

    @property
    def hues(self) -> tuple[float, float, float]:
        """Center [deg], and how far around it 90 % of its pixels lie."""
        return hue_spread(self.hsv)


def parse_objects(text: str) -> tuple[tuple[str, Color], ...]:
    """Read "red cube, blue ball" as names and colors.

    Raises ColorModelError for a name without one color.
    """
    named = []
    for number, name in enumerate((part.strip().lower() for part in text.split(",")), 1):
        colors = [color for color in Color if color in name.split()]
        if len(colors) != 1:
            choices = ", ".join(Color)
            raise ColorModelError(
                f"object {number} is {name!r}; it must have one color of {choices}, as in: red "
                "cube, blue ball"
            )
        named.append((name, colors[0]))
    return tuple(named)


def take_samples(
    rgb: Image, blobs: Sequence[FloorBlob], named: Sequence[tuple[str, Color]]
) -> tuple[Sample, ...]:
    """Return the things from left to right with their names.

    Raises ColorModelError where the counts differ.
    """
    if len(blobs) != len(named):
        raise ColorModelError(
            f"{len(named)} objects are named and {len(blobs)} are seen; name them all from left to "
            "right, leave out what is none "
            "with --blobs (their numbers are in the picture), and see that none touches another, "
            "the robot or the border"
        )
    image = _Image(rgb, to_hsv(cv2.GaussianBlur(rgb, (3, 3), 0)), *floor_values(rgb))
    return tuple(_sample(image, blob, *name) for blob, name in zip(blobs, named, strict=True))


class _Image(NamedTuple):
    rgb: Image
    hsv: Floats
    floor: Floats
    bright: Floats


def _sample(image: _Image, blob: FloorBlob, name: str, color: Color) -> Sample:
    hsv, brightest = blob.pixels(image.hsv), blob.pixels(image.rgb).max(axis=1)
    clipped = (brightest >= CLIPPED_CHANNEL) & (hsv[:, 1] < WASHED_OUT)
    floor, bright = (float(np.median(blob.pixels(plane))) for plane in (image.floor, image.bright))
    return Sample(name, color, blob, hsv, floor, bright, float(clipped.mean()))


def check_sample(sample: Sample, before: ColorModel) -> None:
    """Raise ColorModelError with the cure where nothing can be learned."""
    what, floor = f"the {sample.name}", sample.floor
    if floor < DARK_FLOOR:
        raise ColorModelError(
            f"the floor at {what} is too dark (V is {floor:.2f}, 0 to 1); give more light or a "
            "longer exposure"
        )
    if sample.color is Color.WHITE and sample.brightness < BRIGHTER:
        raise ColorModelError(
            f"{what} is no brighter than the floor ({sample.brightness:.2f} times it); use a "
            "darker floor or less exposure"
        )
    if sample.color is Color.BLACK and sample.brightness > SHADOW:
        raise ColorModelError(
            f"{what} is not black: {sample.brightness:.2f} times as bright as the floor; is the "
            "order from left to right?"
        )
    if sample.color in GRAY_NAMES:
        return
    if sample.clipped > 0.5:
        raise ColorModelError(
            f"{what} is overexposed ({sample.clipped:.0%} of it is cut to white); give less light "
            "or exposure"
        )
    if float(np.median(sample.hsv[:, 2])) < DARK_TOY:
        raise ColorModelError(
            f"{what} is too dark (V is {np.median(sample.hsv[:, 2]):.2f}, 0 to 1); give more light "
            "or a longer exposure"
        )
    if sample.saturation < PALE:
        raise ColorModelError(
            f"{what} has no color to speak of (saturation {sample.saturation:.2f}); is the order "
            "from left to right?"
        )
    usual = sum(span_ends(before.hues[sample.color])) / 2
    if abs(apart(sample.hues[0], usual)) > OTHER_HUE:
        seen = before.color_at(sample.hues[0])
        raise ColorModelError(
            f"{what} has a hue of {sample.hues[0]:.0f} degrees, which is {seen or 'nobody'}'s; "
            f"{sample.color} is near {usual % 360:.0f}: "
            "is the order from left to right?"
        )


def to_hsv(rgb: Image) -> Floats:
    """Return hue [deg], saturation and value (0..1): (h, w, 3)."""
    hsv: Floats = cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2HSV)
    return hsv


def hue_spread(hsv: Floats) -> tuple[float, float, float]:
    """Return the median hue [deg] of pixels (n, 3), and its spread.

    The spread is how far below and above it 90 % lie. Pale and dark pixels count for little.
    """
    angles = np.radians(hsv[:, 0].astype(np.float64))
    weights = hsv[:, 1] * hsv[:, 2]
    mean = np.degrees(
        np.arctan2((weights * np.sin(angles)).sum(), (weights * np.cos(angles)).sum())
    )
    offsets = apart(hsv[:, 0][weights >= 0.5 * np.median(weights)], mean)
    low, middle, high = np.percentile(offsets, [5, 50, 95]).tolist()
    return float((mean + middle) % 360), middle - low, high - middle


def apart(hue: npt.ArrayLike, other: float) -> npt.NDArray[np.float64]:
    """Return how far a hue [deg] is from another, upwards positive.

    It is the shorter way.
    """
    return (np.asarray(hue, dtype=np.float64) - other + 180) % 360 - 180


def span_ends(span: tuple[float, float]) -> tuple[float, float]:
    """Return its ends [deg], the second at or above the first.

    340..12 becomes 340, 372.
    """
    return span[0], span[0] + (span[1] - span[0]) % 360


def name_pixels(rgb: Image, model: ColorModel) -> Image:
    """Return each pixel's place in ``planes.NAMES``, as perception names it.

    It is (h, w). Of what is bright only the brightest counts here as white: perception wants some
    of it in each thing that is to be white.
    """
    height, width = rgb.shape[:2]
    palette = Palette(model)
    planes = Planes(rgb, np.zeros((height, width), np.uint8), palette)
    names = planes.indices((0, 0, width, height), palette)
    names[(names == WHITE) & (planes.brightest == 0)] = 0
    return names


def shares_right(rgb: Image, samples: Sequence[Sample], model: ColorModel) -> tuple[float, ...]:
    """Return which share of each thing's pixels gets the right name."""
    names = name_pixels(rgb, model)
    return tuple(
        float((sample.blob.pixels(names) == NAMES.index(sample.color)).mean()) for sample in samples
    )
