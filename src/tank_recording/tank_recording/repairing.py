"""Repairs a torn file: all that can be read of it becomes a whole one."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from mcap.records import Channel, McapRecord, Metadata, Schema
from mcap.records import Message as McapMessage
from mcap.stream_reader import StreamReader

from tank_core.io.one_line import quoted
from tank_recording.bag import RecordingError, write_metadata
from tank_recording.reading import BROKEN, LONGEST_RECORD, files_of, opened, summary_of, topic_of
from tank_recording.writing import McapFile

TORN = ".torn"  # what the old file's name ends in
DRAFT = ".repaired"


@dataclass(frozen=True)
class Repaired:
    """A file that was torn: what was kept of it, and where it lies as it was."""

    path: Path
    torn: Path
    messages: int
    seconds: float


def repair(path: Path, distro: str) -> list[Repaired]:
    """Repair the torn files of a recording, a file or a folder.

    A file that was torn is kept beside it. In a folder metadata.yaml is written anew, and a file of
    which nothing can be read is put aside. Returns what was torn: nothing where all is whole.
    Raises RecordingError where nothing can be read at all.
    """
    files = files_of(path)
    mended = [_repair(file, alone=len(files) == 1) for file in files if not _is_whole(file)]
    left = [file for file in files if file.exists()]
    if not left:
        raise RecordingError(f"nothing can be read of {quoted(str(path))}: no message is whole")
    if path.is_dir():
        write_metadata(path, [summary_of(file) for file in left], distro)
    return mended


def _is_whole(path: Path) -> bool:
    """Whether each of its records can be read, and what it says of itself."""
    try:
        summary_of(path)
        with opened(path) as stream:
            deque(_checked(stream), maxlen=0)
    except (RecordingError, *BROKEN):
        return False
    return True


def _checked(stream: IO[bytes]) -> Iterator[McapRecord]:
    # So that a page of zeros after a power cut is no message.
    reader = StreamReader(stream, validate_crcs=True, record_size_limit=LONGEST_RECORD)
    yield from reader.records


def _repair(path: Path, alone: bool) -> Repaired:
    draft, kept = path.with_name(path.name + DRAFT), path.with_name(path.name + TORN)
    if kept.exists():
        raise RecordingError(
            f"{quoted(str(kept))} is in the way: it was repaired before; move it away"
        )
    draft.unlink(missing_ok=True)
    file = McapFile(draft, {}, {})
    names: dict[int, str] = {}
    schemas: dict[int, Schema] = {}
    since = 0
    messages = 0
    for record in _records(path):
        match record:
            case Schema():
                schemas[record.id] = record
            case Channel():
                names[record.id] = record.topic
                file.add(topic_of(record, schemas.get(record.schema_id)))
            case Metadata():
                file.note(record.name, record.metadata)
            case McapMessage():
                since = since or record.log_time
                topic = names[record.channel_id]
                file.write(topic, record.data, record.log_time, record.publish_time)
                messages += 1
    summary = file.close()
    if not messages:
        draft.unlink()
        if alone:
            raise RecordingError(f"nothing can be read of {quoted(str(path))}: no message is whole")
        path.rename(kept)
        return Repaired(path, kept, 0, 0.0)
    path.rename(kept)
    draft.rename(path)
    return Repaired(path, kept, messages, (summary.end - summary.start) * 1e-9)


def _records(path: Path) -> Iterator[McapRecord]:
    """The records up to the tear."""
    with opened(path) as stream, suppress(*BROKEN):
        yield from _checked(stream)
