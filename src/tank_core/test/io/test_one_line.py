"""Texts, values and errors, whatever they hold, are one line to show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_core.exceptions import TankError
from tank_core.io.one_line import LONGEST, SHORT, described, one_line, quoted, reason


@given(st.text())
def test_any_text_is_one_line_that_stays_as_it_is(text):
    line = one_line(text)
    assert (not line or line.isprintable()) and one_line(line) == line


@pytest.mark.parametrize(
    "value",
    [
        "x" * 10**6,
        "\0\n\u2028\ud800",
        10**5000,
        -(10**400),
        b"\xff" * 10**5,
        list(range(10**5)),
        None,
        0.1,
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_of_any_size_is_short(value):
    assert quoted(value).isprintable() and len(quoted(value)) <= SHORT


def test_a_long_text_keeps_both_ends():
    line = one_line(f"begin {'x' * 10_000} end")
    assert len(line) <= LONGEST and line.startswith("begin") and line.endswith("end")


@pytest.mark.parametrize(
    ("error", "why", "whole"),
    [
        (TankError("a\n b"), "a b", "a b"),
        (ValueError("a\n b"), "a b", "ValueError: a b"),
        (KeyError(), "KeyError", "KeyError"),
        (
            OSError(28, "No space left on device", "x"),
            "No space left on device",
            "OSError: [Errno 28] No space left on device: 'x'",
        ),
    ],
)
def test_an_error_is_one_line(error, why, whole):
    assert (reason(error), described(error)) == (why, whole)
