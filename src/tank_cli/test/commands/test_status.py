"""``./tank status`` against real nodes: rates, memory, and who is not there."""

from __future__ import annotations

import json
import os

import pytest
from nodes_apart import Nodes, domain
from pseudo_terminal import Terminal

from tank_cli.__main__ import main
from tank_cli.ros import stack_watch

Capture = pytest.CaptureFixture[str]


@pytest.mark.slow
def test_a_robot_that_runs_is_plain_data(stack: Nodes, capsys: Capture) -> None:
    code = main(["status", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert code == (0 if told["fine"] else 1) and told["heard"]
    odom = told["streams"]["odom"]
    assert odom["expected_hz"] == 50.0 and 0.0 < odom["rate_hz"] < 75.0 and odom["age_s"] < 3.0
    assert {"driver_node", "executor_node", "language_node"} <= set(told["nodes"])
    processes = {node["process"] for node in told["nodes"].values()}
    assert len(processes) == 1  # all of them in one
    assert all(20.0 < node["memory_mb"] < 2000.0 for node in told["nodes"].values())


@pytest.mark.slow
def test_the_screen_refreshes_until_ctrl_c(stack: Nodes) -> None:
    words = ["-m", "tank_cli", "status"]
    with Terminal(words, {"ROS_DOMAIN_ID": os.environ["ROS_DOMAIN_ID"], "TERM": "xterm"}) as screen:
        screen.expect("Ctrl-C ends")
        screen.expect("odom")
        screen.expect("Ctrl-C ends")
        screen.type("\x03")
        assert screen.end() in (0, 1)
    assert screen.text.endswith("\x1b[?1049l")  # what was on the terminal is back


@pytest.mark.slow
def test_nobody_is_3(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setenv("ROS_DOMAIN_ID", domain())
    monkeypatch.setattr(stack_watch, "FIND_S", 0.2)
    assert main(["status", "--once"]) == 3
    assert "./tank sim" in capsys.readouterr().out
