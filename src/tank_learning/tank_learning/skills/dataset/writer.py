"""Writes a dataset, episode by episode, into a new folder or one that has some.

An episode is there when info.json counts it, which is written last; every file is replaced whole.
So a writer that is killed leaves a dataset that can be read and gone on with, and the same episodes
are the same bytes, in however many runs they were written.
"""

from __future__ import annotations

import json
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from tank_core.io import outputs
from tank_core.io.one_line import quoted
from tank_learning.skills.dataset import statistics, tables, video
from tank_learning.skills.dataset.demonstration import Demonstration
from tank_learning.skills.dataset.reader import Dataset, EpisodeLocation, File
from tank_learning.skills.dataset.spec import (
    ACTION,
    DATA_PATH,
    EPISODES_PATH,
    FILE_MB,
    FILES_IN_CHUNK,
    IMAGES,
    INFO,
    STATE,
    STATS,
    TASKS,
    VIDEO_PATH,
    DatasetError,
    Spec,
)
from tank_learning.skills.dataset.statistics import Statistics

CURE = "name another --out"
SOURCE = "source"  # a column of our own in the table of episodes


class DatasetWriter:
    """Appends demonstrations to the dataset in a folder.

    A folder that is not there is made. Raises DatasetError where there is something else in it, or
    a dataset of other frames.
    """

    def __init__(self, folder: Path, spec: Spec, file_mb: float = FILE_MB) -> None:
        """Go on with a dataset; a file is full from ``file_mb`` on."""
        self.folder, self.spec, self._file_bytes = folder, spec, file_mb * 1e6
        if not (folder / INFO).is_file():
            outputs.make_folder(folder / "meta", CURE)
            if any(path.name != "meta" for path in folder.iterdir()):
                raise DatasetError(f"{quoted(str(folder))} is not empty, and no dataset; {CURE}")
            self._write_json(INFO, spec.info(0, 0, 0))
        dataset = Dataset(folder)
        _check_same(folder, dataset, spec)
        self._tasks = list(dataset.tasks)
        self._episodes = list(dataset.episodes)
        self._sources = {episode.source for episode in self._episodes if episode.source}
        rows = [row for table in dataset.episode_tables.values() for row in _statistics(table)]
        self._statistics = reduce(_merged, rows) if rows else {}

    @property
    def episodes(self) -> int:
        """The number of episodes that are written."""
        return len(self._episodes)

    def has(self, source: str) -> bool:
        """Whether an episode from there is in it already."""
        return source in self._sources

    def append(self, shown: Demonstration) -> int:
        """Write an episode, and return its number.

        Raises DatasetError where it does not fit.
        """
        _check(shown, self.spec)
        number, start = len(self._episodes), self._frames()
        if shown.task not in self._tasks:
            self._tasks.append(shown.task)
        # each time, because one of an episode that was never finished may be in the file
        tables.write(self.folder / TASKS, tables.tasks_table(self._tasks))
        columns = {
            STATE: shown.states,
            ACTION: shown.actions,
            "timestamp": (np.arange(shown.length) / self.spec.fps).astype(np.float32),
        }
        index = {
            "frame_index": np.arange(shown.length),
            "episode_index": np.full(shown.length, number),
            "index": np.arange(start, start + shown.length),
            "task_index": np.full(shown.length, self._tasks.index(shown.task)),
        }
        videos = {
            IMAGES + name: self._add_video(IMAGES + name, images)
            for name, images in shown.images.items()
        }
        data = self._add_data(tables.frames_table(columns, index), shown.length)
        known = {name: statistics.of_numbers(_wide(one)) for name, one in columns.items()}
        known |= {name: statistics.of_numbers(_wide(one)) for name, one in index.items()}
        known |= {IMAGES + name: statistics.of_images(one) for name, one in shown.images.items()}
        file = self._next_table()
        episode = EpisodeLocation(
            number, shown.task, shown.length, start, shown.source, file, data, videos
        )  # fmt: skip
        self._add_row(episode, known)
        self._statistics = _merged(self._statistics, known) if number else known
        self._write_json(STATS, statistics.to_lists(self._statistics))
        self._episodes.append(episode)
        self._sources.add(shown.source)
        self._write_json(INFO, self.spec.info(number + 1, self._frames(), len(self._tasks)))
        return number

    def _frames(self) -> int:
        return sum(episode.length for episode in self._episodes)

    def _add_video(self, key: str, images: Any) -> tuple[File, int]:
        """Write images behind the others; their file, and first frame in it."""
        new = video.encoded(images, self.spec.fps)
        file = self._episodes[-1].videos[key][0] if self._episodes else (0, 0)
        keep = sum(one.length for one in self._episodes if one.videos[key][0] == file)
        if keep:
            old = self._video_path(key, file).read_bytes()
            both = (
                video.joined(old, keep, new, self.spec.fps)
                if len(old) + len(new) < self._file_bytes
                else None
            )
            if both is None:
                file, keep = _after(file), 0
            new = both or new
        path = self._video_path(key, file)
        outputs.make_folder(path.parent)
        outputs.write(path, new)
        return file, keep

    def _add_data(self, table: Any, length: int) -> File:
        file = self._episodes[-1].data if self._episodes else (0, 0)
        path = self._path(DATA_PATH, file)
        rows = [one.length for one in self._episodes if one.data == file]
        if rows and path.stat().st_size >= self._file_bytes:
            file, rows = _after(file), []
            path = self._path(DATA_PATH, file)
        if rows:
            table = pa.concat_tables([tables.read(path).slice(0, sum(rows)), table])
        tables.write(path, table, (*rows, length))
        return file

    def _next_table(self) -> File:
        """The file of episodes that the next one goes into."""
        file = self._episodes[-1].table if self._episodes else (0, 0)
        path = self._path(EPISODES_PATH, file)
        full = self._episodes and path.stat().st_size >= self._file_bytes
        return _after(file) if full else file

    def _add_row(self, episode: EpisodeLocation, known: dict[str, Statistics]) -> None:
        table = pa.Table.from_pylist([_row(episode, known, self.spec.fps)])
        path = self._path(EPISODES_PATH, episode.table)
        rows = sum(one.table == episode.table for one in self._episodes)
        if rows:
            table = pa.concat_tables([tables.read(path).slice(0, rows), table])
        tables.write(path, table)

    def _path(self, pattern: str, file: File) -> Path:
        return self.folder / pattern.format(chunk_index=file[0], file_index=file[1])

    def _video_path(self, key: str, file: File) -> Path:
        name = VIDEO_PATH.format(video_key=key, chunk_index=file[0], file_index=file[1])
        return self.folder / name

    def _write_json(self, name: str, data: dict[str, Any]) -> None:
        outputs.write(self.folder / name, json.dumps(data, indent=4).encode())


