"""The two servers: the page's and the stop's, with sockets and without ROS."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tank_cockpit import listening
from tank_cockpit.access import Door
from tank_cockpit.board import PageState
from tank_cockpit.listening import listen, names_of
from tank_cockpit.outbox import Outbox
from tank_cockpit.page_server import PageServer
from tank_cockpit.protocol import BURST, DriveMessage, Message, SayMessage
from tank_cockpit.stop_lane import MOST, StopLane
from tank_core.exceptions import TankError
from tank_core.testing.waiting import wait_for

PATIENCE_S = 30.0


class Cockpit:
    """A page server and a stop lane over a board, and what pages asked for."""

    def __init__(self, key: str = "") -> None:
        page, lane = listen("127.0.0.1", 23000), listen("127.0.0.1", 23500)
        self.port, self.stop_port = page.getsockname()[1], lane.getsockname()[1]
        self.host, self.origin = f"127.0.0.1:{self.port}", f"http://127.0.0.1:{self.port}"
        self.door = Door(self.port, self.stop_port, key=key)
        self.asked: list[Message] = []
        self.left = 0
        self.stops: list[float] = []
        self.confirms = True
        self.reports: list[str] = []
        self.board = PageState()
        self.lane = StopLane(lane, self.door, self._stop)
        self.server = PageServer(page, self.door, self.board, self, {}, self.reports.append)

    def act(self, message: Message) -> None:
        self.asked.append(message)

    def drive(self, wish: DriveMessage, page: Outbox) -> None:
        self.asked.append(wish)

    def leave(self, page: Outbox) -> None:
        self.left += 1

    def look(self) -> None:
        """Nothing streams in here."""

    def _stop(self, timeout: float) -> bool:
        self.stops.append(timeout)
        return self.confirms

    def get(self, path: str, port: int = 0, method: str = "GET", **headers: str) -> HTTPResponse:
        wire = HTTPConnection("127.0.0.1", port or self.port, timeout=PATIENCE_S)
        wire.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in {"Host": self.host, **headers}.items():
            wire.putheader(name.replace("_", "-"), value)
        wire.endheaders()
        return wire.getresponse()

    def post_stop(self, path: str = "/stop", **headers: str) -> HTTPResponse:
        given = {"Host": f"127.0.0.1:{self.stop_port}", "Origin": self.origin, **headers}
        return self.get(path, self.stop_port, "POST", **given)

    def page(self, origin: str | None = None, **headers: str) -> ClientConnection:
        return connect(
            f"ws://{self.host}/socket", origin=origin or self.origin, open_timeout=PATIENCE_S,
            additional_headers=headers, proxy=None,
        )  # fmt: skip

    def close(self) -> None:
        self.server.close()
        self.lane.close()


@pytest.fixture
def cockpit() -> Iterator[Cockpit]:
    made = Cockpit()
    yield made
    made.close()


def hear(page: ClientConnection, kind: str) -> dict[str, Any]:
    """The next letter of a kind."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        letter = json.loads(page.recv(PATIENCE_S))
        if letter["t"] == kind:
            return dict(letter)
    raise AssertionError(f"no {kind}")


def test_a_page_is_told_and_says(cockpit: Cockpit) -> None:
    with cockpit.page() as page:
        assert hear(page, "hello") and hear(page, "entries")["all"] == []
        page.send('{"t": "ping", "at": 5}')
        assert hear(page, "pong")["at"] == 5
        page.send('{"t": "fly"}')
        assert "say, stop" in hear(page, "refused")["why"]
        page.send('{"t": "say", "text": "turn left"}')
        wait_for(lambda: cockpit.asked == [SayMessage("turn left")])
        page.send('{"t": "drive", "ahead": 1, "left": -0.5, "speed": "slow", "seen": 9}')
        wait_for(lambda: cockpit.asked[1:] == [DriveMessage(1.0, -0.5, "slow", 9.0)])
        cockpit.server.soon(cockpit.board.tell, {"t": "news"})
        assert hear(page, "news")
    wait_for(lambda: cockpit.board.outboxes == [] and cockpit.left == 1)


def test_files_are_those_of_the_list_packed_for_who_can_unpack_them(cockpit: Cockpit) -> None:
    page = cockpit.get("/", Accept_Encoding="gzip, br")
    assert page.status == 200 and page.getheader("Content-Encoding") == "gzip"
    assert page.read()[:2] == b"\x1f\x8b"
    plain = cockpit.get("/app.js?v=1")
    assert plain.status == 200 and b"import" in plain.read()
    for path in (
        "/../access.py",
        "/vendor/",
        "/style.css/",
        "/%2e%2e/a.py",
        "/vendor/SHA256SUMS",
    ):
        assert cockpit.get(path).status == 404, path


def test_strangers_get_nothing(cockpit: Cockpit) -> None:
    assert cockpit.get("/", Host="evil.example").status == 403
    assert cockpit.get("/", Origin="https://evil.example").status == 403
    for origin in ("https://evil.example", f"http://127.0.0.1:{cockpit.port + 1}", "null"):
        with pytest.raises(InvalidStatus) as refused, cockpit.page(origin):
            pass
        assert refused.value.response.status_code == 403
    assert cockpit.board.outboxes == [] and len(cockpit.reports) >= 3
    before = len(cockpit.reports)
    cockpit.get("/", Host="evil.example")
    assert len(cockpit.reports) == before  # the same reason is told once


