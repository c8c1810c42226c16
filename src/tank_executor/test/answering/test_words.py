"""Places in words are the places."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_executor.answering import words

reach = st.floats(-3.0, 3.0)


@given(reach, reach)
def test_a_place_in_words_is_the_place(x: float, y: float) -> None:
    for exact in (True, False):
        said = words.place((x, y), exact)
        distance = float(re.search(r"([\d.]+) m", said)[1])
        angle = 180.0 if "behind" in said else 0.0
        if turn := re.search(r"(\d+) degrees to the (left|right)", said):
            angle = float(turn[1]) * (1 if turn[2] == "left" else -1)
        off = math.remainder(math.radians(angle) - math.atan2(y, x), 2 * math.pi)
        assert abs(distance - math.hypot(x, y)) <= (0.005 if exact else 0.1) + 1e-9
        assert abs(off) <= math.radians(1.5 if exact else 5.0) + 1e-9 or math.hypot(x, y) < 1e-6
        assert ("about" in said) is not exact


def test_lists_and_counts() -> None:
    assert [words.listed(list("abc")[:count]) for count in range(4)] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
    assert words.listed(["a b", "c"], ";") == "a b; and c"
    counts = [words.counted(count, "cube") for count in (0, 1, 2, 11)]
    assert counts == ["no cube", "one cube", "two cubes", "11 cubes"]


@pytest.mark.parametrize(
    ("degrees", "said"),
    [(0.0, "0 degrees (north)"), (359.8, "0 degrees (north)"), (271.0, "271 degrees (west)"),
     (44.0, "44 degrees (northeast)"), (338.0, "338 degrees (north)")],
)  # fmt: skip
def test_a_heading_has_the_name_of_its_point(degrees: float, said: str) -> None:
    assert words.heading(degrees) == said