def _check_same(folder: Path, dataset: Dataset, spec: Spec) -> None:
    """Raises DatasetError where a dataset's frames are of another kind."""
    for name in ("robot_type", "fps", "state", "action", "cameras"):
        there, new = getattr(dataset.spec, name), getattr(spec, name)
        if there != new:
            raise DatasetError(
                f"{quoted(str(folder))} has {name} {there}, and what is to be added {new}; {CURE}"
            )
    if any(SOURCE not in table.column_names for table in dataset.episode_tables.values()):
        raise DatasetError(
            f"{quoted(str(folder))} was not written by ./tank learn record, which cannot go on "
            f"with it; {CURE}"
        )


def _check(shown: Demonstration, spec: Spec) -> None:
    """Raises DatasetError where a demonstration is none of such frames."""
    wanted = {
        "states": (shown.states.shape, (shown.length, len(spec.state))),
        "actions": (shown.actions.shape, (shown.length, len(spec.action))),
        **{
            f"images of {name}": (
                shown.images[name].shape if name in shown.images else None,
                (shown.length, height, width, 3),
            )
            for name, (width, height) in spec.cameras.items()
        },
    }
    for what, (got, want) in wanted.items():
        if got != want or not shown.length:
            raise DatasetError(f"an episode's {what} are {got}, and must be {want} of 1 or more")
    if not (np.isfinite(shown.states).all() and np.isfinite(shown.actions).all()):
        raise DatasetError(f"an episode of “{shown.task}” has numbers that are not finite")
    if not shown.task.strip():
        raise DatasetError("an episode has no task; say in a sentence what is done in it")


def _row(episode: EpisodeLocation, known: dict[str, Statistics], fps: int) -> dict[str, Any]:
    """An episode's row in the table of episodes."""
    row: dict[str, Any] = {
        "episode_index": episode.index,
        "tasks": [episode.task],
        "length": episode.length,
        SOURCE: episode.source,
        **_file_columns("data", episode.data),
        "dataset_from_index": episode.start,
        "dataset_to_index": episode.start + episode.length,
    }
    for key, (file, first) in episode.videos.items():
        row |= _file_columns(f"videos/{key}", file)
        row[f"videos/{key}/from_timestamp"] = first / fps
        row[f"videos/{key}/to_timestamp"] = (first + episode.length) / fps
    row |= _file_columns("meta/episodes", episode.table)
    for feature, some in statistics.to_lists(known).items():
        row |= {f"stats/{feature}/{name}": value for name, value in some.items()}
    return row


def _statistics(table: Any) -> list[dict[str, Statistics]]:
    """The statistics of each episode in a table."""
    names = [name for name in table.column_names if name.startswith("stats/")]
    found = []
    for row in table.select(names).to_pylist():
        some: dict[str, Statistics] = {}
        for name, value in row.items():
            feature, _, kind = name.removeprefix("stats/").rpartition("/")
            some.setdefault(feature, {})[kind] = np.array(value)
        found.append(some)
    return found


def _merged(one: dict[str, Statistics], other: dict[str, Statistics]) -> dict[str, Statistics]:
    return {name: statistics.merged(one[name], other[name]) for name in one}


def _file_columns(key: str, file: File) -> dict[str, int]:
    return {f"{key}/chunk_index": file[0], f"{key}/file_index": file[1]}


def _after(file: File) -> File:
    chunk, number = file
    return (chunk + 1, 0) if number == FILES_IN_CHUNK - 1 else (chunk, number + 1)


def _wide(values: Any) -> Any:
    return values.reshape(len(values), -1)
