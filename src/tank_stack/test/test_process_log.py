"""Lines that processes print are kept, and a person sees what matters."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tank_core.exceptions import TankError
from tank_core.io.user_paths import KEEP_LOGS, claimed_domain, new_log, state_folder
from tank_stack.process_log import ProcessLog, shown_line

INFO = "[INFO] [1732190000.123456789] [sim_node]: all is well"
WARN = "\x1b[33m[WARN] [1732190000.123456789] [sim_node]: not so well\x1b[0m"


def test_everything_goes_into_the_file_and_warnings_to_the_person(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = ProcessLog(tmp_path / "x.log", quiet=True)
    for line in (
        INFO,
        WARN,
        "",
        "Traceback (most recent call last):",
        "tank_nodes: running: sim_node",
    ):
        log.take("simulator", line)
    log.close()
    log.take("simulator", "too late for the file")
    kept = (tmp_path / "x.log").read_text().splitlines()
    assert len(kept) == 5 and kept[0] == f"simulator: {INFO}" and "\x1b" not in kept[1]
    shown = capsys.readouterr().err.splitlines()
    assert shown == [
        "[sim_node] not so well",
        "[simulator] Traceback (most recent call last):",
        "[simulator] too late for the file",
    ]


def test_without_a_person_everything_is_shown() -> None:
    assert shown_line("simulator", INFO, quiet=False) == "[sim_node] all is well"


def test_a_ros_domain_is_held_by_one_simulation_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("ROS_DOMAIN_ID", "7")
    with claimed_domain():
        with (
            pytest.raises(TankError, match=f"ROS domain 7 \\(process {os.getpid()}\\)"),
            claimed_domain(),
        ):
            pass
        monkeypatch.setenv("ROS_DOMAIN_ID", "8")
        with claimed_domain():
            pass
    monkeypatch.setenv("ROS_DOMAIN_ID", "7")
    with claimed_domain():
        pass


def test_only_the_newest_logs_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    for number in range(KEEP_LOGS + 5):
        (state_folder() / f"stack-0{number}.log").touch()
    new_log().touch()
    assert len(list((tmp_path / "tank").glob("stack-*.log"))) == KEEP_LOGS


@pytest.mark.parametrize("base", ["/dev/null", "/proc"])
def test_a_folder_that_cannot_be_made_is_one_line(
    base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", base)
    with pytest.raises(
        TankError,
        match=rf"^state folder for logs: '{base}/tank' cannot be [^;]+; set XDG_STATE_HOME .*$",
    ):
        new_log()
