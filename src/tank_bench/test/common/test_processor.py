"""Threads' times by /proc, and a share of a core in the kernel's numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_bench.common.processor import (
    LEAST_QUOTA_US,
    PERIOD_US,
    SLICE_S,
    ThreadTime,
    quota_us,
    shares,
    thread_time,
    turns_s,
)


def test_a_thread_s_time_is_the_first_number_of_schedstat() -> None:
    assert thread_time("/odom and 1 mor\n", "1500000000 42 7\n") == ThreadTime(
        "/odom and 1 mor", 1.5
    )


def test_shares_are_of_the_time_between_and_threads_of_a_name_count_together() -> None:
    before = {1: ThreadTime("a", 1.0), 2: ThreadTime("b", 5.0), 3: ThreadTime("gone", 9.0)}
    after = {1: ThreadTime("a", 1.2), 2: ThreadTime("b", 6.0), 4: ThreadTime("a", 0.2)}
    used = shares(before, after, 2.0)
    assert used == pytest.approx({"b": 0.5, "a": 0.2})
    assert list(used) == ["b", "a"]


@given(st.floats(0.02, 1.0))
def test_a_limit_is_the_share_it_stands_for_and_one_the_kernel_takes(share: float) -> None:
    quota, period = quota_us(share)
    assert quota / period == pytest.approx(share, rel=0.01)
    assert quota >= LEAST_QUOTA_US and period >= PERIOD_US
    assert share < 0.1 or period == PERIOD_US
    run, stand = turns_s(share)
    assert run + stand == pytest.approx(SLICE_S) and run == pytest.approx(share * SLICE_S)
