"""``./tank docs``: the site builds without a warning and a network.

And it writes over nothing.
"""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tank_cli.__main__ import main

ROOT = Path(__file__).parents[4]
LOADED = re.compile(
    r"<(?:script|img|iframe|source|link rel=\"?stylesheet\"?)[^>]* (?:src|href)=\"?([^\"> ]+)"
)
PUBLIC = {
    "episode": "Episode",
    "translator": "Translator",
    "commands": "Move",
    "backend": "Backend",
    "robot": "load_robot",
    "perception": "Perception",
    "solver": "Solver",
    "client": "StackClient",
    "bench": "Measured",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All pages, built over an older site as ``./tank docs --build`` does.

    Any warning is an error.
    """
    pytest.importorskip("mkdocs", reason="requirements/docs.txt is not installed")
    folder = tmp_path_factory.mktemp("site")
    for name in ("objects.inv", "old.html"):
        (folder / name).write_text("of an older site")
    assert main(["docs", "--build", str(folder)]) == 0
    return folder


@pytest.mark.slow
def test_every_page_of_the_docs_is_on_the_site(site: Path) -> None:
    pages = {path.relative_to(ROOT).with_suffix(".html") for path in (ROOT / "docs").rglob("*.md")}
    missing = [str(page) for page in sorted(pages) if not (site / page).is_file()]
    assert missing == []
    assert "plain English" in (site / "index.html").read_text(encoding="utf-8")  # README.md


@pytest.mark.slow
def test_api_pages_are_made_from_the_docstrings(site: Path) -> None:
    for page, name in PUBLIC.items():
        text = (site / "docs" / "api" / f"{page}.html").read_text(encoding="utf-8")
        assert re.search(rf'<h\d id="tank_[a-z_.]*\.{name}"', text), (page, name)


@pytest.mark.slow
def test_pages_load_nothing_from_a_network(site: Path) -> None:
    loaded = {
        (page.name, url)
        for page in site.rglob("*.html")
        for url in LOADED.findall(page.read_text())
    }
    assert loaded and not [one for one in loaded if re.match(r"(https?:)?//", one[1])]


@pytest.mark.slow
def test_search_works_without_a_server(site: Path) -> None:
    """The search finds a page where no server answers.

    The index is a script, and a Worker has a stand-in, for browsers start none from file://.
    """
    assert "guardian" in (site / "search" / "search_index.js").read_text(encoding="utf-8")
    assert "iframe-worker.js" in (site / "index.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_an_older_site_is_replaced(site: Path) -> None:
    assert not (site / "old.html").exists()


def test_a_folder_with_other_things_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("mkdocs", reason="requirements/docs.txt is not installed")
    (tmp_path / "thesis.txt").write_text("years of work")
    assert main(["docs", "--build", str(tmp_path)]) == 2
    assert (tmp_path / "thesis.txt").read_text() == "years of work"
    assert "other things" in capsys.readouterr().err


def test_a_port_that_is_taken_is_refused_with_another(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("mkdocs", reason="requirements/docs.txt is not installed")
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert main(["docs", "--port", str(port)]) == 2
    said = capsys.readouterr().err
    assert str(port) in said and "--port" in said


@pytest.fixture
def served() -> Iterator[str]:
    """The address of a server in a process of its own."""
    pytest.importorskip("mkdocs", reason="requirements/docs.txt is not installed")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "tank_cli", "docs", "--port", str(port)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        try:
            for line in server.stderr:
                if "Serving on" in line:
                    yield f"http://127.0.0.1:{port}/"
                    break
        finally:
            server.send_signal(signal.SIGINT)
            server.stderr.read()
            assert server.wait(30) == 0


@pytest.mark.slow
def test_it_serves_until_ctrl_c(served: str) -> None:
    with urllib.request.urlopen(served, timeout=30) as answer:
        assert answer.status == 200 and b"<title>Tank" in answer.read()


def test_without_its_tools_the_cure_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert main(["docs"]) == 2
    assert "./tank setup --docs" in capsys.readouterr().err
