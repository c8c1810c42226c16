"""The place of the sockets.

It is the same for whoever listens and whoever connects, and nobody else's.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tank_core.exceptions import TankError
from tank_hw_driver import runtime


@pytest.fixture(autouse=True)
def nothing_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("TANK_GUARDIAN_SOCKET", "TANK_CHIPS_SOCKET", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(runtime, "SYSTEM_FOLDER", tmp_path / "run")
    monkeypatch.setattr(runtime, "own_folder", lambda: tmp_path / f"tank-{runtime.os.getuid()}")


def test_what_the_environment_says_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANK_GUARDIAN_SOCKET", "/a/b")
    monkeypatch.setenv("TANK_CHIPS_SOCKET", "/a/c")
    assert runtime.guardian_socket() == Path("/a/b")
    assert runtime.chips_socket() == Path("/a/c")


def test_the_session_comes_before_the_system_and_that_before_tmp(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert runtime.guardian_socket().parent.name.startswith("tank-")
    (tmp_path / "run").mkdir()
    assert runtime.guardian_socket() == tmp_path / "run" / "guardian"
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "session"))
    assert runtime.guardian_socket() == tmp_path / "run" / "guardian", (
        "a session folder that is not there is none"
    )
    (tmp_path / "session").mkdir()
    assert runtime.guardian_socket() == tmp_path / "session" / "tank" / "guardian"


def test_a_driver_in_a_session_finds_the_systems_guardian(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "guardian").touch()
    assert runtime.guardian_socket() == tmp_path / "run" / "guardian"
    assert runtime.chips_socket() == tmp_path / "tank" / "chips"


def test_the_folder_is_made_for_this_user_alone(tmp_path: Path) -> None:
    runtime.prepare(tmp_path / "deep" / "guardian")
    assert (tmp_path / "deep").stat().st_mode & 0o777 == 0o700


def test_a_path_that_no_socket_can_have_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TankError, match="107"):
        runtime.prepare(tmp_path / ("x" * 120))
    (tmp_path / "file").touch()
    with pytest.raises(TankError, match="cannot be made"):
        runtime.prepare(tmp_path / "file" / "guardian")


@pytest.mark.parametrize("made", ["open", "link", "file"])
def test_a_folder_in_tmp_that_others_could_have_made_is_refused(tmp_path: Path, made: str) -> None:
    folder = tmp_path / "mine"
    if made == "open":
        folder.mkdir(mode=0o777)
        folder.chmod(0o777)
    elif made == "link":
        folder.symlink_to(tmp_path)
    else:
        folder.touch()
    with pytest.raises(TankError, match="XDG_RUNTIME_DIR"):
        runtime.alone(folder)


def test_a_folder_of_ones_own_is_taken_again(tmp_path: Path) -> None:
    assert runtime.alone(tmp_path / "mine") == runtime.alone(tmp_path / "mine")
