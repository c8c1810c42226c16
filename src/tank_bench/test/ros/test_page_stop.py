"""STOP on the robot's own page, while the robot's process cannot be asked.

The page of `./tank robot --cockpit` reaches the guardian by itself; judged by the wire.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tank_bench.ros.kill_trials import WITHIN_S, environment
from tank_bench.ros.robot_processes import RobotProcesses
from tank_core.testing.own_domain import own_domain

DOMAIN = str(own_domain())


@pytest.mark.slow
def test_it_reaches_the_guardian(tmp_path: Path) -> None:
    with (
        environment(DOMAIN),
        TemporaryDirectory(prefix="tank-page-") as folder,
        RobotProcesses(Path(folder), together=True) as robot,
    ):
        command = [sys.executable, "-m", "tank_cockpit.lean", "--port", "24600"]
        command += ["--socket", str(tmp_path / "nobody"), "--guardian", f"{folder}/guardian"]
        page = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        try:
            assert page.stderr is not None
            found = re.search(r"http://127\.0\.0\.1:(\d+)", page.stderr.readline())
            assert found
            own = f"127.0.0.1:{found[1]}"
            robot.move("turn left 300 degrees")
            lane = HTTPConnection("127.0.0.1", int(found[1]) + 1, timeout=30.0)
            pressed = time.monotonic()
            lane.request("POST", "/stop", headers={"Origin": f"http://{own}"})
            answer = lane.getresponse()
            assert answer.status == 200
            assert b"false" in answer.read()  # nobody confirms it: the robot's own word counts
            time.sleep(3 * WITHIN_S)
            late = robot.lateness.allowance(pressed)
            assert not robot.moved(pressed + WITHIN_S + late, time.monotonic()), robot.last_words
        finally:
            page.terminate()
            assert page.wait(30.0) == 0
