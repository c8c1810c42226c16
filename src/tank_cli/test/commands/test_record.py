"""``./tank record``: a recording of a stack, its end, and a torn one mended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from nodes_apart import EXECUTOR, LANGUAGE, ROBOT, Nodes, domain

from tank_cli.__main__ import main
from tank_client.client_node import StackClient
from tank_recording.reading import Recording

Capture = pytest.CaptureFixture[str]
PATIENCE_S = 60.0
RECORD = [sys.executable, "-m", "tank_cli", "record"]


@pytest.mark.slow
def test_a_stack_is_recorded_until_ctrl_c_and_of_a_kill_the_file_is_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("ROS_DOMAIN_ID", domain())
    nodes = Nodes(ROBOT, LANGUAGE, EXECUTOR)
    recorder, killed = (
        subprocess.Popen([*RECORD, "--out", str(tmp_path / name)], env=os.environ)
        for name in ("bag", "cut")
    )
    try:
        with StackClient() as client:  # it hears that, too
            assert client.wait_until(lambda: client.hearers("execution_status") == 3, PATIENCE_S)
        assert main(["say", "drive forward one meter"]) == 0
        killed.send_signal(signal.SIGKILL)
        recorder.send_signal(signal.SIGINT)
        assert (recorder.wait(), killed.wait()) == (0, -signal.SIGKILL)
    finally:
        for process in (recorder, killed):
            process.kill()
            process.wait()
        nodes.close()
    whole = Recording(tmp_path / "bag")
    for topic in ("/commands", "/execution_status", "/odom", "/cmd_vel"):
        assert list(whole.messages([topic])), topic
    capsys.readouterr()
    assert main(["record", "--repair", str(tmp_path / "cut")]) == 0
    assert "are whole again" in capsys.readouterr().err
    mended = Recording(tmp_path / "cut")
    assert list(mended.messages(["/odom"]))
    assert main(["record", "--repair", str(tmp_path / "cut")]) == 0
    assert "nothing is torn" in capsys.readouterr().err


def test_where_nobody_publishes_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("ROS_DOMAIN_ID", domain())
    monkeypatch.setattr(signal, "signal", lambda *_: None)  # of the whole test run
    words = ["--out", str(tmp_path / "bag"), "--seconds", "0.2", "--topics", "odom"]
    assert main(["record", *words]) == 3
    assert "nothing was heard" in capsys.readouterr().err
    assert not (tmp_path / "bag").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--repair", "/nowhere.mcap"], "does not exist"),
        (["--all", "--topics", "odom"], "not allowed with"),
        (["--seconds", "never"], "--seconds"),
        (["--out", "/proc/recording"], "cannot be"),
    ],
)
def test_refusals(capsys: Capture, arguments: list[str], words: str) -> None:
    assert main(["record", *arguments]) == 2
    err = capsys.readouterr().err
    assert words in err and err.count("\n") == 1
