"""The colors: which hues have which name, and how bright white and black are.

They are in ``colors.yaml``, which ``./tank calibrate colors`` writes.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import yaml

from tank_core.commands import Color
from tank_core.exceptions import ConfigFileError
from tank_core.io.config_file import faults_as, read_config
from tank_core.io.one_line import one_line
from tank_core.io.outputs import write
from tank_core.io.yaml_files import read_text

# around the circle
HUE_NAMES = (Color.RED, Color.ORANGE, Color.YELLOW, Color.GREEN, Color.BLUE, Color.PURPLE)
GRAY_NAMES = (Color.WHITE, Color.BLACK)  # these have no hue

Span = tuple[float, float]  # hues [deg] from..to, both in [0, 360); 340..12 goes through 0


class ColorModelError(ConfigFileError):
    """Colors that are missing, unreadable or wrong."""


@dataclass(frozen=True)
class ColorModel:
    """Hue, saturation and value as of OpenCV's HSV: [deg], 0..1, 0..1.

    A pixel has the color whose span holds its hue, if it is colored: saturation and value at least
    the minima. What is not colored is white over ``white_over`` times the value of the brightest
    floor around it, black under ``black_under`` times that of the floor around it.
    """

    hues: dict[Color, Span]
    min_saturation: float
    min_value: float
    white_over: float
    black_under: float

    def color_at(self, hue: float) -> Color | None:
        """Return whose hue [deg] it is; None: nobody's."""
        return next((color for color, span in self.hues.items() if in_span(hue, span)), None)


def in_span(hue: float, span: Span) -> bool:
    """Whether a hue [deg] is within a span, which may go through 0."""
    return (hue - span[0]) % 360 <= (span[1] - span[0]) % 360


@faults_as(ColorModelError)
def load_colors(path: str = "") -> ColorModel:
    """Read the colors of a YAML file, or Tank's own when ``path`` is empty.

    Raises ColorModelError.
    """
    where = one_line(path or "colors.yaml")
    cure = "./tank calibrate colors writes one, or leave it empty for Tank's own"
    if path:
        text = read_text(path, "color file", cure)
    else:
        text = (resources.files("tank_perception") / "colors.yaml").read_text(encoding="utf-8")
    model = read_config(ColorModel, text, where)
    check(model, where)
    return model


def save_colors(model: ColorModel, path: str, heading: str = "") -> None:
    """Write a model so that ``load_colors`` reads the same.

    ``heading`` becomes a comment. Raises ColorModelError or OutputError.
    """
    check(model, path)
    lines = [f"# {line}" for line in heading.splitlines()]
    lines += ["hues:  # [deg] from, to; through 0 where from is larger"]
    lines += [
        f"  {color}: [{_plain(span[0])}, {_plain(span[1])}]" for color, span in model.hues.items()
    ]
    lines += [
        f"min_saturation: {_plain(model.min_saturation)}  # 0..1; below: white, gray or black",
        f"min_value: {_plain(model.min_value)}  # 0..1; below: too dark to have a hue",
        f"white_over: {_plain(model.white_over)}  # times the value of the brightest floor around",
        f"black_under: {_plain(model.black_under)}  # times the value of the floor around",
    ]
    write(Path(path), ("\n".join(lines) + "\n").encode())


def check(model: ColorModel, where: str) -> None:
    """Raise ColorModelError for what types alone do not tell."""
    for color in GRAY_NAMES:
        if color in model.hues:
            raise ColorModelError(
                f"{where}: hues: {color} has no hue; white_over and black_under decide, so leave "
                "it out"
            )
    missing = [str(color) for color in HUE_NAMES if color not in model.hues]
    if missing:
        raise ColorModelError(f"{where}: hues lacks {', '.join(missing)}")
    for color, span in model.hues.items():
        _check_span(span, f"{where}: hues: {color}")
    _check_overlaps(model.hues, where)
    ranges = {
        "min_saturation": (0, 1),
        "min_value": (0, 1),
        "white_over": (1, 10),
        "black_under": (0, 1),
    }
    for name, (low, high) in ranges.items():
        value = getattr(model, name)
        if not low <= value <= high:
            raise ColorModelError(f"{where}: {name} is {value:g}; it must be in {low} to {high}")


def _check_span(span: Span, where: str) -> None:
    for end in span:
        if not 0 <= end < 360:
            raise ColorModelError(
                f"{where}: {end:g} is no hue; a hue is at least 0 and less than 360 degrees"
            )
    if not 0 < (span[1] - span[0]) % 360 <= 180:
        raise ColorModelError(
            f"{where}: {list(span)} is not a span of up to 180 degrees; give [from, to], upwards "
            "around the circle"
        )


def _check_overlaps(hues: dict[Color, Span], where: str) -> None:
    """Spans may touch; then the first one named has the border."""
    for color, span in hues.items():
        for other, others in hues.items():
            inside = 0 < (others[0] - span[0]) % 360 < (span[1] - span[0]) % 360
            if color is not other and (inside or others[0] == span[0]):
                raise ColorModelError(
                    f"{where}: hues: {color} {list(span)} and {other} {list(others)} overlap; move "
                    "one border"
                )


def _plain(value: float) -> str:
    """Return the shortest YAML that reads as the same number."""
    return str(yaml.safe_dump(float(value))).split()[0]
