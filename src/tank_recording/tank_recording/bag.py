"""A recording's layout, as rosbag2 wants it: topics, profiles, metadata.yaml.

Its sources say so: rosbag2_storage/yaml.hpp, qos.cpp and rosbag2_storage_mcap/mcap_storage.cpp.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tank_core.exceptions import TankError
from tank_core.io.outputs import write

VERSION = 9  # of BagMetadata, in Jazzy and Kilted
STORAGE, ENCODING, SCHEMA_ENCODING, PROFILE = "mcap", "cdr", "ros2msg", "ros2"
METADATA, SUFFIX = "metadata.yaml", ".mcap"
QOS_KEY, HASH_KEY = "offered_qos_profiles", "topic_type_hash"  # of a channel's metadata

# A profile as rosbag2 writes one: policies by their names, durations as sec and nsec.
Profile = dict[str, Any]


class RecordingError(TankError):
    """A recording that cannot be made or read; the message says why."""


@dataclass(frozen=True)
class BagTopic:
    """A topic as it was offered when it was recorded."""

    name: str  # from the root, such as "/odom"
    type: str  # such as "nav_msgs/msg/Odometry"
    definition: str  # see ``definitions.full_text``
    profiles: tuple[Profile, ...] = ()
    type_hash: str = ""

    def channel(self) -> dict[str, str]:
        """The metadata of its channel."""
        return {QOS_KEY: _yaml(list(self.profiles)).rstrip("\n"), HASH_KEY: self.type_hash}


@dataclass(frozen=True)
class FileSummary:
    """A file of a recording: times [ns], and the messages of each topic."""

    name: str
    start: int
    end: int
    counts: Mapping[str, int]  # by the topic's name
    topics: tuple[BagTopic, ...]


def profiles_of(channel: Mapping[str, str]) -> tuple[Profile, ...]:
    """The profiles in a channel's metadata; none where none can be read."""
    try:
        found = yaml.safe_load(channel.get(QOS_KEY, ""))
    except yaml.YAMLError:
        return ()
    return tuple(one for one in found or () if isinstance(one, dict))


def metadata(files: Sequence[FileSummary], distro: str) -> dict[str, Any]:
    """The content of metadata.yaml for these files."""
    topics = {topic.name: topic for file in files for topic in file.topics}
    counts = {
        name: sum(file.counts.get(name, 0) for file in files)
        for name in topics
    }  # fmt: skip
    full = [file for file in files if sum(file.counts.values())]
    start = min((file.start for file in full), default=0)
    end = max((file.end for file in full), default=0)
    information = {
        "version": VERSION,
        "storage_identifier": STORAGE,
        "duration": {"nanoseconds": end - start},
        "starting_time": {"nanoseconds_since_epoch": start},
        "message_count": sum(counts.values()),
        "topics_with_message_count": [
            {"topic_metadata": _topic(topic), "message_count": counts[name]}
            for name, topic in topics.items()
        ],
        # of whole files or single messages; the chunks of MCAP are compressed by themselves
        "compression_format": "",
        "compression_mode": "",
        "relative_file_paths": [file.name for file in files],
        "files": [_file(file) for file in files],
        "custom_data": {},
        "ros_distro": distro,
    }
    return {"rosbag2_bagfile_information": information}


def write_metadata(folder: Path, files: Sequence[FileSummary], distro: str) -> None:
    """Write metadata.yaml into a recording's folder. Raises OutputError."""
    write(folder / METADATA, _yaml(metadata(files, distro)).encode())


def _topic(topic: BagTopic) -> dict[str, Any]:
    return {
        "name": topic.name,
        "type": topic.type,
        "serialization_format": ENCODING,
        QOS_KEY: list(topic.profiles),
        "type_description_hash": topic.type_hash,
    }


def _file(file: FileSummary) -> dict[str, Any]:
    return {
        "path": file.name,
        "starting_time": {"nanoseconds_since_epoch": file.start},
        "duration": {"nanoseconds": file.end - file.start},
        "message_count": sum(file.counts.values()),
    }


class _Plain(yaml.SafeDumper):
    """Writes no anchors: rosbag2's profiles are often alike."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _yaml(data: Any) -> str:
    return yaml.dump(data, Dumper=_Plain, sort_keys=False)
