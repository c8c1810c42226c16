"""Kill -9 of each process of the real robot in full motion, and hangs.

Judged by what the wire saw. (All hundred: ./tank bench kill_proof.)
"""

from __future__ import annotations

from collections import Counter

import pytest

from tank_bench.ros.kill_trials import VICTIMS, WITHIN_S, KillTrial, prove, table
from tank_core.testing.own_domain import own_domain

DOMAIN = str(own_domain())


@pytest.mark.slow
def test_whoever_is_killed_or_hangs_the_motors_are_off_in_time_and_stay_off() -> None:
    trials = prove(kills=12, hangs=len(VICTIMS), seed=5, domain=DOMAIN)
    assert Counter(trial.victim for trial in trials) == dict.fromkeys(VICTIMS, 4)
    assert all(trial.passed for trial in trials), table(trials)


@pytest.mark.parametrize(("number", "zero", "moved", "late", "passed"), [
    ("SIGKILL", WITHIN_S, 0.0, 0.0, True), ("SIGKILL", 0.31, 0.0, 0.0, False),
    ("SIGKILL", 0.01, 0.001, 0.0, False),
    ("SIGKILL", 0.31, 0.0, 0.02, True), ("SIGKILL", 0.01, 0.001, 0.02, False),
    ("SIGSTOP", 0.2, 0.02, 0.0, True), ("SIGSTOP", 0.2, 0.2, 0.0, False),
])  # fmt: skip
def test_the_law(number: str, zero: float, moved: float, late: float, passed: bool) -> None:
    """The machine's lateness is not the robot's; moving again always is."""
    assert KillTrial("driver", number, zero, moved, late).passed is passed


def test_the_table_has_a_line_for_each_kind() -> None:
    lines = table(
        [
            KillTrial("driver", "SIGKILL", 0.01, 0.0),
            KillTrial("driver", "SIGKILL", 0.03, 0.0),
            KillTrial("guardian", "SIGSTOP", 0.2, 0.0),
        ]
    ).splitlines()
    assert len(lines) == 4
    assert "| SIGKILL driver | 2 | 0.020 / 0.030 s | 0.000 s | 0 |" in lines
