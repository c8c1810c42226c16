"""The pace of a recording that is shown again."""

from __future__ import annotations

from pathlib import Path

import pytest
from bags import BEGAN, FLAG, SECOND, TEXT, write_bag
from hypothesis import given, settings
from hypothesis import strategies as st

from tank_recording.playback import Playback, Transport, time_line
from tank_recording.reading import Recording
from tank_recording.writing import BagWriter


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    folder = tmp_path_factory.mktemp("playback") / "bag"
    write_bag(folder, 10)
    return Recording(folder)


@settings(max_examples=40)
@given(
    rate=st.floats(0.1, 10.0),
    looks=st.lists(st.floats(0.0, 200.0), min_size=1, max_size=8).map(sorted),
)
def test_each_message_comes_once_when_it_is_due(
    recording: Recording, rate: float, looks: list[float]
) -> None:
    playback = Playback(recording, [TEXT.name], rate)
    told = []
    for elapsed in looks:
        told += playback.due(elapsed)
        assert all(message.at <= BEGAN + elapsed * rate * SECOND + 1 for message in told)
    due = [m for m in recording.messages() if m.at <= BEGAN + looks[-1] * rate * SECOND - 1]
    assert told[: len(due)] == due
    assert playback.ended == (len(told) == 10)


def test_what_latched_topics_said_before_the_start_comes_first(tmp_path: Path) -> None:
    writer = BagWriter(tmp_path / "bag", "jazzy")
    writer.add(TEXT)  # latched
    writer.add(FLAG)
    for second, topic in enumerate((TEXT, FLAG, FLAG, TEXT, FLAG)):
        writer.write(topic.name, bytes([second]), BEGAN + second * SECOND, 0)
    writer.close()
    playback = Playback(Recording(tmp_path / "bag"), [TEXT.name, FLAG.name], start=1.5)
    assert [message.data[0] for message in playback.due(0.0)] == [0]
    assert [message.data[0] for message in playback.due(10.0)] == [2, 3, 4]


def test_the_time_line_goes_from_one_end_to_the_other() -> None:
    assert time_line(0.0, 90.0, 4) == "0:00 ──── 1:30"
    assert time_line(45.0, 90.0, 4) == "0:45 ━━── 1:30"
    assert time_line(90.0, 90.0, 4) == "1:30 ━━━━ 1:30"


def test_it_is_halted_goes_on_and_is_moved(recording: Recording) -> None:
    shown = Transport(recording, [TEXT.name], rate=2.0, start=0.0, now=100.0)
    assert len(list(shown.due(101.0))) == 3  # at 0, 1 and 2 s
    shown.play(False, 101.0)
    assert list(shown.due(150.0)) == [] and shown.position(150.0) == 2.0
    shown.play(True, 150.0)
    assert len(list(shown.due(151.0))) == 2 and shown.position(151.0) == 4.0
    shown.seek(1.0, 151.0)
    assert [one.at - BEGAN for one in shown.due(151.5)] == [0, SECOND, 2 * SECOND]  # 0: latched
    shown.seek(1e9, 152.0)
    list(shown.due(153.0))
    assert shown.ended and not shown.playing and shown.position(153.0) == 9.0
    shown.play(True, 160.0)
    assert shown.playing and len(list(shown.due(160.0))) == 1
