"""The page's files: listed, whole, light, and of nobody else."""

from __future__ import annotations

import hashlib
import re
import stat
from pathlib import Path

import pytest

from tank_cockpit.key_file import FILE, load_key
from tank_cockpit.page_files import FILES, FOLDER, load_page
from tank_core.exceptions import TankError

OWN = sorted(path for path in FOLDER.rglob("*") if path.is_file() and "vendor" not in path.parts)
LIGHT = 200_000  # [bytes] of all, compressed


def test_what_is_served_is_there_and_what_is_there_is_served() -> None:
    there = {str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*") if path.is_file()}
    assert set(FILES.values()) == there - {"vendor/SHA256SUMS"}


def test_what_is_from_others_is_as_it_was_bundled() -> None:
    lines = (FOLDER / "vendor" / "SHA256SUMS").read_text(encoding="ascii").splitlines()
    assert {line.split()[1] for line in lines} == {"three.js", "LICENSES.txt"}
    for line in lines:
        digest, name = line.split()
        assert hashlib.sha256((FOLDER / "vendor" / name).read_bytes()).hexdigest() == digest
    licenses = (FOLDER / "vendor" / "LICENSES.txt").read_text(encoding="utf-8")
    assert "The MIT License" in licenses and "Apache License" in licenses


def test_the_page_is_light_and_knows_where_to_stop() -> None:
    page = load_page(4711)
    assert sum(len(file.packed) for file in page.values()) <= LIGHT
    assert b'name="stop-port" content="4711"' in page["/"].body


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.name)
def test_no_file_names_another_server_or_writes_markup(path: Path) -> None:
    """Text of others is put in as text, and nothing runs that stands in markup."""
    text = path.read_text(encoding="utf-8")
    addresses = set(re.findall(r"(?:https?|wss?)://[^\s'\"`)]+", text))
    mine = ("${location.", "http://www.w3.org/2000/svg")
    assert all(any(own in address for own in mine) for address in addresses), addresses
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", text)
    assert not re.search(r"\son\w+=|\sstyle=|<style|<script>", text)


def test_the_key_stays_and_is_for_its_owner_alone(tmp_path: Path) -> None:
    key = load_key(tmp_path)
    assert len(key) >= 16 and load_key(tmp_path) == key
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    (tmp_path / FILE).unlink()
    assert load_key(tmp_path) != key


@pytest.mark.parametrize("text", ["", "short", "a;b" * 20, "ä" * 30])
def test_a_key_that_is_none_is_refused_in_a_line(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(TankError, match=FILE) as refused:
        load_key(tmp_path)
    assert "\n" not in str(refused.value)
