"""The edges of the command line.

Whatever is wrong is one line and exit code 2 before anything moves, and no result is lost.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib import resources
from pathlib import Path

import pytest

from tank_cli.__main__ import main
from tank_core.io.console import ExitCode

Capture = pytest.CaptureFixture[str]
MOVE = {"commands": [{"action": "move", "direction": "forward", "distance_m": 0.1}]}
HUGE = "9" * 5000
NUMBERS = ("", " ", "x", "-1", "0x10", "1_0", "\u0663", "nan", "inf", "1e400", "1e18", HUGE)
COUNTED = {  # where a number is an option's value, and the rest of a command line that is right
    "--seed": ["run", "turn left"],
    "--threads": ["parse", "turn left"],
    "--seeds": ["bench", "manipulation"],
    "--jobs": ["bench", "manipulation"],
    "--kills": ["bench", "kill_proof"],
    "--hangs": ["bench", "kill_proof"],
    "--sim": ["eval"],
    "--device": ["calibrate", "colors"],
    "--wanted": ["calibrate", "camera", "--square", "0.025"],
    "--count": ["data", "compose", "--out", "out.jsonl"],
    "--pairs": ["data", "ask"],
    "--tokens": ["train"],
}
MEASURED = {
    "--real-time-factor": ["sim"],
    "--square": ["calibrate", "camera"],
    "--timeout": ["data", "ask"],
    "--rate": ["train"],
    "--handwritten-share": ["train"],
}
WRITTEN = {
    "--picture": ["run", "turn left"],
    "--film": ["run", "turn left"],
    "--out": ["parse", "--batch", "in.jsonl"],
    "--pictures": ["worlds"],
    "--json": ["bench", "ik"],
    "--markdown": ["eval"],
}


@pytest.fixture(autouse=True)
def somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def refused(capsys: Capture, arguments: list[str]) -> str:
    """The one line with which a command line is refused."""
    code = main(arguments)
    captured = capsys.readouterr()
    assert code == 2 and captured.out == "", captured
    assert (
        captured.err.startswith("tank: ")
        and captured.err.count("\n") == 1
        and len(captured.err) < 1000
    ), captured.err
    return captured.err


@pytest.mark.parametrize("option", COUNTED)
def test_what_is_no_count_is_refused_by_name(capsys: Capture, option: str) -> None:
    bad = [text for text in NUMBERS if text != "1e18"] + ["1.5", "1e3", "-0.0"]
    for text in bad:
        assert option in refused(capsys, [*COUNTED[option], f"{option}={text}"])


@pytest.mark.parametrize("option", MEASURED)
def test_what_is_no_quantity_is_refused_by_name(capsys: Capture, option: str) -> None:
    for text in ("", "x", "-1", "0x10", "1_0", "\u0663", "nan", "inf", "-inf", "1e400"):
        assert option in refused(capsys, [*MEASURED[option], f"{option}={text}"])


@pytest.mark.parametrize("option", WRITTEN)
def test_what_cannot_be_written_is_refused_by_name(
    capsys: Capture, tmp_path: Path, option: str
) -> None:
    (tmp_path / "file").write_text("")
    for place in (
        "/proc/out.png",
        "file/out.png",
        "/dev/full",
        "x" * 5000,
        "x" * 300 + ".png",
        "a\0b.png",
    ):
        assert option in refused(capsys, [*WRITTEN[option], option, place])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file"]


@pytest.mark.parametrize("name", ["/nowhere.json", "/", "/dev/zero", "x" * 5000, "a\0b", ""])
def test_commands_that_cannot_be_read_are_refused(capsys: Capture, name: str) -> None:
    assert "--commands" in refused(capsys, ["run", "--commands", name])


@pytest.mark.parametrize("option", ["--robot", "--world", "--realism"])
@pytest.mark.parametrize(
    "name",
    [
        "",
        "moon",
        "x" * 5000,
        "x" * 5000 + ".yaml",
        "a\0b.yaml",
        "/.yaml",
        "\U0001f600",
        "a\nb",
        os.fsdecode(b"\xff"),
    ],
)
def test_names_that_do_not_exist_are_refused(capsys: Capture, option: str, name: str) -> None:
    refused(capsys, ["run", option, name, "turn left"])


@pytest.mark.parametrize(
    "text",
    [
        "[" * 200_000 + "]" * 200_000,
        "robot: [",
        "\t",
        "a: 2020-13-45",
        "a: 1\na: 2",
        "a: " + HUGE,
        "{[1]: 2}",
        "&a [*a]",
        "\x00",
    ],
)
def test_a_robot_file_that_is_no_robot_is_refused(
    capsys: Capture, tmp_path: Path, text: str
) -> None:
    (tmp_path / "bad.yaml").write_text(text)
    assert "bad.yaml" in refused(
        capsys, ["run", "--robot", str(tmp_path / "bad.yaml"), "turn left"]
    )


def test_a_file_is_not_read_and_written_at_once(capsys: Capture, tmp_path: Path) -> None:
    line = '{"id": 1, "instruction": "turn left"}\n'
    (tmp_path / "in.jsonl").write_text(line)
    refused(capsys, ["parse", "--batch", "in.jsonl", "--out", "in.jsonl"])
    assert (tmp_path / "in.jsonl").read_text() == line


@pytest.mark.parametrize("folder", ["/proc/nothing", "/dev/null"])
@pytest.mark.parametrize("command", [["sim", "--headless"], ["robot", "--mock"]])
def test_a_state_folder_that_cannot_be_made_is_refused(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, command: list[str], folder: str
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", folder)
    assert "XDG_STATE_HOME" in refused(capsys, command)


@pytest.mark.parametrize("domain", ["x", "-1", "233", HUGE, "\u0663"])
@pytest.mark.parametrize("command", [["sim", "--headless"], ["say", "stop"]])
def test_a_domain_that_is_none_is_refused(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, command: list[str], domain: str
) -> None:
    monkeypatch.setenv("ROS_DOMAIN_ID", domain)
    assert "ROS_DOMAIN_ID" in refused(capsys, command)


@pytest.mark.parametrize("option", ["--model", "--robot"])
def test_a_name_that_ros_cannot_take_is_refused_before_anything_starts(
    capsys: Capture, tmp_path: Path, option: str
) -> None:
    path = tmp_path / os.fsdecode(b"\xff.yaml")
    path.write_bytes((resources.files("tank_core") / "robots" / "tank.yaml").read_bytes())
    assert option[2:] in refused(capsys, ["sim", "--headless", option, str(path)])


@pytest.mark.parametrize(
    "error, code",
    [
        (ZeroDivisionError("over\nthere"), ExitCode.BROKEN),
        (KeyboardInterrupt(), ExitCode.INTERRUPTED),
    ],
)
def test_what_nobody_foresaw_is_one_line_and_a_file(
    capsys: Capture,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    error: BaseException,
    code: int,
) -> None:
    def break_down(*_: object) -> None:
        raise error

    monkeypatch.setattr("tank_cli.commands.robot.worlds.run", break_down)
    assert main(["worlds"]) == code
    err = capsys.readouterr().err
    assert err.count("\n") == 1 and err.startswith("tank: ")
    reports = list((tmp_path / "state").glob("tank/crash-*.log"))
    assert [("ZeroDivisionError" in report.read_text()) for report in reports] == (
        [True] if code == ExitCode.BROKEN else []
    )


# Streams are a process's own, so these are processes.


def shell(line: str, tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run a line for sh, in which ``tank`` is the real command.

    move.json has commands to do.
    """
    (tmp_path / "move.json").write_text(json.dumps(MOVE))
    words = line.replace("tank", f"'{sys.executable}' -m tank_cli run --commands move.json")
    return subprocess.run(
        ["bash", "-c", words],
        capture_output=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, **environment},
    )


