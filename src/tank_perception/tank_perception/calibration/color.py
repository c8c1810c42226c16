"""Makes a ColorModel from things of known color.

It measures them and puts the borders midway between neighbors.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np

from tank_core.commands import Color
from tank_core.state import Image
from tank_perception.calibration.floor_blobs import BRIGHTER, FloorBlob, floor_pixels
from tank_perception.calibration.samples import (
    PALE,
    SHADOW,
    Sample,
    apart,
    check_sample,
    hue_spread,
    span_ends,
)
from tank_perception.color_model import GRAY_NAMES, HUE_NAMES, ColorModel, ColorModelError, Span
from tank_perception.detection.planes import FULL_LIGHT

# [deg] that a color reaches beyond what was measured, where no neighbor comes before: light and
# sides differ
MARGIN = 25.0
SAME_HUE = 8.0  # [deg] closer than this, two colors cannot be told apart in the next light
LEAST_VALUE, MOST_VALUE = 0.02, 0.2
MOST_SATURATION = 0.6

Reach = tuple[float, float, float]  # center [deg]; how far below and above it the color was seen


def fit_colors(
    samples: Sequence[Sample], floor: tuple[float, float], before: ColorModel
) -> ColorModel:
    """Return the model that tells the samples apart.

    What no sample says stays as ``before``, as far as the new borders leave room. ``floor``: what
    98 % of the floor keeps under, in saturation and in V over that of the brightest floor around
    (``floor_extremes``). Raises ColorModelError where something cannot be learned.
    """
    for sample in samples:
        check_sample(sample, before)
    colored = [sample for sample in samples if sample.color not in GRAY_NAMES]
    _check_apart(colored)
    return ColorModel(
        hues=_spans(_reaches(colored), before.hues),
        min_saturation=_least_saturation(samples, floor[0], before.min_saturation),
        min_value=_least_value(samples, before.min_value),
        white_over=_white_border(samples, floor[1], before.white_over),
        black_under=_black_border(samples, before.black_under),
    )


def floor_extremes(rgb: Image, blobs: Sequence[FloorBlob]) -> tuple[float, float]:
    """Return what 98 % of an image's floor keeps under.

    That is its saturation, and its V over that of the brightest floor around.
    """
    saturation, ratio = floor_pixels(rgb, blobs)
    return float(np.percentile(saturation, 98)), float(np.percentile(ratio, 98))


def _reaches(samples: Sequence[Sample]) -> dict[Color, Reach]:
    """Return all that was seen of each color, from all images together."""
    colors = [color for color in HUE_NAMES if any(sample.color is color for sample in samples)]
    seen = {color: [one.hsv for one in samples if one.color is color] for color in colors}
    return {color: hue_spread(np.concatenate(hsv)) for color, hsv in seen.items()}


def _check_apart(samples: Sequence[Sample]) -> None:
    """Raise ColorModelError for two names with one hue.

    Different names need different hues, in the order of the rainbow.
    """
    for first, second in combinations(
        sorted(samples, key=lambda sample: HUE_NAMES.index(sample.color)), 2
    ):
        if first.color is second.color:
            continue
        here, there = first.hues[0], second.hues[0]
        gap = float(apart(there, here))
        if abs(gap) < SAME_HUE:
            raise ColorModelError(
                f"the {first.name} and the {second.name} have the same hue ({here:.0f} and "
                f"{there:.0f} degrees) and cannot be told apart; "
                "leave one out, or use whiter light"
            )
        neighbors = HUE_NAMES.index(second.color) - HUE_NAMES.index(first.color) == 1
        if neighbors and gap < 0:
            raise ColorModelError(
                f"the hues of the {first.name} and the {second.name} ({here:.0f} and {there:.0f} "
                "degrees) are the wrong way round; "
                "is the order from left to right?"
            )


def _spans(measured: Mapping[Color, Reach], before: Mapping[Color, Span]) -> dict[Color, Span]:
    """Return each color's span, up to the border with the next.

    It goes no farther than a margin beyond what was seen of it.
    """
    reaches = {color: measured.get(color) or _presumed(before[color]) for color in HUE_NAMES}
    borders = [_border_after(place, reaches, measured) for place in range(len(HUE_NAMES))]
    spans = {}
    for place, color in enumerate(HUE_NAMES):
        low, high = _limits(measured[color]) if color in measured else span_ends(before[color])
        center = reaches[color][0]
        start = max(_offset(borders[place - 1], center), _offset(low, center))
        end = min(_offset(borders[place], center), _offset(high, center))
        spans[color] = (_rounded(center + start), _rounded(center + end))
    return spans


def _border_after(
    place: int, reaches: Mapping[Color, Reach], measured: Mapping[Color, Reach]
) -> float:
    """Return the border [deg] between a color and the next.

    Raises ColorModelError where one that was seen lies past one that was not.
    """
    pair = HUE_NAMES[place], HUE_NAMES[(place + 1) % len(HUE_NAMES)]
    lower, upper = reaches[pair[0]], reaches[pair[1]]
    if not SAME_HUE <= (upper[0] - lower[0]) % 360 <= 180:
        seen, unseen = pair if pair[0] in measured else pair[::-1]
        raise ColorModelError(
            f"{seen} things are seen at {reaches[seen][0]:.0f} degrees, and {unseen} is taken to "
            f"be at {reaches[unseen][0]:.0f}; "
            f"put something {unseen} into the picture and name it, too"
        )
    return round(_border(lower, upper), 1)


def _border(lower: Reach, upper: Reach) -> float:
    """Return the hue [deg] midway between what was seen of two neighbors.

    It is midway between their centers where they overlap.
    """
    way = (upper[0] - lower[0]) % 360
    free = way - lower[2] - upper[1]
    return lower[0] + (lower[2] + free / 2 if free > 0 else way / 2)


def _presumed(span: Span) -> Reach:
    """Return the reach of a color that was not measured: its span's middle."""
    low, high = span_ends(span)
    return (low + high) / 2 % 360, 0.0, 0.0


