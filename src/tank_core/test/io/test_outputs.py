"""Files that are written.

What cannot be is known before, and what was made is never lost.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest

from tank_core.io import outputs
from tank_core.io.outputs import OutputError, check_file, check_folder, write


def loop(folder: Path) -> Path:
    (folder / "a").symlink_to(folder / "b")
    (folder / "b").symlink_to(folder / "a")
    return folder / "a"


def pipe(folder: Path) -> Path:
    os.mkfifo(folder / "pipe")
    return folder / "pipe"


def under_a_file(folder: Path) -> Path:
    (folder / "file").write_text("")
    return folder / "file" / "out"


IMPOSSIBLE: dict[str, Callable[[Path], Path]] = {
    "a full device": lambda _: Path("/dev/full"),
    "no folder": lambda folder: folder / "none" / "out",
    "a folder": lambda folder: folder,
    "a name too long": lambda folder: folder / ("x" * 300),
    "a path too long": lambda folder: folder / "/".join(["x" * 100] * 50),
    "a circle of links": loop,
    "a pipe that nobody reads": pipe,
    "a null character": lambda folder: folder / "a\0b",
    "under a file": under_a_file,
    "in /proc": lambda _: Path("/proc/out"),
}


@pytest.mark.parametrize("what", IMPOSSIBLE)
def test_what_cannot_be_written_is_refused_before(tmp_path: Path, what: str) -> None:
    path = IMPOSSIBLE[what](tmp_path)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(OutputError) as refused:
        check_file(path)
    assert "\n" not in str(refused.value) and len(str(refused.value)) < 600
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    "name", ["ü😀.txt", "a'b\"c $x.txt", "a\nb", os.fsdecode(b"\xff"), "/dev/null"]
)
def test_any_name_can_be_written_and_nothing_is_left_beside_it(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    check_file(path)
    assert list(tmp_path.iterdir()) == []
    write(path, b"text")
    assert [file.read_bytes() for file in tmp_path.iterdir()] == (
        [] if name == "/dev/null" else [b"text"]
    )
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode), (
        "a device is written into, never replaced"
    )


def test_who_reads_a_pipe_waits_for_what_is_written_after_the_check(tmp_path: Path) -> None:
    path, got = pipe(tmp_path), []
    reader = Thread(target=lambda: got.append(path.read_bytes()))
    reader.start()
    while not got:
        try:
            check_file(path)
            break
        except OutputError:  # the reader has not opened it yet
            continue
    check_file(path)
    reader.join(0.2)
    assert reader.is_alive()
    data = bytes(200_000)  # more than a pipe holds
    write(path, data)
    reader.join()
    assert got == [data]


def test_a_link_keeps_leading_to_its_file(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "file")
    write(tmp_path / "link", b"text")
    assert (tmp_path / "link").is_symlink() and (tmp_path / "file").read_bytes() == b"text"


def test_what_cannot_be_written_in_the_end_is_kept_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(OutputError, match="No space left"):
        write(Path("/dev/full"), b"hours of work")
    (kept,) = tmp_path.iterdir()
    assert kept.read_bytes() == b"hours of work"


def test_a_folder_is_made_only_when_it_is_wanted(tmp_path: Path) -> None:
    check_folder(tmp_path / "a" / "b")
    assert list(tmp_path.iterdir()) == []
    outputs.make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()
    for path in (under_a_file(tmp_path), Path("/proc/pictures"), tmp_path / ("x" * 300)):
        with pytest.raises(OutputError):
            check_folder(path)
