"""Figures of the cockpit, of samples."""

from __future__ import annotations

import os
import time
from pathlib import Path

from tank_bench.common.cockpit_figures import Samples, figures, processor_seconds


def test_what_is_wanted_is_judged_by_the_median_and_the_weight() -> None:
    samples = Samples(
        [5.0, 14.0, 400.0], [60.0, 51.0, 10.0], 161.0, 29.5, {0: 80.0, 2: 84.0}, {0: 0.01, 2: 0.05}
    )
    found = {figure.name: figure for figure in figures(samples)}
    assert found["STOP to robot/stopped, idle, median"].met
    assert found["STOP to robot/stopped, under load, median"].met is False
    assert found["STOP to robot/stopped, idle, longest"].value == 400.0
    assert found["weight of the page, compressed"].met
    assert found["processor time, 2 browsers"].value == 5.0
    assert found["memory of the process, no browser"].value == 80.0


def test_processor_time_is_read_whatever_the_process_is_called() -> None:
    stat = "7 (a) b (c) S 1 7 7 0 -1 4194304 100 0 0 0 150 50 0 0 20 0 1 0 5 1 1"
    assert processor_seconds(stat) == 2.0
    own = processor_seconds(Path(f"/proc/{os.getpid()}/stat").read_text(encoding="utf-8"))
    assert abs(own - time.process_time()) < 0.5
