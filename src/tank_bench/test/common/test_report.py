"""Figures of benchmarks: percentiles, what is met, tables and JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tank_bench.common.report import Figure, memory_mb, percentile, table, write_json
from tank_learning.language.evaluation.shares import wilson


def test_percentiles_are_values_that_were_measured() -> None:
    values = [float(value) for value in range(100, 0, -1)]
    assert percentile(values, 0.5) == 50.0
    assert percentile(values, 0.95) == 95.0
    assert percentile(values, 1.0) == 100.0
    assert percentile([3.0], 0.5) == percentile([3.0], 0.0) == 3.0


def test_a_share_has_the_interval_of_wilson_s_score() -> None:
    assert wilson(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)
    assert wilson(9, 10) == pytest.approx((0.5958, 0.9821), abs=1e-4)
    share = Figure.share("done", 9, 10, at_least=0.95)
    assert share.met is False and share.told == "0.900 (0.596 to 0.982, n = 10)"


@pytest.mark.parametrize(
    ("figure", "met"),
    [
        (Figure("x", 1.0, at_most=1.0), True),
        (Figure("x", 1.1, at_most=1.0), False),
        (Figure("x", 0.6, at_least=0.6), True),
        (Figure("x", 0.5, at_least=0.6), False),
        (Figure("x", 1.0), None),
    ],
)
def test_what_is_wanted_is_met_or_not(figure: Figure, met: bool | None) -> None:
    assert figure.met is met


def test_a_missed_figure_shows_in_table_and_json(tmp_path: Path) -> None:
    figures = [Figure("slow", 2.0, "ms", at_most=1.0), Figure("plain", 3.0)]
    text = table("A title.", figures)
    assert (
        text.splitlines()[0] == "A title." and "MISSED" in text.splitlines()[1] and "<= 1" in text
    )
    write_json(tmp_path / "f.json", "demo", figures)
    data = json.loads((tmp_path / "f.json").read_text())
    assert data["bench"] == "demo" and [figure["met"] for figure in data["figures"]] == [
        False,
        None,
    ]
    assert data["machine"]["cores"] >= 1


def test_this_process_has_memory() -> None:
    assert 1.0 < memory_mb("VmRSS") <= memory_mb("VmHWM")
