"""The cockpit's node among its stack: what it hears, and that a stop stops."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect

pytest.importorskip("rclpy", reason="ROS 2 is not installed here")
from cockpit_rig import Rig, rig

from tank_cockpit.stop_watch import StopState
from tank_core.testing.lateness import Lateness
from tank_executor.plan import PlanState
from tank_recording.reading import Recording

PATIENCE_S = 60.0


@pytest.fixture
def stack(ros: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    with rig(tmp_path, monkeypatch) as made:
        yield made


def page_of(stack: Rig) -> Any:
    door = stack.cockpit.door
    assert door is not None
    host = f"127.0.0.1:{door.page_port}"
    return connect(f"ws://{host}/socket", origin=f"http://{host}", proxy=None)


def hear(page: ClientConnection, kind: str, **wanted: Any) -> dict[str, Any]:
    """The next letter of a kind that has these values."""
    end, others = time.monotonic() + PATIENCE_S, []
    while time.monotonic() < end:
        letter = page.recv(PATIENCE_S)
        found = json.loads(letter) if isinstance(letter, str) else {"t": "picture"}
        if found["t"] == kind and wanted.items() <= found.items():
            return dict(found)
        if found["t"] == kind:
            others.append(found)
    raise AssertionError(f"no {kind} with {wanted}, but {others[-2:]}")


def gather(page: ClientConnection, *kinds: str) -> dict[str, Any]:
    """The first letters of these kinds, in whatever order they come."""
    told: dict[str, Any] = {}
    end = time.monotonic() + PATIENCE_S
    while not set(kinds) <= set(told):
        assert time.monotonic() < end, set(kinds) - set(told)
        letter = page.recv(PATIENCE_S)
        found = json.loads(letter) if isinstance(letter, str) else {"t": "picture"}
        told.setdefault(found["t"], found)
    return told


def carry_out(page: ClientConnection, sentence: str) -> dict[str, Any]:
    """Say a sentence until it is carried out; its only step.

    A machine that stalls for half a second has its plan ended, rightly: no odometry came.
    """
    while True:
        page.send(json.dumps({"t": "say", "text": sentence}))
        state = "running"
        while state in ("thinking", "waiting", "running"):
            entry = hear(page, "entry", text=sentence)
            state = entry["state"]
        if state == "succeeded":
            return dict(entry["steps"][0])
        assert "no odometry" in entry["note"] + entry["steps"][0]["note"], entry


def post_stop(stack: Rig) -> bool:
    door = stack.cockpit.door
    assert door is not None
    wire = HTTPConnection("127.0.0.1", door.stop_port, timeout=PATIENCE_S)
    wire.request("POST", "/stop", headers={"Origin": f"http://127.0.0.1:{door.page_port}"})
    return bool(json.loads(wire.getresponse().read())["stopped"])


@pytest.mark.slow
def test_what_the_stack_says_reaches_the_page_and_the_page_the_stack(stack: Rig) -> None:
    with page_of(stack) as page:
        told = gather(page, "robot", "seen", "picture", "pose")
        assert "<robot" in told["robot"]["urdf"]
        assert told["seen"]["things"][0]["name"] == "red cube"
        step = carry_out(page, "drive forward one meter")
        assert step["text"] == "move forward 1 m" and step["progress"] == 1.0
        path = stack.cockpit.board.track.path
        stack.wait(lambda: path[-1][0] > 0.95, "the path to its end")
        assert carry_out(page, "where are you")["answer"].startswith("I am")
        assert carry_out(page, "take a picture")["photo"].endswith(".jpg")
        page.send(json.dumps({"t": "say", "text": "sing"}))
        assert "nothing that this robot" in hear(page, "entry", state="not understood")["note"]


@pytest.mark.slow
def test_a_stop_stops_a_plan_and_stays_until_it_is_released(stack: Rig) -> None:
    with page_of(stack) as page, Lateness() as lateness:
        page.send(json.dumps({"t": "say", "text": "a long way, then left"}))
        stack.wait(lambda: stack.moving, "the robot to drive")
        began = time.monotonic()
        assert post_stop(stack)
        took = time.monotonic() - began
        assert not stack.moving and took < 0.5 + lateness.allowance(began)
        entry = hear(page, "entry", state="stopped")
        assert [step["state"] for step in entry["steps"]] == ["stopped", "skipped"]
        hear(page, "stop", state="stopped", why="")
        page.send('{"t": "release"}')
        hear(page, "stop", state="free")
        page.send(json.dumps({"t": "say", "text": "drive forward one meter"}))
        stack.wait(lambda: stack.moving, "the robot to drive again")
        page.send('{"t": "stop"}')  # the other way
        hear(page, "stop", state="stopped")
        assert not stack.moving


@contextmanager
def hanging(stack: Rig) -> Iterator[tuple[threading.Event, threading.Thread]]:
    """The robot's node hangs; the event lets it go on."""
    hangs, goes_on = threading.Event(), threading.Event()

    def hang() -> None:
        with stack.robot.lock:
            hangs.set()
            goes_on.wait(PATIENCE_S)

    thread = threading.Thread(target=hang)
    thread.start()
    try:
        assert hangs.wait(PATIENCE_S)
        yield goes_on, thread
    finally:
        goes_on.set()
        thread.join()