@pytest.mark.parametrize("line", ["tank > /dev/full", "tank >&-", "tank --json >&-"])
def test_a_result_that_would_be_lost_is_refused_before(tmp_path: Path, line: str) -> None:
    done = shell(line, tmp_path)
    assert (
        done.returncode == 2
        and done.stderr.startswith(b"tank: the result cannot be written to stdout")
        and done.stderr.count(b"\n") == 1
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "line", ["tank <&-", "tank --json <&-", "tank 2>&-", "tank <&- 2>&-", "tank | cat"]
)
def test_a_closed_stream_that_is_not_needed_does_no_harm(tmp_path: Path, line: str) -> None:
    done = shell(line, tmp_path)
    assert done.returncode == 0 and b"Traceback" not in done.stderr and done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "cp437"])
def test_an_encoding_without_our_signs_shows_others(tmp_path: Path, encoding: str) -> None:
    done = shell("tank", tmp_path, PYTHONIOENCODING=encoding)
    assert done.returncode == 0, done.stderr
    assert (
        b"move forward 0.1 m" in done.stdout and b"\xe2" not in done.stdout and done.stderr == b""
    )


@pytest.mark.slow
def test_a_result_that_could_not_be_written_after_all_is_told_elsewhere(tmp_path: Path) -> None:
    """The disk becomes full while the robot drives."""
    done = shell("ulimit -f 0; trap '' XFSZ; tank --json > out.json", tmp_path)
    assert done.returncode == 1 and (tmp_path / "out.json").read_bytes() == b""
    lines = done.stderr.decode().splitlines()
    assert "stdout takes no more" in lines[0]
    assert json.loads(lines[1])["outcomes"][0]["status"] == "succeeded"


def test_help_that_could_not_be_written_is_no_success(tmp_path: Path) -> None:
    done = shell("tank --help > /dev/full", tmp_path)
    assert (
        done.returncode == 1 and b"stdout takes no more" in done.stderr and b"usage:" in done.stderr
    )


@pytest.mark.slow
def test_who_stops_reading_early_gets_no_complaint(tmp_path: Path) -> None:
    done = shell("tank | true; exit ${PIPESTATUS[0]}", tmp_path)
    assert done.returncode == 0 and done.stderr == b""
