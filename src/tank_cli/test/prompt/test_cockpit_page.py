"""The cockpit's address at the terminal, and the browser that opens it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tank_cli.prompt import cockpit_page
from tank_cli.prompt.cockpit_page import open_page, with_key
from tank_cockpit.key_file import load_key

HERE = "the cockpit is at http://127.0.0.1:8080/"
THERE = "the cockpit is at http://10.0.0.7:8080/"


@pytest.fixture
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    (tmp_path / "tank").mkdir()
    return load_key(tmp_path / "tank")


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands that were begun, on a machine with a display and an opener."""
    commands: list[list[str]] = []
    monkeypatch.setenv("DISPLAY", ":7")
    monkeypatch.setattr(cockpit_page.shutil, "which", lambda name: f"/usr/bin/{name}")

    def begin(command: list[str], **_: Any) -> None:
        commands.append(command)

    monkeypatch.setattr(cockpit_page.subprocess, "Popen", begin)
    return commands


def test_the_key_is_added_where_it_is_asked_for_and_nowhere_else(key: str) -> None:
    assert with_key(HERE) == HERE
    assert with_key(THERE) == f"{THERE}?key={key}"
    assert with_key("the viewer is at http://localhost:8080/") == (
        "the viewer is at http://localhost:8080/"
    )


def test_the_page_is_opened_where_there_is_a_display(
    key: str, begun: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert open_page(THERE)
    assert begun == [["/usr/bin/xdg-open", f"http://10.0.0.7:8080/?key={key}"]]
    assert not open_page("no viewer: nothing is there")
    monkeypatch.delenv("DISPLAY")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert not open_page(HERE) and len(begun) == 1


def test_without_an_opener_the_address_on_the_screen_will_do(
    begun: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cockpit_page.shutil, "which", lambda name: None)
    assert not open_page(HERE) and begun == []
