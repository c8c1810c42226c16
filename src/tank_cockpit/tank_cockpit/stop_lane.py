"""The way of a stop: a port and threads that nothing else can block.

A page posts here when somebody presses STOP. The answer says whether the robot itself has confirmed
it. The standard library's server is enough for that, and shares nothing with the page's.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tank_cockpit.access import Door

PATH = "/stop"
WAIT_S = 1.0  # [s] an answer waits for the robot's word; the page asks again long before
REQUEST_S = 2.0  # [s] somebody may take to say what he wants
MOST = 64  # connections at once; with more, the oldest that asks for no stop goes


class StopLane:
    """Takes stops until ``close``; ``stop(timeout)`` stops the robot.

    It returns whether the robot has confirmed that within ``timeout`` [s].
    """

    def __init__(self, listener: socket.socket, door: Door, stop: Callable[[float], bool]) -> None:
        """Serve at ``listener``, which is bound."""
        self._server = _Server(listener, door, stop)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.1,), name="stop lane", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Take no more stops."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 2 * MOST  # with 5, the default, a crowd keeps a stop out for seconds

    def __init__(self, listener: socket.socket, door: Door, stop: Callable[[float], bool]) -> None:
        super().__init__(listener.getsockname(), _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listener
        self.door, self.stop = door, stop
        self.stopping: set[Any] = set()  # connections that wait for the robot's word
        self._open: dict[Any, None] = {}  # connections, oldest first
        self._lock = threading.Lock()
        self.server_activate()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve it in a thread, and see to it that those are not too many."""
        with self._lock:
            self._open[request] = None
            idle = [each for each in self._open if each not in self.stopping]
            if len(self._open) > MOST and idle:
                with suppress(OSError):
                    idle[0].shutdown(socket.SHUT_RDWR)  # its thread ends by that
                del self._open[idle[0]]
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Close it, and count it no more."""
        with self._lock:
            self._open.pop(request, None)
        super().shutdown_request(request)

    def handle_error(self, *_: Any) -> None:
        """Say nothing of a page that was closed meanwhile."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    timeout = REQUEST_S
    server_version, sys_version = "tank", ""

    def do_POST(self) -> None:
        """Stop the robot, and say whether it has confirmed that."""
        hosts, origins = (self.headers.get_all(name, []) for name in ("Host", "Origin"))
        why = self.server.door.refuses_stop(hosts, origins)
        if why:
            return self._answer(HTTPStatus.FORBIDDEN, {"why": why})
        if self.path != PATH or self.headers.get("Transfer-Encoding"):
            return self._answer(HTTPStatus.NOT_FOUND, {"why": f"a stop goes to {PATH}"})
        if self.headers.get("Content-Length", "0") != "0":
            return self._answer(HTTPStatus.BAD_REQUEST, {"why": "a stop has no body"})
        self.server.stopping.add(self.connection)
        try:
            stopped = self.server.stop(WAIT_S)
        finally:
            self.server.stopping.discard(self.connection)
        return self._answer(HTTPStatus.OK, {"stopped": stopped}, origins[0])

    def _answer(self, status: HTTPStatus, data: dict[str, Any], origin: str = "") -> None:
        body = json.dumps(data).encode()
        self.close_connection = status is not HTTPStatus.OK  # a body may follow, unread
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        if origin:
            self.send_header("Access-Control-Allow-Origin", origin)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Keep still: who stopped, and when, the robot tells itself."""
