"""Reads a recording: a file, or a folder of files. Pure but for the files."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from mcap.exceptions import McapError
from mcap.reader import SeekingReader
from mcap.records import Channel, Schema
from mcap.summary import Summary
from zstandard import ZstdError

from tank_core.io.one_line import quoted, reason
from tank_recording.bag import (
    HASH_KEY,
    SUFFIX,
    BagTopic,
    FileSummary,
    RecordingError,
    profiles_of,
)

LONGEST_RECORD = 1 << 28  # bytes; a damaged length would ask for more
# What the library raises on a file that is torn or none of its kind.
BROKEN = (McapError, ZstdError, ValueError, KeyError, AssertionError, EOFError, struct.error)


@dataclass(frozen=True)
class Message:
    """A message as it was recorded: when it came [ns], and its bytes."""

    topic: str
    at: int
    data: bytes


class Recording:
    """A recording that is whole, with its topics and times [ns].

    ``files`` are in their order, ``topics`` by name. Raises RecordingError for one that is torn or
    none, with the cure.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.paths = files_of(path)
        self.files = tuple(summary_of(one) for one in self.paths)
        self.topics = {topic.name: topic for file in self.files for topic in file.topics}
        full = [file for file in self.files if sum(file.counts.values())]
        if not full:
            raise RecordingError(f"{quoted(str(path))} holds no message; record it again")
        self.start = min(file.start for file in full)
        self.end = max(file.end for file in full)

    @property
    def seconds(self) -> float:
        """The length of the recording [s]."""
        return (self.end - self.start) * 1e-9

    def messages(self, topics: Iterable[str] | None = None, since: int = 0) -> Iterator[Message]:
        """Messages of these topics, or all, from ``since`` [ns] on, by time."""
        wanted = None if topics is None else list(topics)
        for path in self.paths:
            with opened(path) as stream:
                try:
                    found = _reader(stream).iter_messages(wanted, starting_at=since)
                    for _, channel, one in found:
                        yield Message(channel.topic, one.log_time, one.data)
                except BROKEN as error:
                    raise torn(path, error) from None

    def notes(self, name: str) -> list[dict[str, str]]:
        """The metadata records of that name, in their order."""
        found = []
        for path in self.paths:
            with opened(path) as stream:
                try:
                    records = _reader(stream).iter_metadata()
                    found += [dict(one.metadata) for one in records if one.name == name]
                except BROKEN as error:
                    raise torn(path, error) from None
        return found


def files_of(path: Path) -> list[Path]:
    """The MCAP files of a recording, in their order.

    Raises RecordingError for none.
    """
    if not path.exists():
        raise RecordingError(f"recording {quoted(str(path))} does not exist; name a file or folder")
    if path.is_file():
        return [path]
    found = sorted(path.glob(f"*{SUFFIX}"), key=_number)
    if not found:
        raise RecordingError(f"{quoted(str(path))} has no {SUFFIX} file in it; name another")
    return found


def _number(path: Path) -> tuple[int, str]:
    digits = path.stem.rpartition("_")[2]
    return (int(digits) if digits.isdecimal() else -1, path.name)


def summary_of(path: Path) -> FileSummary:
    """Read what a file says of itself at its end. Raises RecordingError."""
    with opened(path) as stream:
        try:
            summary = _reader(stream).get_summary()
        except (*BROKEN, OSError) as error:  # a short file has no place to look for its end at
            raise torn(path, error) from None
    if summary is None or summary.statistics is None:
        raise torn(path, None)
    return _summary(path.name, summary)


def opened(path: Path) -> IO[bytes]:
    """The file, to be read. Raises RecordingError."""
    try:
        return path.open("rb")
    except OSError as error:
        raise RecordingError(
            f"{quoted(str(path))} cannot be read: {reason(error)}; name another file"
        ) from None


def torn(path: Path, error: BaseException | None) -> RecordingError:
    """The refusal of a file that has no end, or is no MCAP at all."""
    why = f" ({reason(error)})" if error is not None and str(error) else ""
    return RecordingError(
        f"{quoted(str(path))} is torn, or no MCAP file{why}; "
        f"try ./tank record --repair {path}, which keeps what can be read"
    )


def _summary(name: str, summary: Summary) -> FileSummary:
    statistics = summary.statistics
    assert statistics is not None
    names = {number: channel.topic for number, channel in summary.channels.items()}
    counts = {names[number]: n for number, n in statistics.channel_message_counts.items()}
    topics = tuple(
        topic_of(channel, summary.schemas.get(channel.schema_id))
        for channel in summary.channels.values()
    )
    start, end = statistics.message_start_time, statistics.message_end_time
    return FileSummary(name, start, end, counts, topics)


def topic_of(channel: Channel, schema: Schema | None) -> BagTopic:
    """The topic that a channel was made from."""
    return BagTopic(
        channel.topic,
        schema.name if schema is not None else "",
        schema.data.decode(errors="replace") if schema is not None else "",
        profiles_of(channel.metadata),
        channel.metadata.get(HASH_KEY, ""),
    )


def _reader(stream: IO[bytes]) -> SeekingReader:
    return SeekingReader(stream, record_size_limit=LONGEST_RECORD)
