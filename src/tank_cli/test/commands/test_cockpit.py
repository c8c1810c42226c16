"""``./tank cockpit``: the page of a robot that runs elsewhere."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path

import pytest
from nodes_apart import domain

from tank_cli.__main__ import main

PATIENCE_S = 60.0


@pytest.mark.slow
def test_it_serves_the_page_until_it_is_told_to_end(tmp_path: Path) -> None:
    environment = {**os.environ, "ROS_DOMAIN_ID": domain(), "XDG_STATE_HOME": str(tmp_path)}
    process = subprocess.Popen(
        [sys.executable, "-m", "tank_cli", "cockpit", "--port", "23600"],
        stderr=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip
    try:
        assert process.stderr is not None
        line = next(line for line in process.stderr if "the cockpit is at" in line)
        assert line.startswith("the cockpit is at http://127.0.0.1:")
        wire = HTTPConnection(line.split("//")[1].strip().rstrip("/"), timeout=PATIENCE_S)
        wire.request("GET", "/")
        assert b"<title>Tank</title>" in wire.getresponse().read()
        process.send_signal(signal.SIGINT)
        process.stderr.read()
        assert process.wait(PATIENCE_S) == 0
    finally:
        process.kill()
        process.wait()


def test_a_port_that_is_none_is_refused_in_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cockpit", "--port", "x"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