def _limits(reach: Reach) -> Span:
    return reach[0] - reach[1] - MARGIN, reach[0] + reach[2] + MARGIN


def _offset(hue: float, center: float) -> float:
    return float(apart(hue, center))


def _rounded(hue: float) -> float:
    return round(hue % 360, 1) % 360


def _least_saturation(samples: Sequence[Sample], floor: float, before: float) -> float:
    """Return the saturation from which on a thing has a hue.

    It is a third of the way from the palest of what has no hue to the palest of what has one: sides
    and distance take color away.
    """
    white = [sample.hsv[:, 1] for sample in samples if sample.color is Color.WHITE]
    pale = max([floor, *(float(np.percentile(saturation, 90)) for saturation in white)])
    rich = [
        (float(np.percentile(sample.hsv[:, 1], 10)), sample.name)
        for sample in samples
        if sample.color not in GRAY_NAMES
    ]
    if not rich:
        return before
    palest, name = min(rich)
    if palest <= max(pale, PALE / 2):
        raise ColorModelError(
            f"the {name} is as pale as the floor (saturation {palest:.2f} and {pale:.2f}); use "
            "whiter light or another floor"
        )
    return round(min(MOST_SATURATION, pale + (palest - pale) / 3), 3)


def _least_value(samples: Sequence[Sample], before: float) -> float:
    """Return the value from which on a thing has a hue.

    It is half of the darkest that still has one, if that is less than before; where black things
    were seen, it is between them and that.
    """
    colored = [_in_full_light(sample, 5) for sample in samples if sample.color not in GRAY_NAMES]
    black = [_in_full_light(sample, 95) for sample in samples if sample.color is Color.BLACK]
    if not colored:
        return before
    darkest = min(colored)
    border = (
        math.sqrt(max(black) * darkest)
        if black and max(black) < darkest
        else min(before, darkest / 2)
    )
    return round(min(MOST_VALUE, max(LEAST_VALUE, border)), 3)


def _in_full_light(sample: Sample, percent: float) -> float:
    """Return a percentile of a sample's V, as it would be in full light.

    In less light, by the floor, perception takes ``min_value`` as less.
    """
    return float(np.percentile(sample.hsv[:, 2], percent)) / min(
        1.0, sample.floor * 255 / FULL_LIGHT
    )


def _white_border(samples: Sequence[Sample], floor: float, before: float) -> float:
    """Return the border between the brightest of the floor and white things.

    It is nearer to these, for perception goes halfway to the floor again.
    """
    white = [
        (_faintest(sample, floor), sample.name) for sample in samples if sample.color is Color.WHITE
    ]
    if not white:
        return before
    faintest, name = min(white)
    if faintest <= floor:
        raise ColorModelError(
            f"the {name} is no brighter than the floor's brightest parts ({faintest:.2f} and "
            f"{floor:.2f} times the floor around); "
            "use a darker floor or less exposure"
        )
    return round(max(1.0, floor + 0.6 * (faintest - floor)), 3)


def _faintest(sample: Sample, floor: float) -> float:
    """Return the faintest of a white thing, over the brightest floor around.

    Without its sides where these are like the floor.
    """
    tenth, quarter, half = (np.percentile(sample.hsv[:, 2], [10, 25, 50]) / sample.bright).tolist()
    return float(next((faint for faint in (tenth, quarter) if faint > BRIGHTER * floor), half))


def _black_border(samples: Sequence[Sample], before: float) -> float:
    """Return the border midway between the black things and a shadow."""
    black = [
        float(np.percentile(sample.hsv[:, 2], 90)) / sample.floor
        for sample in samples
        if sample.color is Color.BLACK
    ]
    return round((min(SHADOW, max(black)) + SHADOW) / 2, 3) if black else before
