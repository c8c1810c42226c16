"""YAML into dataclasses: each refusal begins with the place."""

import copy
import math
from dataclasses import dataclass
from enum import Enum
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_core.exceptions import ConfigFileError, RobotFileError
from tank_core.io.config_file import (
    Matching,
    PlainName,
    Within,
    build,
    faults_as,
    laid_over,
    read_config,
)
from tank_core.io.yaml_files import read_yaml


class Color(Enum):
    RED = "red"


@dataclass(frozen=True)
class Inner:
    size: float
    count: int = 1


@dataclass(frozen=True)
class Ruled:
    mass: Annotated[float, Within(0.1, 5.0, "kg")] = 1.0
    pixels: Annotated[int, Within(1, 4096, "px")] = 1
    name: Annotated[str, PlainName()] = "a"
    sizes: tuple[Annotated[float, Within(0.0, 1.0)], ...] = ()


@dataclass(frozen=True)
class Outer:
    inner: Inner
    pair: tuple[float, float]
    many: tuple[Inner, ...] = ()
    by_color: dict[Color, float] | None = None
    flag: bool = False
    name: str = ""


@dataclass(frozen=True)
class Mixed:
    value: str | bool | int | float
    code: Annotated[str, Matching("[a-z]:[0-9]", "LETTER:DIGIT")] = "a:1"


GOOD = {"inner": {"size": 1}, "pair": [1, 2.5]}
TREES = st.recursive(
    st.integers() | st.text("ab", max_size=2),
    lambda below: st.dictionaries(st.sampled_from("abc"), below, max_size=3),
).filter(lambda tree: isinstance(tree, dict))


def test_what_is_left_out_has_its_default():
    assert build(Outer, GOOD, "f") == Outer(Inner(1.0), (1.0, 2.5))


def test_every_kind_of_value_is_built():
    data = GOOD | {
        "many": [{"size": 2, "count": 3}],
        "by_color": {"red": 4},
        "flag": True,
        "name": "n",
    }
    assert build(Outer, data, "f") == Outer(
        Inner(1.0), (1.0, 2.5), (Inner(2.0, 3),), {Color.RED: 4.0}, True, "n"
    )
    assert build(Outer, GOOD | {"by_color": None}, "f").by_color is None


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (None, "f: None is not a mapping"),
        ([], "f: [] is not a mapping"),
        (
            GOOD | {"pear": 1},
            "f: key 'pear' is not known; the keys here are inner, pair, many, by_color, flag, name",
        ),
        (
            GOOD | {1: 1},
            "f: key 1 is not known; the keys here are inner, pair, many, by_color, flag, name",
        ),
        ({"pair": [1, 2]}, "f: key 'inner' is missing; add it"),
        (GOOD | {"inner": {"size": "big"}}, "f: inner: size: 'big' is not a number"),
        (GOOD | {"inner": {"size": True}}, "f: inner: size: True is not a number"),
        (GOOD | {"inner": {"size": math.nan}}, "f: inner: size: nan is not a finite number"),
        (GOOD | {"inner": {"size": -math.inf}}, "f: inner: size: -inf is not a finite number"),
        (GOOD | {"inner": {"size": 1, "count": 1.5}}, "f: inner: count: 1.5 is not int"),
        (GOOD | {"inner": {"size": 1, "count": True}}, "f: inner: count: True is not int"),
        (GOOD | {"pair": [1]}, "f: pair: [1] is not a list of 2"),
        (GOOD | {"pair": "12"}, "f: pair: '12' is not a list"),
        (GOOD | {"many": [{"size": 1}, {}]}, "f: many[1]: key 'size' is missing; add it"),
        (GOOD | {"by_color": {"pink": 1}}, "f: by_color: key: 'pink' is not one of red"),
        (GOOD | {"flag": 1}, "f: flag: 1 is not bool"),
        (GOOD | {"name": 1}, "f: name: 1 is not str"),
    ],
)
def test_a_refusal_names_the_place_the_value_and_what_was_wanted(data, message):
    with pytest.raises(ConfigFileError) as error:
        build(Outer, data, "f")
    assert str(error.value).replace("Color.RED", "red") == message


