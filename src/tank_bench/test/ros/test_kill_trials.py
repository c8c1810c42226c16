"""Kill -9 of each process of the real robot in full motion, and hangs.

Judged by what the wire saw. (All hundred: ./tank bench kill_proof.)
"""

from __future__ import annotations

import signal
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tank_bench.ros.kill_trials import (
    PAIRS,
    PAIRS_TOGETHER,
    TOGETHER,
    VICTIMS,
    WITHIN_S,
    KillTrial,
    environment,
    prove,
    table,
)
from tank_bench.ros.robot_processes import RobotProcesses
from tank_client.client_node import RESET_STOP, STOP
from tank_core.testing.own_domain import own_domain
from tank_hw_driver.guardian.kept_stops import KeptStops

DOMAIN = str(own_domain())


@pytest.mark.slow
def test_whoever_is_killed_or_hangs_the_motors_are_off_in_time_and_stay_off() -> None:
    trials = prove(kills=len(VICTIMS), hangs=len(VICTIMS), seed=5, domain=DOMAIN, pairs=3)
    count = Counter(trial.victim for trial in trials)
    doubles = dict.fromkeys([*map(" and ".join, PAIRS), "executor, driver stalls"], 1)
    assert count == dict.fromkeys(VICTIMS, 2) | doubles
    assert all(trial.passed for trial in trials), table(trials)


@pytest.mark.slow
def test_the_law_holds_as_shipped_with_all_nodes_in_one_process() -> None:
    trials = prove(
        kills=len(TOGETHER), hangs=len(TOGETHER), seed=6, domain=DOMAIN, together=True, pairs=2
    )
    doubles = dict.fromkeys(map(" and ".join, PAIRS_TOGETHER), 1)
    assert Counter(trial.victim for trial in trials) == dict.fromkeys(TOGETHER, 2) | doubles
    assert all(trial.passed for trial in trials), table(trials)


@pytest.mark.slow
def test_a_stop_by_a_person_outlives_a_kill_of_the_robot_s_process() -> None:
    with (
        environment(DOMAIN),
        TemporaryDirectory(prefix="tank-proof-") as folder,
        RobotProcesses(Path(folder), together=True) as robot,
    ):
        robot.move("turn left 300 degrees")
        assert robot.call(STOP)
        kept = KeptStops(Path(folder) / "guardian")
        robot.wait(lambda: kept.read(""), "the robot to have heard of the stop")
        robot.send("robot", signal.SIGKILL)
        began = time.monotonic()
        robot.again("robot")
        for _ in range(3):
            robot.say("turn left 300 degrees")
            time.sleep(0.5)
        assert not robot.moved(began, time.monotonic()), (kept.read(""), robot.last_words)
        # The robot is free when it has heard of the first one, and then the executor is.
        robot.wait(lambda: robot.call(RESET_STOP), "the stop to be taken back")
        robot.move("turn left 300 degrees")


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
