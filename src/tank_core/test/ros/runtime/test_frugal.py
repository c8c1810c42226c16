"""A process of nodes is spared threads before it imports libraries."""

import os
import subprocess
import sys

from tank_core.ros.runtime import frugal

THREADS = """
import os, sys
from tank_core.ros.runtime import frugal
frugal.prepare()
import numpy
numpy.ones((300, 300)) @ numpy.ones((300, 300))
print(len(os.listdir("/proc/self/task")))
"""


def test_numpy_makes_no_thread_for_further_processors():
    environment = {name: v for name, v in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    environment["PYTHONPATH"] = os.pathsep.join(entry for entry in sys.path if entry)
    done = subprocess.run(
        [sys.executable, "-c", THREADS], env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.stdout == "1\n", done.stderr


def test_what_a_person_has_set_stays():
    chosen = {"OPENBLAS_NUM_THREADS": "3", "MALLOC_ARENA_MAX": "7"}
    environment = dict(chosen)
    frugal.prepare(environment)
    assert environment == chosen
