"""The table of learned skills has classical rows first and honest counts.

Both kinds of rows are tried with the same seeds.
"""

from __future__ import annotations

import argparse
import importlib

import pytest

pytest.importorskip("torch", reason="training tools are not installed: ./tank setup --train")

from tank_bench.skills import bench
from tank_bench.skills.rows import Outcome, Row
from tank_core.exceptions import TankError

CLASSICAL, LEARNED = Row("wave", "classical", "tank"), Row("wave", "learned", "tank", "real", "dim")
FOUND = {
    CLASSICAL: [Outcome(True, True, 2.0), Outcome(True, True, 4.0)],
    LEARNED: [Outcome(False, True, 9.0, (0.2, 0.4)), Outcome(True, True, 3.0, (0.3,))],
}


@pytest.mark.parametrize("skill", bench.SKILLS)
def test_of_each_skill_and_situation_the_classical_row_is_the_first(skill: str) -> None:
    rows = importlib.import_module(bench.SKILLS[skill]).ROWS
    assert rows[0].by == "classical" and len({*rows}) == len(rows)
    situations: set[tuple[str, str]] = set()
    for row in rows:
        situation = (row.robot, row.realism)
        assert row.by == "classical" or situation in situations, row
        situations.add(situation)


def test_a_claim_without_success_is_counted() -> None:
    figures = {figure.name: figure.value for figure in bench.figures(FOUND)}
    assert figures == {
        "wave, classical, tank, ideal": 1.0,
        "wave, classical, tank, ideal: claims that are false": 0,
        "wave, learned, tank, real, dim": 0.5,
        "wave, learned, tank, real, dim: claims that are false": 1,
    }


def test_the_table_has_shares_with_intervals_times_and_decisions() -> None:
    *_, classical, learned = bench.table_lines(FOUND)
    assert "2 of 2 (34% to 100%) | 2, 0 | 2.0 s | -" in classical
    assert "real, dim | 1 of 2 (9% to 91%) | 2, 1 | 3.0 s | 0.30" in learned


def test_reaching_s_smallest_case_runs() -> None:
    parser = argparse.ArgumentParser()
    bench.configure(parser)
    options = "--skills reach --realism ideal --by classical --seeds 1 --jobs 1"
    measured = bench.measure(parser.parse_args(options.split()))
    assert {figure.value for figure in measured.figures} == {0, 1.0}


def test_a_skill_that_is_none_is_named() -> None:
    parser = argparse.ArgumentParser()
    bench.configure(parser)
    with pytest.raises(TankError, match="'juggle' is not known; say some of face, gate"):
        bench.measure(parser.parse_args(["--skills", "juggle"]))
