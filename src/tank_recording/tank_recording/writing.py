"""Writes a recording: a folder of MCAP files, a new one if one is large or old.

Pure but for the files: times are arguments.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import IO

from mcap.writer import CompressionType, Writer

from tank_core import __version__
from tank_core.io.one_line import quoted, reason
from tank_core.io.outputs import make_folder
from tank_recording.bag import (
    ENCODING,
    PROFILE,
    SCHEMA_ENCODING,
    SUFFIX,
    BagTopic,
    FileSummary,
    RecordingError,
    write_metadata,
)

LIBRARY = f"tank {__version__}, mcap {version('mcap')}"
CHUNK = 1 << 20  # bytes of a chunk before it is compressed
# [ns] after which a chunk is written though it is small: what a killed recorder can lose
CHUNK_NS = 2 * 10**9

Note = Mapping[str, str]


@dataclass(frozen=True)
class Limits:
    """When a new file is begun: at this size [bytes], after this time [ns]."""

    size: int = 1 << 30
    age: int = 3600 * 10**9


class McapFile:
    """A file that is written; torn, it can be read up to the last chunk."""

    def __init__(
        self, path: Path, topics: Mapping[str, BagTopic], notes: Mapping[str, Note]
    ) -> None:
        """Begin the file with these topics.

        Raises RecordingError where it cannot be made.
        """
        self.path, self.start, self.end = path, 0, 0
        self._counts: Counter[str] = Counter()
        self._chunk_since: int | None = None  # the first message [ns] that is not in the file yet
        self._schemas: dict[str, int] = {}
        self._channels: dict[str, int] = {}
        self._topics: dict[str, BagTopic] = {}
        try:
            self._stream: IO[bytes] = path.open("xb")
        except OSError as error:
            raise RecordingError(
                f"{quoted(str(path))} cannot be written: {reason(error)}; name another --out"
            ) from None
        self._writer = Writer(self._stream, chunk_size=CHUNK, compression=CompressionType.ZSTD)
        self._writer.start(profile=PROFILE, library=LIBRARY)
        for name, note in notes.items():
            self.note(name, note)
        for topic in topics.values():
            self.add(topic)

    @property
    def size(self) -> int:
        """Bytes in the file, without what is gathered for the next chunk."""
        return self._stream.tell()

    def add(self, topic: BagTopic) -> None:
        """Add a topic. Idempotent."""
        if topic.name in self._topics:
            return
        schema = self._schemas.get(topic.type)
        if schema is None:
            data = topic.definition.encode()
            schema = self._writer.register_schema(topic.type, SCHEMA_ENCODING, data)
            self._schemas[topic.type] = schema
        self._channels[topic.name] = self._writer.register_channel(
            topic.name, ENCODING, schema, topic.channel()
        )
        self._topics[topic.name] = topic

    def note(self, name: str, note: Note) -> None:
        """Add a metadata record, at once."""
        self._writer.add_metadata(name, dict(note))
        self._stream.flush()

    def write(self, topic: str, data: bytes, at: int, published: int) -> None:
        """Add a message that came ``at`` [ns] and was published [ns]."""
        self.start = at if not self._counts else min(self.start, at)
        self.end = max(self.end, at)
        self._counts[topic] += 1
        if self._chunk_since is None:
            self._chunk_since = at
        self._writer.add_message(self._channels[topic], at, data, published)

    def step(self, now: int) -> None:
        """Bring what has waited for long into the file."""
        if self._chunk_since is not None and now - self._chunk_since >= CHUNK_NS:
            self._chunk_since = None
            # The library ends a chunk by its size alone, and says so to nobody else.
            self._writer._Writer__finalize_chunk()  # type: ignore[attr-defined]
            self._stream.flush()

    def close(self) -> FileSummary:
        """Write the summary and close the file, which ``finish`` leaves open."""
        self._writer.finish()  # type: ignore[no-untyped-call]
        self._stream.close()
        topics = tuple(self._topics.values())
        return FileSummary(self.path.name, self.start, self.end, dict(self._counts), topics)


class BagWriter:
    """Writes a recording into a folder, until ``close``.

    ``add`` each topic before its first message, and call ``step`` several times a second.
    """

    def __init__(self, folder: Path, distro: str, limits: Limits = Limits()) -> None:
        """Make the folder.

        Raises RecordingError where there is something in it already.
        """
        self._made = not folder.exists()
        make_folder(folder)
        if any(folder.iterdir()):
            raise RecordingError(
                f"{quoted(str(folder))} is not empty, and a recording is not written over; "
                "name another --out"
            )
        self.folder, self.messages = folder, 0
        self._distro, self._limits = distro, limits
        self._topics: dict[str, BagTopic] = {}
        self._notes: dict[str, Note] = {}
        self._done: list[FileSummary] = []
        self._file: McapFile | None = None  # made for its first message
        self._since = 0  # [ns] of that

    @property
    def size(self) -> int:
        """Bytes of all files."""
        done = sum((self.folder / file.name).stat().st_size for file in self._done)
        return done + (self._file.size if self._file is not None else 0)

    def add(self, topic: BagTopic) -> None:
        """Add a topic, to this file and those that follow. Idempotent."""
        self._topics.setdefault(topic.name, topic)
        if self._file is not None:
            self._file.add(topic)

    def note(self, name: str, note: Note) -> None:
        """Add a metadata record to this file and those to follow. Idempotent."""
        if self._notes.get(name) != note:
            self._notes[name] = note
            if self._file is not None:
                self._file.note(name, note)

    def write(self, topic: str, data: bytes, at: int, published: int) -> None:
        """Add a message of a topic that is known: see ``McapFile.write``."""
        if self._file is None:
            name = f"{self.folder.resolve().name}_{len(self._done)}{SUFFIX}"
            self._file = McapFile(self.folder / name, self._topics, self._notes)
            self._since = at
        self._file.write(topic, data, at, published)
        self.messages += 1

    def step(self, now: int) -> None:
        """At ``now`` [ns]: write what waits, and end the file where it is full."""
        if self._file is None:
            return
        self._file.step(now)
        if now - self._since >= self._limits.age or self._file.size >= self._limits.size:
            self._end_file()

    def close(self) -> None:
        """End the last file, which makes the recording whole.

        There is none where nothing came.
        """
        self._end_file()
        if self._made and not self._done:
            self.folder.rmdir()

    def _end_file(self) -> None:
        if self._file is not None:
            self._done.append(self._file.close())
            self._file = None
            write_metadata(self.folder, self._done, self._distro)
