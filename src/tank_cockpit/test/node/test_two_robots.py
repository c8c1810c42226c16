"""Two robots in one ROS domain, each in its namespace: neither hears the other."""

from __future__ import annotations

import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from types import ModuleType

import pytest

pytest.importorskip("rclpy", reason="ROS 2 is not installed here")
from cockpit_rig import Rig, rig

from tank_recording.reading import Recording


@pytest.fixture
def robots(
    ros: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Rig, Rig]]:
    with (
        rig(tmp_path, monkeypatch, space="tank1") as first,
        rig(tmp_path, monkeypatch, space="tank2", page_port=24100) as second,
    ):
        yield first, second


def test_a_sentence_moves_one_of_two_robots_and_a_stop_stops_its_own(
    robots: tuple[Rig, Rig],
) -> None:
    first, second = robots
    for each in robots:
        assert each.cockpit.asking.say("a long way, then left")
        each.wait(lambda each=each: each.moving, "it to drive")
    door = first.cockpit.door
    assert door is not None
    lane = HTTPConnection("127.0.0.1", door.stop_port, timeout=60.0)
    lane.request("POST", "/stop", headers={"Origin": f"http://127.0.0.1:{door.page_port}"})
    assert lane.getresponse().status == 200
    lane.close()
    first.wait(lambda: first.robot.controller.stopped, "the first to stop")
    assert not first.moving
    assert second.moving and not second.robot.controller.stopped
    assert second.executor.runner.running and not first.executor.runner.running
    second.robot.stop_robot("a test")


def test_each_page_shows_which_robot_it_is_and_hears_its_own(robots: tuple[Rig, Rig]) -> None:
    first, second = robots
    first.cockpit.asking.say("where are you")
    first.wait(lambda: first.cockpit.board.talk.entries, "the answer")
    assert not second.cockpit.board.talk.entries
    assert [each.cockpit.server._hello["name"] for each in robots] == ["tank1", "tank2"]


def test_the_button_of_a_page_records_its_own_robot_alone(
    robots: tuple[Rig, Rig], tmp_path: Path
) -> None:
    _, second = robots
    second.cockpit.recording.press(True)
    end = time.monotonic() + 30.0
    while second.robot.count_subscribers("odom") < 3 and time.monotonic() < end:
        time.sleep(0.01)  # the executor, the cockpit, and the recorder
    second.cockpit.recording.close()
    (folder,) = (tmp_path / "tank" / "recordings").iterdir()
    recording = Recording(folder)
    assert list(recording.messages(["/tank2/odom"]))
    assert all(topic.startswith(("/tank2/", "/clock")) for topic in recording.topics)
