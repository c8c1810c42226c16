"""The color model's file.

What is written is read again, and what is wrong is refused by name.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tank_core.commands import Color
from tank_core.exceptions import TankError
from tank_perception.color_model import HUE_NAMES, ColorModel, check, load_colors, save_colors

TEXT = """\
hues: {red: [340, 13],
       orange: [15, 39], yellow: [41, 68], green: [85, 160], blue: [200, 252], purple: [256, 325]}
min_saturation: 0.35
min_value: 0.12
white_over: 1.45
black_under: 0.4
"""


@st.composite
def models(draw: st.DrawFn) -> ColorModel:
    """Twelve ends around the circle, two a color, beginning anywhere."""
    ends = sorted(draw(st.lists(st.integers(0, 3599), min_size=12, max_size=12, unique=True)))
    shift = draw(st.integers(0, 11))
    ends = [end / 10 for end in ends[shift:] + ends[:shift]]
    hues = {color: (ends[2 * place], ends[2 * place + 1]) for place, color in enumerate(HUE_NAMES)}
    share = st.floats(0, 1)
    return ColorModel(hues, draw(share), draw(share), draw(st.floats(1, 10)), draw(share))


@settings(max_examples=50)
@given(model=models())
def test_what_is_saved_is_loaded_again(
    model: ColorModel, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = str(tmp_path_factory.mktemp("colors") / "colors.yaml")
    try:
        check(model, "drawn")
    except TankError:
        return  # a span of over 180 degrees; nothing that could be saved
    save_colors(model, path, "a heading\nof two lines")
    assert load_colors(path) == model


def test_tanks_own_colors_know_plain_toys_and_leave_the_robots_body_alone() -> None:
    model = load_colors()
    plain = {
        Color.RED: 0,
        Color.ORANGE: 27,
        Color.YELLOW: 51,
        Color.GREEN: 120,
        Color.BLUE: 225,
        Color.PURPLE: 280,
    }
    assert {color: model.color_at(hue) for color, hue in plain.items()} == {
        color: color for color in plain
    }
    assert model.color_at(184) is None
    assert model.color_at(359.9) is Color.RED and model.color_at(340) is Color.RED


@given(model=models(), hue=st.floats(0, 359.99))
def test_a_hue_has_one_name_at_most(model: ColorModel, hue: float) -> None:
    names = [
        color
        for color in HUE_NAMES
        if replace(model, hues={color: model.hues[color]}).color_at(hue)
    ]
    assert len(names) <= 1 and model.color_at(hue) == (names[0] if names else None)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("orange: [15,", "orange: [12,", ("red", "orange", "overlap")),
        ("yellow: [41, 68]", "yellow: [41, 250]", ("yellow", "180")),
        ("green: [85, 160]", "green: [85, 360]", ("green", "360")),
        ("green: [85, 160]", "green: [85]", ("green", "a list of 2")),
        ("green: [85, 160]", "gren: [85, 160]", ("gren", "green")),
        ("green: [85, 160]", "white: [85, 160]", ("white", "no hue")),
        (", purple: [256, 325]", "", ("purple",)),
        ("min_value: 0.12", "min_value: 12", ("min_value", "12", "0 to 1")),
        ("min_value: 0.12", "min_value: .nan", ("min_value", "nan")),
        ("white_over: 1.45", "white_over: 0.9", ("white_over", "0.9", "1 to 10")),
        ("min_saturation", "min_saturaton", ("min_saturaton", "min_saturation")),
        ("black_under: 0.4\n", "", ("black_under", "missing")),
        ("hues: {", "hues: {{", ("YAML",)),
    ],
)
def test_what_is_wrong_is_named_in_one_line(
    old: str, new: str, words: tuple[str, ...], tmp_path: Path
) -> None:
    assert old in TEXT
    path = tmp_path / "mine.yaml"
    path.write_text(TEXT.replace(old, new))
    with pytest.raises(TankError) as refused:
        load_colors(str(path))
    assert all(word in str(refused.value) for word in (*words, "mine.yaml")) and "\n" not in str(
        refused.value
    )


def test_a_file_that_is_not_there_or_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(TankError, match=r"does not exist; \./tank calibrate colors"):
        load_colors(str(tmp_path / "none.yaml"))
    with pytest.raises(TankError, match="cannot be written"):
        save_colors(load_colors(), str(tmp_path / "no" / "folder.yaml"))
