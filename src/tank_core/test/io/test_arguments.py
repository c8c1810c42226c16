"""Numbers on the command line.

What is in range comes through, everything else is refused by name.
"""

import argparse
from collections.abc import Callable

import pytest

from tank_core.io.arguments import above_zero, at_least_one, not_negative, share

NONSENSE = ("", "x", "nan", "-1", "1e400")


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (not_negative, {"0": 0, "12": 12}, ("1.5", "\u0663")),
        (at_least_one, {"1": 1, "12": 12}, ("0", "1.5", "\u00b2")),
        (above_zero, {"5e-5": 5e-5, "3": 3.0}, ("0", "inf")),
        (share, {"0": 0.0, "0.4": 0.4, "1": 1.0}, ("1.01",)),
    ],
)
def test_only_what_is_in_range_comes_through(
    kind: Callable[[str], float], good: dict[str, float], bad: tuple[str, ...]
) -> None:
    assert {text: kind(text) for text in good} == good
    for text in (*NONSENSE, *bad):
        with pytest.raises(argparse.ArgumentTypeError, match=r"is no (whole )?number"):
            kind(text)
