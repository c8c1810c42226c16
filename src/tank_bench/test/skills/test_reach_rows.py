"""Reaching's rows: classical first, judged by the truth, claims are kept."""

import math

import pytest

from tank_bench.skills import reach
from tank_bench.skills.rows import Row
from tank_skills.reacher import REST_S

SEEDS = range(5)


def test_the_classical_row_stands_before_the_learned_one():
    pairs = list(zip(reach.ROWS[::2], reach.ROWS[1::2], strict=True))
    assert len(pairs) == 6
    for classical, learned in pairs:
        assert (classical.by, learned.by) == ("classical", "learned")
        assert (classical.robot, classical.realism) == (
            learned.robot,
            learned.realism,
        )


@pytest.mark.parametrize(
    "row", [row for row in reach.ROWS if row.robot == "rasptank" and not row.variant]
)
def test_hands_come_to_rest_at_their_targets_and_say_so(row):
    ends = [reach.run(row, seed) for seed in SEEDS]
    assert sum(end.success for end in ends) >= 4
    assert not any(end.claimed and not end.success for end in ends)
    assert all(0.1 < end.seconds < reach.PATIENCE_S - REST_S for end in ends if end.success)
    assert all(end.decision_ms for end in ends)


@pytest.mark.slow
def test_the_shipped_skill_of_the_tank_reaches_as_its_card_says():
    ends = [reach.run(Row("reach", "learned", "tank"), seed) for seed in range(10)]
    assert sum(end.success for end in ends) >= 9
    assert not any(end.claimed and not end.success for end in ends)


def test_the_same_seed_is_the_same_trial():
    row = reach.ROWS[2]
    one, two = (reach.run(row, 3) for _ in range(2))
    assert (one.success, one.claimed, one.seconds) == (two.success, two.claimed, two.seconds)


def test_who_does_nothing_neither_claims_nor_succeeds(monkeypatch):
    monkeypatch.setattr(reach.Classical, "next", lambda self, state: None)
    end = reach.run(reach.ROWS[0], 0)
    assert not end.success and not end.claimed
    assert end.seconds >= reach.PATIENCE_S - 0.1 and math.isfinite(end.seconds)
