"""Rows of facing: the classical one first, and they do what they say."""

from __future__ import annotations

from itertools import groupby

import pytest

pytest.importorskip("torch", reason="training tools are not installed: ./tank setup --train")

from tank_bench.skills.face import CLASSICAL, FAST, ROWS, RULE, SLOW, run
from tank_bench.skills.rows import Row


def test_the_classical_row_stands_first_in_each_situation() -> None:
    assert len(set(ROWS)) == len(ROWS)
    for _, rows in groupby(ROWS, key=lambda row: (row.realism, row.variant)):
        assert next(rows).by == CLASSICAL
    assert {row.by for row in ROWS} == {CLASSICAL, RULE, SLOW, FAST}


@pytest.mark.slow
@pytest.mark.parametrize("row", ROWS[:4], ids=lambda row: row.by)
def test_a_trial_ends_where_it_says_and_again_so(row: Row) -> None:
    outcome = run(row, 7)
    assert outcome.success and outcome.claimed
    assert len(outcome.decision_ms) >= 1 and min(outcome.decision_ms) > 0.0
    again = run(row, 7)
    assert (again.success, again.seconds) == (True, outcome.seconds)
