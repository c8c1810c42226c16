"""The machine's lateness is measured.

At least as late as it is made to be, and little where nothing holds it up.
"""

import signal
import subprocess
import sys
import time

import pytest

from tank_core.testing.lateness import HANDOVERS, Lateness

STALLED = """
import time
from tank_core.testing.lateness import Lateness
with Lateness() as lateness:
    time.sleep(0.2)
    print("ready", flush=True)
    input()
    print(lateness.longest())
"""


@pytest.mark.slow
def test_a_process_that_was_held_up_says_for_how_long():
    process = subprocess.Popen(
        [sys.executable, "-c", STALLED],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": ":".join(entry for entry in sys.path if entry)},
    )
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGSTOP)
    time.sleep(0.5)
    process.send_signal(signal.SIGCONT)
    out, _ = process.communicate("\n")
    assert process.returncode == 0 and float(out) > 0.4


def test_it_counts_from_the_cause_on():
    with Lateness() as lateness:
        time.sleep(0.1)
        later = time.monotonic() + 1000.0
        assert lateness.longest() > 0.0
        assert lateness.longest(later) <= lateness.longest()
        assert lateness.allowance() >= HANDOVERS * lateness.longest(later)