def test_a_number_too_large_for_a_float_and_a_long_text_stay_short_refusals():
    for value in (10**400, "x" * 10_000):
        with pytest.raises(ConfigFileError) as error:
            build(Inner, {"size": value}, "f")
        assert len(str(error.value)) < 300


@pytest.mark.parametrize(
    "text", ["a: [1", "a: b: c", "\t- x", "!!python/object/apply:os.system ['true']"]
)
def test_a_text_that_is_not_plain_yaml_is_refused_in_one_line(text):
    with pytest.raises(ConfigFileError) as error:
        read_yaml(text, "f")
    assert str(error.value).startswith(
        ("f is not YAML: ", "f: line 1 has the tag")
    ) and "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"mass": -2.0}, "f: mass is -2.0; give 0.1 to 5 kg"),
        ({"mass": math.nan}, "f: mass is nan; give 0.1 to 5 kg"),
        ({"mass": [1]}, "f: mass is [1]; give 0.1 to 5 kg"),
        ({"mass": True}, "f: mass is True; give 0.1 to 5 kg"),
        (
            {"mass": "1e0"},
            "f: mass is '1e0', which YAML takes for a text; give 0.1 to 5 kg, written as 0.1 or "
            "1.0e-1",
        ),
        ({"pixels": 640.5}, "f: pixels is 640.5; give a whole number, 1 to 4096 px"),
        ({"sizes": [0.5, 2]}, "f: sizes[1] is 2; give 0 to 1"),
        (
            {"name": "../x"},
            "f: name is '../x'; give up to 64 letters, digits and underscores, a letter first",
        ),
        (
            {"name": 7},
            "f: name is 7; give up to 64 letters, digits and underscores, a letter first",
        ),
    ],
)
def test_what_a_value_may_be_is_part_of_its_type(data, message):
    with pytest.raises(ConfigFileError) as error:
        build(Ruled, data, "f")
    assert str(error.value) == message


@pytest.mark.parametrize("name", ["", "1a", "_a", "a b", "a/b", "a-b", "ä", "a\n", "a" * 65, "<a>"])
def test_a_name_that_ros_or_xml_would_not_take_is_refused(name):
    with pytest.raises(ConfigFileError, match="f: name is"):
        build(Ruled, {"name": name}, "f")


def test_a_number_at_either_end_of_its_range_is_taken():
    assert build(Ruled, {"mass": 0.1, "sizes": [0, 1]}, "f").sizes == (0.0, 1.0)
    assert build(Ruled, {"mass": 5}, "f").mass == 5.0


@pytest.mark.parametrize("value", ["a", True, 1, 1.5])
def test_a_choice_of_scalars_keeps_the_type_that_is_given(value):
    built = build(Mixed, {"value": value}, "f").value
    assert built == value and type(built) is type(value)


def test_what_is_none_of_a_choice_or_does_not_match_is_refused():
    with pytest.raises(ConfigFileError, match=r"f: value: \[\] is not str or bool or int or float"):
        build(Mixed, {"value": []}, "f")
    with pytest.raises(ConfigFileError, match="f: code is 'a:b'; give LETTER:DIGIT"):
        build(Mixed, {"value": 1, "code": "a:b"}, "f")


def test_a_fault_has_the_name_of_its_kind_of_file():
    read = faults_as(RobotFileError)(read_config)
    assert read(Inner, "size: 1", "f") == Inner(1.0)
    for text in ("size: [", "size: big"):
        with pytest.raises(RobotFileError, match="f"):
            read(Inner, text, "f")


@given(TREES, TREES)
def test_of_two_trees_the_newer_key_wins_and_neither_is_changed(old, new):
    before = copy.deepcopy((old, new))
    merged = laid_over(old, new)
    assert (old, new) == before and set(merged) == {*old, *new}
    assert laid_over(merged, new) == merged and laid_over(old, {}) == old
    for key, value in new.items():
        assert isinstance(value, dict) or merged[key] == value
