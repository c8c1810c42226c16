"""Recordings as they are written: two readers find all, and rosbag2 would."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from bags import BEGAN, FLAG, PROFILE, SECOND, TEXT, write_bag
from mcap.reader import make_reader
from rosbags.highlevel import AnyReader

from tank_recording.bag import RecordingError
from tank_recording.reading import Recording
from tank_recording.writing import BagWriter, Limits

NUMBER, WORD = int, str
NANOSECONDS, SINCE = {"nanoseconds": NUMBER}, {"nanoseconds_since_epoch": NUMBER}
SPAN = {"sec": NUMBER, "nsec": NUMBER}
# rosbag2_storage/yaml.hpp, decode of BagMetadata, TopicMetadata (version 9) and FileInformation;
# qos.cpp, decode of rclcpp::QoS.
QOS = {
    "history": WORD, "depth": NUMBER, "reliability": WORD, "durability": WORD, "deadline": SPAN,
    "lifespan": SPAN, "liveliness": WORD, "liveliness_lease_duration": SPAN,
    "avoid_ros_namespace_conventions": bool,
}  # fmt: skip
BAG = {
    "version": NUMBER, "storage_identifier": WORD, "duration": NANOSECONDS, "starting_time": SINCE,
    "message_count": NUMBER,
    "topics_with_message_count": [
        {
            "topic_metadata": {
                "name": WORD, "type": WORD, "serialization_format": WORD,
                "offered_qos_profiles": [QOS], "type_description_hash": WORD,
            },
            "message_count": NUMBER,
        }
    ],
    "compression_format": WORD, "compression_mode": WORD, "relative_file_paths": [WORD],
    "files": [
        {"path": WORD, "starting_time": SINCE, "duration": NANOSECONDS, "message_count": NUMBER}
    ],
    "custom_data": {}, "ros_distro": WORD,
}  # fmt: skip


def fits(data: Any, shape: Any) -> bool:
    """Whether data has a shape: every key, and values of the right kind."""
    if isinstance(shape, dict):
        return data.keys() == shape.keys() and all(fits(data[k], shape[k]) for k in shape)
    if isinstance(shape, list):
        return all(fits(each, shape[0]) for each in data)
    return type(data) is shape


def test_metadata_is_what_rosbag2_decodes(tmp_path: Path) -> None:
    write_bag(tmp_path / "bag", 7, Limits(age=3 * SECOND))
    found = yaml.safe_load((tmp_path / "bag" / "metadata.yaml").read_text())
    (information,) = found.values()
    assert list(found) == ["rosbag2_bagfile_information"] and fits(information, BAG)
    assert (information["version"], information["storage_identifier"]) == (9, "mcap")
    assert information["starting_time"] == {"nanoseconds_since_epoch": BEGAN}
    assert information["duration"] == {"nanoseconds": 6 * SECOND}
    first, second = information["topics_with_message_count"]
    assert first["message_count"] == information["message_count"] == 7
    assert first["topic_metadata"]["offered_qos_profiles"] == [PROFILE]
    assert second["message_count"] == 0
    names = information["relative_file_paths"]
    assert names == [file["path"] for file in information["files"]]
    assert sorted(names) == sorted(path.name for path in (tmp_path / "bag").glob("*.mcap"))
    assert "&" not in (tmp_path / "bag" / "metadata.yaml").read_text()  # no anchors


def test_a_file_is_what_rosbag2s_storage_reads(tmp_path: Path) -> None:
    """The summary has what mcap_storage.cpp reads.

    Statistics, chunk indexes, schemas and channels.
    """
    written = write_bag(tmp_path / "bag", 5)
    with (tmp_path / "bag" / "bag_0.mcap").open("rb") as stream:
        reader = make_reader(stream, validate_crcs=True)
        assert reader.get_header().profile == "ros2"
        summary = reader.get_summary()
        assert summary is not None and summary.statistics is not None
        assert summary.statistics.message_count == 5
        assert {one.name: one.encoding for one in summary.schemas.values()} == {
            "std_msgs/msg/String": "ros2msg", "std_msgs/msg/Bool": "ros2msg",
        }  # fmt: skip
        channel = next(one for one in summary.channels.values() if one.topic == TEXT.name)
        assert channel.message_encoding == "cdr"
        assert yaml.safe_load(channel.metadata["offered_qos_profiles"]) == [PROFILE]
        assert channel.metadata["topic_type_hash"] == TEXT.type_hash
        assert {one.compression for one in summary.chunk_indexes} == {"zstd"}
        assert all(one.message_index_length for one in summary.chunk_indexes)
        messages = [message for _, _, message in reader.iter_messages()]
    assert [message.data for message in messages] == written
    assert [message.publish_time - message.log_time for message in messages] == [-5] * 5


@pytest.mark.parametrize("name", ["", "bag_0.mcap"])
def test_a_reader_of_others_finds_the_same(tmp_path: Path, name: str) -> None:
    written = write_bag(tmp_path / "bag", 5)
    with AnyReader([tmp_path / "bag" / name]) as reader:
        found = [(bytes(raw), at) for connection, at, raw in reader.messages()]
        said = [
            reader.deserialize(raw, connection.msgtype).data
            for connection, _, raw in reader.messages()
        ]
    assert found == [(data, BEGAN + n * SECOND) for n, data in enumerate(written)]
    assert said == [f"message {n}" for n in range(5)]


@pytest.mark.parametrize("limits", [Limits(age=3 * SECOND), Limits(size=700)])
def test_files_are_changed_by_time_and_size_and_each_stands_alone(
    tmp_path: Path, limits: Limits
) -> None:
    written = write_bag(tmp_path / "bag", 12, limits)
    whole = Recording(tmp_path / "bag")
    assert len(whole.paths) > 1
    assert [message.data for message in whole.messages()] == written
    for path in whole.paths:
        alone = Recording(path)
        assert alone.topics.keys() == {TEXT.name, FLAG.name}
        assert alone.notes("tank") == [{"world": "empty"}]
    assert whole.seconds == 11.0
    with AnyReader([tmp_path / "bag"]) as reader:
        assert [bytes(raw) for _, _, raw in reader.messages()] == written


def test_a_recording_is_not_written_over(tmp_path: Path) -> None:
    write_bag(tmp_path / "bag", 1)
    with pytest.raises(RecordingError, match="not empty"):
        BagWriter(tmp_path / "bag", "jazzy")


def test_where_nothing_came_nothing_is_left_that_was_not_there(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    for name in ("mine", "new"):
        BagWriter(tmp_path / name, "jazzy").close()
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_messages_come_from_a_time_on_and_of_the_wanted_topics(tmp_path: Path) -> None:
    written = write_bag(tmp_path / "bag", 6)
    recording = Recording(tmp_path / "bag")
    late = [message.data for message in recording.messages(None, BEGAN + 4 * SECOND)]
    assert late == written[4:]
    assert list(recording.messages([FLAG.name])) == []
