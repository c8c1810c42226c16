"""``./tank replay``: three recordings are done again; a difference ends with 1."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from nodes_apart import domain
from stand_ins import MEANINGS
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from tank_cli.__main__ import main

Capture = pytest.CaptureFixture[str]
RECORDINGS = Path(__file__).parents[3] / "tank_recording" / "test" / "recordings"
PATIENCE_S = 60.0


@pytest.mark.slow
@pytest.mark.parametrize("name", ["drive", "interrupted", "fetch"])
def test_a_recording_is_a_regression_test(capsys: Capture, name: str) -> None:
    code = main(["replay", "--again", str(RECORDINGS / f"{name}.mcap")])
    out = capsys.readouterr().out
    assert code == 0, out
    assert "≠" not in out and out.count("  = ") >= 3


@pytest.mark.slow
@pytest.mark.usefixtures("table_model")
def test_what_comes_out_differently_is_told_with_code_1(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model that knows two sentences of three."""
    move = {"action": "move", "direction": "forward", "distance_m": 0.5}
    monkeypatch.setitem(MEANINGS, "drive forward half a meter", [move])
    turn = {"action": "turn", "direction": "right", "angle_deg": 60.0}
    monkeypatch.setitem(MEANINGS, "turn right 60 degrees", [turn])
    code = main(["replay", "--again", str(RECORDINGS / "drive.mcap")])
    assert code == 1
    assert capsys.readouterr().out.splitlines() == [
        "“drive forward half a meter”",
        "  = move forward 0.5 m: succeeded",
        "“turn right 60 degrees”",
        "  = turn right 60 degrees: succeeded",
        "“again”",
        "  ≠ understood as turn right 60 degrees, today as not understood",
    ]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["/nowhere.mcap"], "does not exist"),
        ([__file__, "--again"], "no MCAP file"),
        ([str(RECORDINGS / "drive.mcap"), "--again", "--cockpit"], "--again or --cockpit"),
        ([str(RECORDINGS), "--start", "-1"], "--start"),
        ([str(RECORDINGS / "drive.mcap"), "--start", "1000"], "behind the end"),
        ([str(RECORDINGS / "drive.mcap"), "--rate", "0"], "--rate"),
    ],
)
def test_refusals(capsys: Capture, arguments: list[str], words: str) -> None:
    assert main(["replay", *arguments]) == 2
    err = capsys.readouterr().err
    assert words in err and err.count("\n") == 1


def _hear(page: ClientConnection, kind: str, **wanted: Any) -> dict[str, Any]:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        letter = page.recv(PATIENCE_S)
        found = json.loads(letter) if isinstance(letter, str) else {"t": "picture"}
        if found["t"] == kind and wanted.items() <= found.items():
            return dict(found)
    raise AssertionError(f"no {kind} with {wanted}")


@pytest.mark.slow
def test_it_is_shown_on_a_page_of_its_own_until_ctrl_c(tmp_path: Path) -> None:
    environment = {**os.environ, "ROS_DOMAIN_ID": domain(), "XDG_STATE_HOME": str(tmp_path)}
    words = ["replay", str(RECORDINGS / "drive.mcap"), "--cockpit", "--port", "23650"]
    process = subprocess.Popen(
        [sys.executable, "-m", "tank_cli", *words, "--rate", "20"],
        stderr=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip
    try:
        assert process.stderr is not None
        line = next(line for line in process.stderr if "the cockpit is at" in line)
        wire = HTTPConnection(line.split("//")[1].strip().rstrip("/"), timeout=PATIENCE_S)
        assert any("the recording has ended" in line for line in process.stderr)
        wire.request("GET", "/")  # it stays, to be looked at
        assert b"<title>Tank</title>" in wire.getresponse().read()
        host = f"127.0.0.1:{wire.port}"
        socket, origin = f"ws://{host}/socket", Origin(f"http://{host}")
        with connect(socket, origin=origin, proxy=None) as page:
            told = _hear(page, "replay", playing=False)
            assert told["at"] == told["length"] > 5.0
        with connect(socket, origin=origin, proxy=None) as page:
            assert any(entry["steps"] for entry in _hear(page, "entries")["all"])
            page.send(json.dumps({"t": "say", "text": "stop"}))
            assert "recording" in _hear(page, "refused")["why"]
            page.send(json.dumps({"t": "play", "on": True}))
            assert _hear(page, "replay", playing=True)["at"] < told["length"]
        process.send_signal(signal.SIGINT)
        process.stderr.read()
        assert process.wait(PATIENCE_S) == 0
    finally:
        process.kill()
        process.wait()


@pytest.mark.slow
def test_it_goes_at_its_pace(tmp_path: Path) -> None:
    environment = {**os.environ, "ROS_DOMAIN_ID": domain(), "XDG_STATE_HOME": str(tmp_path)}
    words = ["replay", str(RECORDINGS / "drive.mcap"), "--start", "2", "--rate", "10"]
    began = time.monotonic()
    ended = subprocess.run(
        [sys.executable, "-m", "tank_cli", *words],
        capture_output=True, text=True, env=environment, check=True,
    )  # fmt: skip
    assert "the recording has ended" in ended.stderr
    assert time.monotonic() - began > 0.5
