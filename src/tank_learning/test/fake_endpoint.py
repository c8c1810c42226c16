"""An OpenAI-compatible endpoint that answers by a script.

It remembers what it was asked.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

Reply = tuple[int, dict[str, str], str]  # status, headers, body
# (number of the question from 0, question) to the reply
Script = Callable[[int, dict[str, Any]], Reply]


def said(content: Any, finish: str = "stop") -> Reply:
    """A chat answer with this text."""
    return (
        200,
        {},
        json.dumps(
            {
                "choices": [
                    {"message": {"role": "assistant", "content": content}, "finish_reason": finish}
                ]
            }
        ),
    )


def failed(status: int, message: str = "", **headers: str) -> Reply:
    """An error as OpenAI-compatible endpoints report it."""
    return (
        status,
        {name.replace("_", "-"): value for name, value in headers.items()},
        json.dumps({"error": {"message": message, "code": status}}),
    )


class FakeEndpoint:
    """Answers until it is closed.

    ``gate`` holds every answer back while it is not set.
    """

    def __init__(self, script: Script) -> None:
        self.questions: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.times: list[float] = []
        self.gate = threading.Event()
        self.gate.set()
        self._script = script
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def close(self) -> None:
        self.gate.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def wait_for(self, questions: int) -> None:
        """Until so many questions were asked."""
        end = time.monotonic() + 30
        while len(self.questions) < questions:
            assert time.monotonic() < end, f"{len(self.questions)} questions instead of {questions}"
            time.sleep(0.01)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                number = len(endpoint.questions)
                endpoint.keys.append(self.headers.get("Authorization", ""))
                endpoint.times.append(time.monotonic())
                endpoint.questions.append(question)
                reply = (
                    endpoint._script(number, question)
                    if self.path == "/v1/chat/completions"
                    else failed(404, "no such page")
                )
                endpoint.gate.wait(30)
                self._send(*reply)

            def _send(self, status: int, headers: dict[str, str], body: str) -> None:
                try:
                    self.send_response(status)
                    for name, value in {"Content-Type": "application/json", **headers}.items():
                        self.send_header(name, value)
                    self.end_headers()
                    self.wfile.write(body.encode(errors="replace"))
                except OSError:  # who asked was killed
                    pass

            def log_message(self, *_: object) -> None:
                pass

        return Handler


FakeMaker = Callable[[Script], FakeEndpoint]


@pytest.fixture
def fake() -> Iterator[FakeMaker]:
    """Starts fake endpoints, which end with the test."""
    running: list[FakeEndpoint] = []

    def start(script: Script) -> FakeEndpoint:
        running.append(FakeEndpoint(script))
        return running[-1]

    yield start
    for endpoint in running:
        endpoint.close()