@pytest.mark.slow
def test_a_robot_that_hangs_confirms_no_stop_and_does_when_it_is_back(stack: Rig) -> None:
    assert post_stop(stack)  # so that the last thing it said is "stopped"
    with hanging(stack) as (goes_on, _):
        assert not post_stop(stack)
        with page_of(stack) as page:
            hear(page, "stop", state="not confirmed")
            goes_on.set()
            hear(page, "stop", state="stopped")


@pytest.mark.slow
def test_a_stop_ends_the_plan_though_the_robot_hangs(stack: Rig) -> None:
    """It asks the executor, too: not only the robot, which would tell it."""
    assert stack.cockpit.asking.say("a long way, then left")
    stack.wait(lambda: stack.moving, "the robot to drive")
    with hanging(stack) as (_, thread):
        runner = stack.executor.runner
        assert not post_stop(stack)
        stack.wait(lambda: not runner.running, "the plan to end")
        assert runner.status.state is PlanState.STOPPED
        assert thread.is_alive()  # it hangs still


@pytest.mark.slow
def test_a_robot_that_has_gone_is_told_as_unknown(stack: Rig) -> None:
    state = stack.cockpit.stops.state
    stack.wait(lambda: state(time.monotonic()) is StopState.FREE, "the robot's word")
    stack.robot.trigger_deactivate()
    stack.robot.trigger_cleanup()
    stack.wait(lambda: state(time.monotonic()) is StopState.UNKNOWN, "the robot to be missed")
    assert not post_stop(stack)


@pytest.mark.slow
def test_from_elsewhere_it_asks_for_the_key_and_tells_it_in_no_diagnostics(
    ros: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with rig(tmp_path, monkeypatch, page_host="0.0.0.0") as stack:
        key = (tmp_path / "tank" / "cockpit.key").read_text(encoding="ascii")
        assert stack.address.endswith(f"/?key={key}")
        told = stack.bench.diagnostics()
        stack.wait(lambda: told("page"), "the page's diagnostics")
        part = told("page")
        assert part is not None and "the cockpit is at http://" in part.message
        assert key not in part.message
        with pytest.raises(Exception, match="403"), page_of(stack) as page:
            page.recv()
        assert post_stop(stack)


@pytest.mark.slow
def test_a_press_records_what_the_robot_says_until_the_next(stack: Rig, tmp_path: Path) -> None:
    with page_of(stack) as page:
        page.send(json.dumps({"t": "record", "on": True}))
        hear(page, "recording", on=True)
        end = time.monotonic() + PATIENCE_S
        while stack.robot.count_subscribers("odom") < 3 and time.monotonic() < end:
            time.sleep(0.01)  # the executor, the cockpit, and the recorder
        with page_of(stack) as late:  # a page that is opened in the midst knows it, too
            hear(late, "recording", on=True)
        page.send(json.dumps({"t": "record", "on": False}))
        said = hear(page, "recording", on=False)
    (folder,) = (tmp_path / "tank" / "recordings").iterdir()
    assert said["note"] == f"./tank replay {folder}"
    recording = Recording(folder)
    assert list(recording.messages(["/odom"])) and "/execution_status" in recording.topics
