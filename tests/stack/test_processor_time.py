"""The executor's share of the processor, at rest and driving.

The figures hold on any machine, whoever else works on it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

STACK = Path(__file__).with_name("processor_time_stack.py")
SECONDS = 3.0
# In messages that a node sends itself by hand, for each callback; the callbacks' own work does not
# count. On two AMD cores,
# idle or with a load of 15: 1.7 to 2.3 here, 13 to 17 with rclpy's MultiThreadedExecutor, and more
# where nothing else runs.
AT_MOST = 6.0


@pytest.mark.slow
@pytest.mark.parametrize("interval", [0.005, 0.0002])
def test_the_executor_takes_little_more_than_the_messages(interval: float) -> None:
    """Measured at Python's own switch interval and at the one of tank_nodes.

    What another process of the machine does to one measurement it does not do to three in turn.
    """
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry),
    }
    command = [sys.executable, str(STACK), str(SECONDS), str(interval)]
    tried = []
    for _ in range(3):
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=300.0
        )
        assert done.returncode == 0, done.stderr
        figures = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        assert [figure["motion"] for figure in figures] == ["rest", "driving"]
        assert all(figure["callbacks_per_second"] > 0 for figure in figures)
        tried.append([figure["messages_per_callback"] for figure in figures])
        if max(tried[-1]) < AT_MOST:
            return
    pytest.fail(f"messages for each callback, at rest and driving, of three runs: {tried}")
