"""A stop in a browser while the model generates, and on the small cockpit."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("rclpy", reason="ROS 2 is not installed here")
from browser import Browser
from cockpit_rig import rig
from in_browser import LIVE, MARKS, PHONE, STOPPED

from tank_cockpit.access import Door
from tank_cockpit.lean.relay import Relay
from tank_cockpit.lean.stopping import Stopping
from tank_cockpit.listening import listen
from tank_cockpit.stop_lane import StopLane
from tank_core.ros.testing import alone
from tank_language.language_node import LanguageNode
from tank_language.prompt import Form
from tank_llama.answer import RawAnswer, never

pytestmark = MARKS


class Pondering:
    """A model that generates until it is told to end, at full speed."""

    form, name = Form.SHORTHAND, "pondering"

    def __init__(self) -> None:
        self.at_work = threading.Event()

    def answer(self, instruction: str, cancelled: Callable[[], bool] = never) -> RawAnswer:
        self.at_work.set()
        while not cancelled():
            sum(range(20_000))
        return RawAnswer("<none>", 3, True, 1.0, 0.0)

    def close(self) -> None:
        """Nothing to let go of."""


@pytest.fixture
def state(tmp_path: Path) -> Iterator[tuple[Path, pytest.MonkeyPatch]]:
    with pytest.MonkeyPatch.context() as patch, alone():
        yield tmp_path, patch


def test_stop_is_confirmed_while_the_model_generates(
    state: tuple[Path, pytest.MonkeyPatch],
) -> None:
    folder, patch = state
    model = Pondering()
    node = LanguageNode(load=lambda: model)
    node.trigger_configure()
    node.trigger_activate()
    (folder / "chromium").mkdir()
    with rig(folder, patch, language=node) as stack, Browser(folder / "chromium") as browser:
        page = browser.open(stack.address, PHONE, phone=True)
        page.wait(LIVE)
        page.say("go for a long walk")
        stack.wait(model.at_work.is_set, "the model to generate")
        page.click("#stop")
        page.wait(STOPPED)
        assert stack.robot.controller.stopped
        page.say("stop")  # and a spoken one ends the generating
        page.wait("document.querySelector('#log').innerText.includes('dropped by stop')")


def test_the_small_cockpit_shows_the_robot_and_stops_it_by_both_ways(
    state: tuple[Path, pytest.MonkeyPatch],
) -> None:
    folder, patch = state
    socket, cut = folder / "cockpit", list[float]()
    page_port, lane_port = listen("127.0.0.1", 24200), listen("127.0.0.1", 24250)
    door = Door(page_port.getsockname()[1], lane_port.getsockname()[1])
    (folder / "chromium").mkdir()
    with rig(folder, patch, page_socket=str(socket)) as stack:
        relay = Relay(page_port, door, socket, lambda line: None)
        lane = StopLane(lane_port, door, Stopping(socket, lambda: cut.append(time.monotonic())))
        try:
            with Browser(folder / "chromium") as browser:
                page = browser.open(door.address("127.0.0.1"), PHONE, phone=True)
                page.wait(LIVE)
                page.say("a long way, then left")
                stack.wait(lambda: stack.moving, "the robot to drive")
                page.click("#stop")
                page.wait(STOPPED)
                assert cut and not stack.moving and stack.robot.controller.stopped
                page.wait("document.querySelector('.chips li.stopped')", "the step")
                assert page.complaints() == []
        finally:
            relay.close()
            lane.close()
