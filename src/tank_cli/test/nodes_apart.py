"""Nodes in a process of their own, which the commands talk to."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

from tank_core.testing.own_domain import own_domain

ROBOT, LANGUAGE, EXECUTOR = (
    "stand_ins:MockDriverNode",
    "stand_ins:TableLanguageNode",
    "tank_executor.executor_node:ExecutorNode",
)


def domain() -> str:
    """A ROS domain where another run of the tests is not heard."""
    return str(own_domain())


class Nodes:
    """Some nodes in a process of their own, ready when this returns."""

    def __init__(self, *specs: str) -> None:
        paths = os.pathsep.join([str(Path(__file__).parent), *sys.path])
        command = [sys.executable, "-m", "tank_core.ros.runtime.run_nodes", *specs]
        environment = {**os.environ, "PYTHONPATH": paths}
        self._process = subprocess.Popen(
            command, stderr=subprocess.PIPE, text=True, env=environment
        )
        assert self._process.stderr is not None
        for line in self._process.stderr:
            if line.startswith("tank_nodes: running"):
                break
        # or the pipe would fill up
        self._drain = threading.Thread(target=self._process.stderr.read)
        self._drain.start()

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(20.0)
        self._drain.join()
        assert self._process.stderr is not None
        self._process.stderr.close()