def test_with_a_key_the_printed_address_lets_a_browser_in() -> None:
    cockpit = Cockpit("k" * 20)
    try:
        assert cockpit.get("/").status == 403
        assert cockpit.get("/?key=wrong").status == 403
        assert cockpit.get(f"/?key={'k' * 20}", Host="evil.example").status == 403
        let_in = cockpit.get(f"/?key={'k' * 20}")
        cookie = str(let_in.getheader("Set-Cookie")).partition(";")[0]
        assert let_in.status == 200 and b"url=/" in let_in.read()
        assert cockpit.get("/", Cookie=cookie).status == 200
        with cockpit.page(Cookie=cookie) as page:
            assert hear(page, "hello")
        with pytest.raises(InvalidStatus), cockpit.page():
            pass
        assert cockpit.post_stop().status == 200  # a stop needs no key
    finally:
        cockpit.close()


@pytest.mark.slow
def test_a_page_that_says_too_much_or_too_long_is_let_go(cockpit: Cockpit) -> None:
    with cockpit.page() as page, pytest.raises(ConnectionClosed):
        for _ in range(3 * BURST):
            page.send('{"t": "seen"}')
        while True:
            page.recv(PATIENCE_S)
    with cockpit.page() as page, pytest.raises(ConnectionClosed):
        page.send("x" * 5000)
        while True:
            page.recv(PATIENCE_S)
    assert cockpit.asked == []


def test_so_many_pages_and_no_more(cockpit: Cockpit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PageServer, "most", 2)
    with cockpit.page() as first, cockpit.page() as second:
        assert hear(first, "hello") and hear(second, "hello")
        with cockpit.page() as third, pytest.raises(ConnectionClosed):
            third.recv(PATIENCE_S)
        assert hear(first, "vitals")


def test_a_stop_says_whether_it_is_confirmed(cockpit: Cockpit) -> None:
    answer = cockpit.post_stop()
    assert answer.status == 200 and json.loads(answer.read()) == {"stopped": True}
    assert answer.getheader("Access-Control-Allow-Origin") == cockpit.origin
    cockpit.confirms = False
    assert json.loads(cockpit.post_stop().read()) == {"stopped": False}
    assert len(cockpit.stops) == 2


def test_a_stop_of_somebody_else_is_none(cockpit: Cockpit) -> None:
    assert cockpit.post_stop(Origin="https://evil.example").status == 403
    assert cockpit.post_stop(Host=f"evil.example:{cockpit.stop_port}").status == 403
    assert cockpit.post_stop("/other").status == 404
    assert cockpit.post_stop(Content_Length="3").status == 400
    assert cockpit.get("/stop", cockpit.stop_port).status == 501
    assert cockpit.stops == []


def test_a_stop_does_not_wait_for_the_page_nor_for_a_silent_caller(cockpit: Cockpit) -> None:
    goes_on = threading.Event()
    cockpit.server.soon(goes_on.wait, PATIENCE_S)  # the page's loop is blocked until we say so
    with socket.create_connection(("127.0.0.1", cockpit.stop_port)) as silent:
        silent.send(b"POST /st")
        assert json.loads(cockpit.post_stop().read()) == {"stopped": True}
    assert not goes_on.is_set()
    goes_on.set()


def test_a_taken_port_gives_the_next_one_and_an_address_of_nobody_a_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with listen("localhost", 23900) as first:
        port = first.getsockname()[1]
        with listen("127.0.0.1", port) as second:
            assert second.getsockname()[1] > port and second.getsockname()[0] == "127.0.0.1"
        monkeypatch.setattr(listening, "TRIES", 1)
        with pytest.raises(TankError, match="are all taken"):
            listen("127.0.0.1", port)
    with pytest.raises(TankError, match=r"cannot listen at '192\.0\.2\.1'"):
        listen("192.0.2.1", 23900)


def test_everywhere_has_this_machines_names_and_no_others() -> None:
    names = names_of("0.0.0.0")
    assert {"localhost", "127.0.0.1", socket.gethostname().lower()} <= names
    assert "evil.example" not in names and names_of("10.0.0.7") & {"10.0.0.7", "localhost"} == {
        "10.0.0.7"
    }


def test_a_stop_gets_through_a_crowd_that_says_nothing(cockpit: Cockpit) -> None:
    """And the crowd takes no more threads than are allowed."""
    crowd = []
    try:
        for _ in range(4 * MOST):
            crowd.append(socket.create_connection(("127.0.0.1", cockpit.stop_port), PATIENCE_S))
        threads = [one for one in threading.enumerate() if "process_request" in one.name]
        assert cockpit.post_stop().status == 200 and cockpit.stops
        assert len(threads) <= 2 * MOST  # some are on their way out
    finally:
        for one in crowd:
            one.close()
