"""Torn recordings: what was written is kept, and the rest is refused in a line."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from bags import write_bag
from hypothesis import given, settings
from hypothesis import strategies as st

from tank_recording.bag import RecordingError
from tank_recording.reading import Recording
from tank_recording.repairing import repair

KILLED = """
import os, signal, sys
from pathlib import Path
from bags import BEGAN, SECOND, TEXT, text
from tank_recording.writing import BagWriter
writer = BagWriter(Path(sys.argv[1]), "jazzy")
writer.add(TEXT)
for number in range(20):
    now = BEGAN + number * SECOND
    writer.write(TEXT.name, text(f"message {number}"), now, now)
    writer.step(now)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[bytes]]:
    folder = tmp_path_factory.mktemp("whole") / "bag"
    return folder, write_bag(folder, 9)


@settings(max_examples=30)
@given(share=st.floats(0.0, 0.999))
def test_of_a_file_cut_anywhere_the_beginning_is_kept(
    whole: tuple[Path, list[bytes]], tmp_path_factory: pytest.TempPathFactory, share: float
) -> None:
    folder, written = whole
    data = (folder / "bag_0.mcap").read_bytes()
    file = tmp_path_factory.mktemp("cut") / "cut.mcap"
    file.write_bytes(data[: int(share * len(data))])
    with pytest.raises(RecordingError, match="--repair"):
        Recording(file)
    try:
        (mended,) = repair(file, "jazzy")
    except RecordingError as error:
        assert "no message" in str(error)
        return
    kept = [message.data for message in Recording(file).messages()]
    assert kept == written[: len(kept)] and len(kept) == mended.messages > 0
    assert mended.torn.read_bytes() == data[: int(share * len(data))]
    assert Recording(file).topics == Recording(folder).topics
    assert Recording(file).notes("tank") == [{"world": "empty"}]


def test_a_damaged_chunk_is_no_message(whole: tuple[Path, list[bytes]], tmp_path: Path) -> None:
    """Its sum is wrong: zeros, as after a power cut, are not taken for data."""
    folder, written = whole
    data = bytearray((folder / "bag_0.mcap").read_bytes())
    middle = data.index(b"\x28\xb5\x2f\xfd", len(data) // 4)  # a chunk's zstd frame
    data[middle + 12 : middle + 20] = bytes(8)
    file = tmp_path / "damaged.mcap"
    file.write_bytes(data[:-20])
    repair(file, "jazzy")
    kept = [message.data for message in Recording(file).messages()]
    assert kept == written[: len(kept)] and 0 < len(kept) < len(written)


def test_damage_in_the_middle_of_a_complete_file_is_found_and_told(
    whole: tuple[Path, list[bytes]], tmp_path: Path
) -> None:
    folder, written = whole
    data = bytearray((folder / "bag_0.mcap").read_bytes())
    middle = data.index(b"\x28\xb5\x2f\xfd", len(data) // 4)
    data[middle + 12 : middle + 20] = bytes(8)
    file = tmp_path / "bag_0.mcap"
    file.write_bytes(data)
    (tmp_path / "bag_1.mcap").write_bytes(data[:40])  # a recorder that was killed at once
    with pytest.raises(RecordingError, match="--repair"):
        list(Recording(file).messages())
    mended = repair(tmp_path, "jazzy")
    assert [one.messages > 0 for one in mended] == [True, False]
    kept = [message.data for message in Recording(tmp_path).messages()]
    assert kept == written[: len(kept)] and 0 < len(kept) < len(written)


def test_of_a_killed_recorder_two_seconds_are_lost_at_most(tmp_path: Path) -> None:
    folder = tmp_path / "killed"
    paths = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, str(folder)],
        env={**os.environ, "PYTHONPATH": paths}, check=False,
    )  # fmt: skip
    assert ended.returncode == -signal.SIGKILL
    (mended,) = repair(folder, "jazzy")
    recording = Recording(folder)
    assert 18 <= mended.messages <= 20
    assert [m.data[8:-1].decode() for m in recording.messages()] == [
        f"message {number}" for number in range(mended.messages)
    ]
    assert (folder / "metadata.yaml").is_file()


def test_what_is_whole_stays_as_it_is(whole: tuple[Path, list[bytes]], tmp_path: Path) -> None:
    shutil.copytree(whole[0], tmp_path / "bag")
    before = (tmp_path / "bag" / "bag_0.mcap").read_bytes()
    assert repair(tmp_path / "bag", "jazzy") == []
    assert (tmp_path / "bag" / "bag_0.mcap").read_bytes() == before


@pytest.mark.parametrize("data", [b"", b"no recording", bytes(100_000)])
def test_what_is_no_recording_is_refused_and_left(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "text.mcap"
    file.write_bytes(data)
    with pytest.raises(RecordingError, match="nothing can be read"):
        repair(file, "jazzy")
    assert [path.name for path in tmp_path.iterdir()] == ["text.mcap"]
    assert file.read_bytes() == data
