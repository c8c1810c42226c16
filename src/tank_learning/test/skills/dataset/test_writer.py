"""Laws of writing and reading: nothing is lost, whatever happens in between."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from small_demonstrations import SPEC, demonstration

from tank_core.io import outputs
from tank_learning.skills.dataset import Dataset, DatasetError, DatasetWriter, chunks
from tank_learning.skills.dataset.video import decoded, encoded

WRITES = 6  # of an episode: video, frames, tasks, episodes, statistics, info


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def written(folder: Path, count: int, at_once: int = 100, **options: float) -> Path:
    """A dataset of ``count`` episodes, by a new writer after each ``at_once``."""
    for number in range(count):
        if number % at_once == 0:
            writer = DatasetWriter(folder, SPEC, **options)
        writer.append(demonstration(number))
    return folder


def test_what_is_read_is_what_was_written(tmp_path: Path) -> None:
    dataset = Dataset(written(tmp_path / "set", 3))
    assert dataset.spec == SPEC and dataset.frames == 12
    for number in (2, 0, 1):
        read, right = dataset.episode(number), demonstration(number)
        assert (read.task, read.source) == (right.task, right.source)
        assert np.array_equal(read.states, right.states)
        assert np.array_equal(read.actions, right.actions)
        difference = np.abs(read.images["front"].astype(int) - right.images["front"])
        assert difference.mean() < 4.0  # H.264
        assert np.array_equal(dataset.images(number, "front", 1, 2), read.images["front"][1:3])
    with pytest.raises(DatasetError, match="no episode 3"):
        dataset.episode(3)


@pytest.mark.parametrize("at_once", [1, 2])
def test_in_several_runs_the_same_bytes_are_written(tmp_path: Path, at_once: int) -> None:
    assert files(written(tmp_path / "once", 4)) == files(
        written(tmp_path / "often", 4, at_once=at_once)
    )


def test_small_files_hold_the_same(tmp_path: Path) -> None:
    small = written(tmp_path / "small", 4, file_mb=0.002, at_once=3)
    assert len(list(small.glob("data/chunk-000/*"))) > 1
    assert len(list(small.glob("videos/*/chunk-000/*"))) > 1
    assert len(list(small.glob("meta/episodes/chunk-000/*"))) > 1
    many, one = Dataset(small), Dataset(written(tmp_path / "one", 4))
    for number in range(4):
        read, right = many.episode(number), one.episode(number)
        assert np.array_equal(read.actions, right.actions)
        assert np.array_equal(read.images["front"], right.images["front"])


@pytest.mark.parametrize("after", range(WRITES))
def test_a_crash_leaves_what_was_there_and_nothing_of_it_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    """Killed before each of an episode's files; then another one is written."""
    folder = written(tmp_path / "set", 2)
    DatasetWriter(folder, SPEC).append(replace(demonstration(2), task="turn left"))
    whole = files(folder)
    count = 0

    def write(path: Path, data: bytes, cure: str = "") -> None:
        nonlocal count
        if count == after:
            raise KeyboardInterrupt
        count += 1
        real(path, data)

    real = outputs.write
    writer = DatasetWriter(folder, SPEC)
    monkeypatch.setattr(outputs, "write", write)
    with pytest.raises(KeyboardInterrupt):
        writer.append(replace(demonstration(3, frames=7), task="wave"))
    monkeypatch.undo()

    dataset = Dataset(folder)
    assert len(dataset.episodes) == 3 and dataset.tasks[-1] == "turn left"
    assert np.array_equal(dataset.episode(2).actions, demonstration(2).actions)
    assert len(dataset.episode(2).images["front"]) == 4
    DatasetWriter(folder, SPEC).append(demonstration(4))
    other = tmp_path / "other"
    for path, data in whole.items():
        (other / path).parent.mkdir(parents=True, exist_ok=True)
        (other / path).write_bytes(data)
    DatasetWriter(other, SPEC).append(demonstration(4))
    assert files(folder) == files(other)


