"""Reads a dataset: what is in it, and its episodes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from tank_core.io.inputs import InputError, parse_json, read_bytes
from tank_core.io.one_line import quoted
from tank_learning.skills.dataset import tables, video
from tank_learning.skills.dataset.demonstration import Demonstration, Frames
from tank_learning.skills.dataset.spec import (
    ACTION,
    DATA_PATH,
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

File = tuple[int, int]  # chunk, and file in it


@dataclass(frozen=True)
class EpisodeLocation:
    """The place of an episode in the files."""

    index: int
    task: str
    length: int  # frames
    start: int  # its first frame's number in the dataset
    source: str  # empty where whoever wrote it says nothing
    table: File  # of episodes, where this is written
    data: File
    videos: Mapping[str, tuple[File, int]] = field(default_factory=dict)  # file, and first frame


class Dataset:
    """A dataset in a folder, as far as its info.json says that it is written.

    ``spec`` says what a frame has, ``tasks`` and ``episodes`` what there is. Raises DatasetError
    for none, and for one of another version.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.info = _json(folder, INFO)
        try:
            self.spec = Spec.from_info(self.info)
            count, tasks = int(self.info["total_episodes"]), int(self.info["total_tasks"])
        except (KeyError, TypeError, ValueError) as error:
            raise DatasetError(
                f"{quoted(str(folder / INFO))} lacks {error}; it is no dataset of a robot"
            ) from None
        self.tasks = tables.tasks_of(tables.read(folder / TASKS))[:tasks] if tasks else ()
        self.episode_tables = _episode_tables(folder, count)
        rows = [row for table in self.episode_tables.values() for row in _rows(table)]
        self.episodes = tuple(self._episode(row) for row in rows)
        self._data: tuple[File, Any] | None = None  # the file that was read last

    @property
    def frames(self) -> int:
        """The frames of all episodes."""
        return sum(episode.length for episode in self.episodes)

    @cached_property
    def statistics(self) -> dict[str, Statistics]:
        """Statistics by feature, for normalization; empty where there are none."""
        if not (self.folder / STATS).is_file():
            return {}
        return {
            feature: {name: np.array(value) for name, value in some.items()}
            for feature, some in _json(self.folder, STATS).items()
        }

    def episode(self, number: int, images: bool = True) -> Demonstration:
        """An episode; without ``images`` it is there at once."""
        one = self._known(number)
        table = self._table(one.data)
        first = int(table.column("index")[0].as_py())
        rows = table.slice(one.start - first, one.length)
        states, actions = tables.matrix(rows, STATE), tables.matrix(rows, ACTION)
        seen = {name: self.images(number, name) for name in self.spec.cameras} if images else {}
        return Demonstration(one.task, states, actions, seen, one.source)

    def images(self, number: int, camera: str, start: int = 0, count: int | None = None) -> Frames:
        """Images (count, height, width, 3) of an episode from ``start`` on."""
        one = self._known(number)
        file, first = one.videos[IMAGES + camera]
        path = self.folder / VIDEO_PATH.format(
            video_key=IMAGES + camera, chunk_index=file[0], file_index=file[1]
        )
        count = one.length - start if count is None else count
        return video.decoded(path, first + start, count, self.spec.fps)

    def _known(self, number: int) -> EpisodeLocation:
        if not 0 <= number < len(self.episodes):
            raise DatasetError(
                f"{quoted(str(self.folder))} has no episode {number}; it has {len(self.episodes)}, "
                "from 0 on"
            )
        return self.episodes[number]

    def _table(self, file: File) -> Any:
        if self._data is None or self._data[0] != file:
            path = self.folder / DATA_PATH.format(chunk_index=file[0], file_index=file[1])
            self._data = file, tables.read(path)
        return self._data[1]

    def _episode(self, row: Mapping[str, Any]) -> EpisodeLocation:
        videos = {}
        for name in self.spec.cameras:
            key = f"videos/{IMAGES}{name}"
            start = round(row[f"{key}/from_timestamp"] * self.spec.fps)
            videos[IMAGES + name] = (_file(row, key), start)
        return EpisodeLocation(
            row["episode_index"],
            row["tasks"][0],
            row["length"],
            row["dataset_from_index"],
            row.get("source", ""),
            _file(row, "meta/episodes"),
            _file(row, "data"),
            videos,
        )


def _episode_tables(folder: Path, count: int) -> dict[File, Any]:
    """The first ``count`` rows of the tables of episodes, by their files."""
    found: dict[File, Any] = {}
    for path in sorted((folder / "meta" / "episodes").glob("chunk-*/file-*.parquet")):
        left = count - sum(map(len, found.values()))
        if left > 0:
            file = (
                int(path.parent.name.removeprefix("chunk-")),
                int(path.stem.removeprefix("file-")),
            )
            found[file] = tables.read(path).slice(0, left)
    if sum(map(len, found.values())) < count:
        raise DatasetError(
            f"{quoted(str(folder))} should have {count} episodes, and its tables have "
            f"{sum(map(len, found.values()))}; restore them"
        )
    return found


def _rows(table: Any) -> list[dict[str, Any]]:
    names = [name for name in table.column_names if not name.startswith("stats/")]
    rows: list[dict[str, Any]] = table.select(names).to_pylist()
    return rows


def _file(row: Mapping[str, Any], key: str) -> File:
    return row[f"{key}/chunk_index"], row[f"{key}/file_index"]


def _json(folder: Path, name: str) -> dict[str, Any]:
    if not (folder / INFO).is_file():
        raise DatasetError(
            f"{quoted(str(folder))} is no dataset, for it has no {INFO}; name the folder of one"
        )
    try:
        data = parse_json(read_bytes(folder / name))
    except InputError as error:
        raise DatasetError(f"{error}; restore the file") from None
    if not isinstance(data, dict):
        raise DatasetError(f"{quoted(str(folder / name))} holds no JSON object; restore the file")
    return data
