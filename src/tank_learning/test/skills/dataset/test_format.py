"""A dataset as others read it: by pyarrow, PyAV and json alone."""

from __future__ import annotations

import json
from pathlib import Path

import av
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from small_demonstrations import SIZE, SPEC, TASKS, demonstration

from tank_learning.skills.dataset import DatasetWriter, Demonstration

SHOWN = [demonstration(number, frames=3 + number) for number in range(3)]
FRAMES = sum(one.length for one in SHOWN)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("written") / "dataset"
    writer = DatasetWriter(place, SPEC)
    assert [writer.append(one) for one in SHOWN] == [0, 1, 2]
    return place


def test_info_says_what_lerobot_asks_for(folder: Path) -> None:
    info = json.loads((folder / "meta/info.json").read_text())
    assert info["codebase_version"] == "v3.0" and info["robot_type"] == "tank"
    counts = {"episodes": 3, "frames": FRAMES, "tasks": 2}
    assert {name: info[f"total_{name}"] for name in counts} == counts
    assert info["fps"] == 10 and info["splits"] == {"train": "0:3"}
    features = info["features"]
    assert features["observation.state"]["shape"] == [3]
    assert features["action"]["names"] == list(SPEC.action)
    assert features["observation.images.front"]["shape"] == [SIZE[1], SIZE[0], 3]
    assert features["observation.images.front"]["dtype"] == "video"
    for name in ("timestamp", "frame_index", "episode_index", "index", "task_index"):
        assert features[name]["shape"] == [1]


def test_frames_are_rows_with_lists_of_fixed_size(folder: Path) -> None:
    table = pq.read_table(folder / "data/chunk-000/file-000.parquet")
    assert table.schema.field("action").type == pa.list_(pa.float32(), 3)
    assert table.column("index").to_pylist() == list(range(FRAMES))
    numbers = [number for number, one in enumerate(SHOWN) for _ in range(one.length)]
    assert table.column("episode_index").to_pylist() == numbers
    assert table.column("task_index").to_pylist() == [number % 2 for number in numbers]
    assert np.array_equal(
        np.array(table.column("observation.state").to_pylist(), np.float32),
        np.concatenate([one.states for one in SHOWN]),
    )
    second = table.column("timestamp").to_pylist()[3:7]
    assert second == pytest.approx([0.0, 0.1, 0.2, 0.3])
    groups = pq.ParquetFile(folder / "data/chunk-000/file-000.parquet").metadata
    assert [groups.row_group(one).num_rows for one in range(3)] == [3, 4, 5]


def test_tasks_are_the_index_that_pandas_makes_of_them(folder: Path) -> None:
    table = pq.read_table(folder / "meta/tasks.parquet")
    meta = json.loads(table.schema.metadata[b"pandas"])
    (index,) = meta["index_columns"]
    assert table.column(index).to_pylist() == list(TASKS)
    assert table.column("task_index").to_pylist() == [0, 1]
    assert {one["field_name"] for one in meta["columns"]} == {"task_index", index}


def test_episodes_say_where_their_frames_and_images_are(folder: Path) -> None:
    rows = pq.read_table(folder / "meta/episodes/chunk-000/file-000.parquet").to_pylist()
    video = folder / "videos/observation.images.front/chunk-000/file-000.mp4"
    with av.open(str(video)) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "h264" and stream.average_rate == 10
        images = {
            round(float(frame.pts * stream.time_base), 4): frame.to_ndarray(format="rgb24")
            for frame in container.decode(stream)
        }
    assert sorted(images) == pytest.approx([number / 10 for number in range(FRAMES)])
    for number, (row, one) in enumerate(zip(rows, SHOWN, strict=True)):
        assert (row["episode_index"], row["length"]) == (number, one.length)
        assert row["tasks"] == [one.task]
        assert row["dataset_to_index"] - row["dataset_from_index"] == one.length
        start = row["videos/observation.images.front/from_timestamp"]
        for frame, right in enumerate(one.images["front"]):
            shown = images[round(start + frame / 10, 4)]
            assert np.abs(shown.astype(int) - right).mean() < 4.0  # H.264
        assert row["stats/action/mean"] == pytest.approx(one.actions.mean(axis=0), abs=1e-6)


def test_statistics_are_those_of_all_frames(folder: Path) -> None:
    known = json.loads((folder / "meta/stats.json").read_text())
    actions = np.concatenate([one.actions for one in SHOWN]).astype(np.float64)
    for name in ("min", "max", "mean", "std"):
        assert known["action"][name] == pytest.approx(getattr(actions, name)(axis=0))
    assert known["action"]["count"] == [FRAMES]
    assert known["index"]["max"] == [FRAMES - 1]
    images = np.concatenate([one.images["front"] for one in SHOWN]) / 255
    for name in ("min", "max", "mean", "std"):
        values = np.array(known["observation.images.front"][name])
        assert values.shape == (3, 1, 1)
        assert values.ravel() == pytest.approx(getattr(images, name)(axis=(0, 1, 2)))
    # LeRobot makes a dataset's quantiles of its episodes'
    share = [np.quantile(one.actions.astype(np.float64), 0.9, axis=0) for one in SHOWN]
    weights = [one.length for one in SHOWN]
    assert known["action"]["q90"] == pytest.approx(np.average(share, axis=0, weights=weights))


def test_a_dataset_without_cameras_has_no_videos(tmp_path: Path) -> None:
    from dataclasses import replace

    spec = replace(SPEC, cameras={})
    one = demonstration(0, spec=spec)
    DatasetWriter(tmp_path / "set", spec).append(one)
    info = json.loads((tmp_path / "set/meta/info.json").read_text())
    assert info["video_path"] is None and not (tmp_path / "set/videos").exists()
    assert isinstance(one, Demonstration) and not one.images