def test_a_source_is_known_again(tmp_path: Path) -> None:
    folder = written(tmp_path / "set", 2)
    assert DatasetWriter(folder, SPEC).has("dice 1")
    assert not DatasetWriter(folder, SPEC).has("dice 2")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"fps": 20}, "fps 10"),
        ({"robot_type": "rasptank"}, "robot_type tank"),
        ({"cameras": {}}, "cameras"),
        ({"action": ("arm.pos",)}, "action"),
    ],
)
def test_other_frames_are_not_added(tmp_path: Path, change: dict, said: str) -> None:
    folder = written(tmp_path / "set", 1)
    before = files(folder)
    with pytest.raises(DatasetError, match=f"{said}.*name another --out"):
        DatasetWriter(folder, replace(SPEC, **change))
    assert files(folder) == before


def test_what_is_no_dataset_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("a letter")
    with pytest.raises(DatasetError, match="not empty"):
        DatasetWriter(tmp_path, SPEC)
    with pytest.raises(DatasetError, match="no dataset"):
        Dataset(tmp_path)
    folder = written(tmp_path / "set", 1)
    for name, text in (("meta/info.json", "{}"), ("meta/info.json", "["), ("meta/info.json", "1")):
        (folder / name).write_text(text)
        with pytest.raises(DatasetError):
            Dataset(folder)


@pytest.mark.parametrize(
    "broken", ["meta/tasks.parquet", "meta/episodes/chunk-000/file-000.parquet"]
)
def test_a_torn_table_is_told_by_name(tmp_path: Path, broken: str) -> None:
    folder = written(tmp_path / "set", 1)
    (folder / broken).write_bytes((folder / broken).read_bytes()[:100])
    with pytest.raises(DatasetError, match=Path(broken).name):
        Dataset(folder)


def test_a_torn_video_is_told_by_name(tmp_path: Path) -> None:
    folder = written(tmp_path / "set", 1)
    (video,) = folder.glob("videos/*/*/*.mp4")
    video.write_bytes(video.read_bytes()[:200])
    with pytest.raises(DatasetError, match=r"file-000\.mp4"):
        Dataset(folder).episode(0)


def test_an_episode_that_does_not_fit_changes_nothing(tmp_path: Path) -> None:
    folder = written(tmp_path / "set", 1)
    before = files(folder)
    good = demonstration(1)
    bad = [
        replace(good, actions=good.actions[:, :2]),
        replace(good, states=good.states[:3]),
        replace(good, states=good.states * np.nan),
        replace(good, images={}),
        replace(good, images={"front": good.images["front"][:, :10]}),
        replace(good, task=" "),
        replace(good, actions=good.actions[:0], states=good.states[:0]),
    ]
    for one in bad:
        with pytest.raises(DatasetError):
            DatasetWriter(folder, SPEC).append(one)
    assert files(folder) == before


def test_chunks_repeat_the_last_action_and_say_so() -> None:
    actions = np.arange(6, dtype=np.float32).reshape(3, 2)
    found, is_pad = chunks(actions, 2)
    assert np.array_equal(found[0], actions[:2]) and np.array_equal(found[2], actions[[2, 2]])
    assert is_pad.tolist() == [[False, False], [False, False], [False, True]]


def test_any_frame_of_a_video_is_found(tmp_path: Path) -> None:
    images = demonstration(0, frames=9).images["front"]
    path = tmp_path / "one.mp4"
    path.write_bytes(encoded(images, 10))
    whole = decoded(path, 0, 9, 10)
    for start in range(9):
        assert np.array_equal(decoded(path, start, 1, 10)[0], whole[start])
    with pytest.raises(DatasetError, match="no frames 8 to 9"):
        decoded(path, 8, 2, 10)
    with pytest.raises(DatasetError, match="even"):
        encoded(images[:, :, :31], 10)
