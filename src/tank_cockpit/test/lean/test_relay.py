"""The page on the robot: two processes' halves in one, and the lean one alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from test_servers import Cockpit, hear

from tank_cockpit.lean.framing import HEAD, FrameTooLongError, head, pack, unpack
from tank_cockpit.lean.relay import Relay
from tank_cockpit.lean.socket_server import SocketServer, listen_at
from tank_cockpit.lean.stopping import Stopping
from tank_cockpit.listening import listen
from tank_cockpit.protocol import LARGEST, Message, SayMessage, StopMessage
from tank_cockpit.stop_lane import StopLane
from tank_cockpit.stop_watch import StopState
from tank_core.exceptions import TankError

LEAN_KB = 35_000  # resident, on the Pi: docs/hardware.md


class LeanCockpit(Cockpit):
    """A board on a UNIX socket, and a relay before it."""

    def __init__(self, path: Path) -> None:
        self.motors_off = 0
        super().__init__()
        self.server.close()
        self.lane.close()
        page, lane = listen("127.0.0.1", 23000), listen("127.0.0.1", 23500)
        self.port, self.stop_port = page.getsockname()[1], lane.getsockname()[1]
        self.host, self.origin = f"127.0.0.1:{self.port}", f"http://127.0.0.1:{self.port}"
        self.door = type(self.door)(self.port, self.stop_port)
        self.server = SocketServer(
            listen_at(path), None, self.board, self, {"name": ""}, self.reports.append
        )
        self.relay = Relay(page, self.door, path, self.reports.append)
        self.lane = StopLane(lane, self.door, Stopping(path, self._off))

    def _off(self) -> None:
        self.motors_off += 1

    def act(self, message: Message) -> None:
        super().act(message)
        if isinstance(message, StopMessage) and self.confirms:
            self.board.stop_is(StopState.STOPPED, len(self.asked))

    def close(self) -> None:
        self.relay.close()
        super().close()


@pytest.fixture
def cockpit(tmp_path: Path) -> Iterator[LeanCockpit]:
    made = LeanCockpit(tmp_path / "cockpit")
    yield made
    made.close()


def test_its_end_waits_for_no_page_and_lets_go_for_each(cockpit: LeanCockpit) -> None:
    with cockpit.page() as page:
        assert hear(page, "hello")
        began = time.monotonic()
        cockpit.server.close()
        assert time.monotonic() - began < 5.0 and cockpit.left == 1


def test_a_page_is_told_and_says_as_if_nothing_were_between(cockpit: LeanCockpit) -> None:
    with cockpit.page() as page:
        assert hear(page, "hello") and hear(page, "entries")["all"] == []
        page.send('{"t": "say", "text": "turn left"}')
        page.send('{"t": "fly"}')
        assert "say, stop" in hear(page, "refused")["why"]
        assert cockpit.asked == [SayMessage("turn left")]
        cockpit.server.soon(cockpit.board.photo, {"path": "/a.jpg"}, b"jpeg")
        while isinstance(letter := page.recv(30.0), str):
            pass
        assert letter.endswith(b"jpeg")
    assert cockpit.get("/").status == 200 and cockpit.get("/secret").status == 404
    assert cockpit.get("/", Host="evil.example").status == 403


def test_a_page_that_goes_is_forgotten_and_one_without_a_robot_is_let_go(
    cockpit: LeanCockpit,
) -> None:
    with cockpit.page() as page:
        hear(page, "hello")
        assert len(cockpit.board.outboxes) == 1
    end = time.monotonic() + 30.0
    while cockpit.board.outboxes:
        assert time.monotonic() < end
        time.sleep(0.01)
    cockpit.server.close()
    with cockpit.page() as page, pytest.raises(Exception, match="robot's process"):
        page.recv(30.0)


@pytest.mark.slow
def test_a_stop_goes_to_the_guardian_and_to_the_robot_whose_word_counts(
    cockpit: LeanCockpit,
) -> None:
    def stopped() -> Any:
        return json.loads(cockpit.post_stop().read())["stopped"]

    assert stopped() is True
    assert cockpit.motors_off == 1 and cockpit.asked == [StopMessage()]
    cockpit.confirms = False  # what it said before counts for nothing
    assert stopped() is False
    cockpit.server.close()  # the robot's process is gone: the motors are off all the same
    assert stopped() is False
    assert cockpit.motors_off == 3


def test_frames_come_back_as_they_were_and_long_ones_are_refused() -> None:
    for letter in ("häuser", "", b"\x00\xff", b""):
        frame = pack(letter)
        length, is_text = head(frame[: HEAD.size], LARGEST)
        assert unpack(frame[HEAD.size :], is_text) == letter and length == len(frame) - HEAD.size
    with pytest.raises(FrameTooLongError):
        head(pack("x" * (LARGEST + 1))[: HEAD.size], LARGEST)


def test_a_socket_that_cannot_be_is_told_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(TankError, match="cannot be made"):
        listen_at(tmp_path / "file" / "cockpit")


@pytest.mark.slow
def test_its_process_is_lean_and_needs_no_ros(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "tank_cockpit.lean", "--port", "23700", "--socket",
         str(tmp_path / "none"), "--guardian", str(tmp_path / "neither")],
        stderr=subprocess.PIPE, text=True, env={**os.environ, "XDG_STATE_HOME": str(tmp_path)},
    )  # fmt: skip
    try:
        assert process.stderr is not None and "the cockpit is at" in process.stderr.readline()
        status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
        resident = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        assert int(resident.split()[1]) < LEAN_KB
        maps = Path(f"/proc/{process.pid}/maps").read_text(encoding="utf-8")
        assert "rclpy" not in maps and "numpy" not in maps
    finally:
        process.terminate()
        assert process.wait(30.0) == 0
        process.communicate()
