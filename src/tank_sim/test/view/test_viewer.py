"""The viewers: reachable from this machine alone, and clear about faults.

They are never in the way of the physics.
"""

import http.client
import os
import signal
import socket
import time
import urllib.request

import numpy as np
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tank_core.testing.waiting import wait_for
from tank_sim.mjcf import build_mjcf
from tank_sim.mujoco_backend import MujocoBackend
from tank_sim.view import viewer as module
from tank_sim.view.viewer import Viewer

PATIENCE = 60.0  # [s]


@pytest.fixture
def open_viewer(robot, monkeypatch):
    """A function from kind and port to (viewer, backend, what it said)."""
    opened = []

    def open_one(kind, port):
        backend, said = MujocoBackend(robot, "cells"), []
        shown = Viewer(
            kind,
            build_mjcf(robot, backend.world),
            port,
            lambda text, is_error: said.append((text, is_error)),
        )
        opened.append(shown)
        return shown, backend, said

    yield open_one
    for shown in opened:
        shown.close()
        assert not shown.alive


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def fetch(url):
    """The page, which may need a moment to answer."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return urllib.request.urlopen(url, timeout=5).read()
        except OSError:
            assert time.monotonic() < end
            time.sleep(0.05)


def test_the_page_answers_on_this_machine_only(open_viewer):
    port = free_port()
    shown, backend, said = open_viewer("mujoco", port)
    wait_for(lambda: said)
    assert said == [(f"the viewer is at http://localhost:{port}/", False)]
    assert b"<html" in fetch(f"http://127.0.0.1:{port}/")
    shown.show(*backend.view())
    assert shown.alive
    # 127.0.0.2 is this machine, too, but another address: only what listens on every interface
    # answers there.
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", port), timeout=5)
    if socket.has_ipv6:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("::1", port), timeout=5)


def shake_hands(port, path, origin, name="127.0.0.1"):
    """A WebSocket to the viewer, as the browser of a page opens it.

    The page is from ``origin``, and knows this machine by ``name``.
    """
    raw = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    return connect(
        f"ws://{name}:{port}{path}?sid=test",
        sock=raw,
        origin=origin,
        compression=None,
        open_timeout=PATIENCE,
    )


def status(port, path, **headers):
    """(status, headers) of a GET without what urllib would put in by itself."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.putrequest("GET", path, skip_host=True)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    try:
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.headers
    finally:
        connection.close()


def test_no_other_web_page_gets_in(open_viewer):
    port = free_port()
    _, _, said = open_viewer("mujoco", port)
    wait_for(lambda: said)
    fetch(f"http://127.0.0.1:{port}/")
    assert len(said) == 1
    for path in ("/ui", "/state", "/drop"):
        for origin in (
            "https://evil.example",
            "http://localhost:1",
            "null",
            f"http://localhost:{port}.evil.example",
            None,
        ):
            with pytest.raises(InvalidStatus) as refused:
                shake_hands(port, path, origin)
            assert refused.value.response.status_code == 403
        # A name that its owner points at this machine: then Host and Origin agree.
        with pytest.raises(InvalidStatus) as refused:
            shake_hands(port, path, f"http://evil.example:{port}", "evil.example")
        assert refused.value.response.status_code == 403
    for path in ("/", "/model", "/web_client.js"):
        assert status(port, path, Host=f"evil.example:{port}")[0] == 403
        assert status(port, path, Host=f"localhost:{port}", Origin="https://evil.example")[0] == 403
        assert status(port, path)[0] == 403
    wait_for(lambda: len(said) == 2)  # said once
    assert said[1] == (
        "the viewer refused a web page: a page of 'https://evil.example' may not come here, "
        f"only the server's own at http://127.0.0.1:{port}",
        False,
    )


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_its_own_page_gets_in(open_viewer, name):
    port = free_port()
    shown, backend, said = open_viewer("mujoco", port)
    wait_for(lambda: said)
    fetch(f"http://127.0.0.1:{port}/")
    code, headers = status(port, "/", Host=f"{name}:{port}")
    assert code == 200
    assert headers["Access-Control-Allow-Origin"] is None
    assert "frame-ancestors 'self'" in headers["Content-Security-Policy"]
    with shake_hands(port, "/state", f"http://{name}:{port}", name) as state:
        shown.show(*backend.view())
        kinds = set()
        while kinds != {str, bytes}:  # who is there, and what there is to see
            kinds.add(type(state.recv(timeout=PATIENCE)))
    # Behind a tunnel from another port the browser says that port, in both headers.
    tunnel = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    with connect(
        "ws://localhost:9000/state?sid=far",
        sock=tunnel,
        origin="http://localhost:9000",
        open_timeout=PATIENCE,
    ) as state:
        assert state.recv(timeout=PATIENCE)
    assert len(said) == 1


def test_a_taken_port_gives_one_line_and_the_next_free_one(open_viewer):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        _, _, said = open_viewer("mujoco", port)
        wait_for(lambda: said)
        assert len(said) == 1
        text, is_error = said[0]
        assert text.startswith(f"port {port} is taken, so the viewer is at http://localhost:")
        assert not is_error
        assert b"<html" in fetch(text.rpartition(" ")[2])


def test_a_viewer_that_hangs_does_not_hold_up_the_physics(open_viewer, monkeypatch):
    shown, backend, said = open_viewer("mujoco", free_port())
    wait_for(lambda: said)
    monkeypatch.setattr(module, "RATE", 1e9)
    os.kill(shown._process.pid, signal.SIGSTOP)
    view = backend.view()
    for _ in range(2000):  # far more than the pipe holds
        shown.show(*view)
    os.kill(shown._process.pid, signal.SIGCONT)


def test_a_viewer_that_dies_is_of_no_consequence(open_viewer):
    shown, backend, said = open_viewer("mujoco", free_port())
    wait_for(lambda: said)
    shown._process.kill()
    wait_for(lambda: not shown.alive)
    for _ in range(5):
        shown._last = 0.0
        shown.show(*backend.view())


def test_a_window_without_a_display_says_so(open_viewer, monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    shown, _, said = open_viewer("window", free_port())
    wait_for(lambda: not shown.alive and said)
    assert said == [
        (
            "no viewer: there is no display for a window; say viewer web or mujoco: in a browser",
            True,
        )
    ]


def test_a_state_is_one_piece_in_the_pipe(robot):
    """Writes up to PIPE_BUF are all or nothing.

    The largest world stays far below.
    """
    with MujocoBackend(robot, "playground") as backend:
        assert 8 * (1 + backend.model.nq) < module.MAX_RECORD // 2
        assert backend.view()[1].dtype == np.float64
