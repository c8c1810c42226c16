"""The chip model behind a Unix socket: one JSON object a line, and its answer.

Many clients at once. A request is ``{"do": "i2c_write", "address": 95, "data": [0, 32]}``; its
answer ``{"result": ...}``, or ``{"error": text, "errno": 121}``.
"""

from __future__ import annotations

import errno
import json
import os
import socketserver
import threading
import time
from collections.abc import Callable
from typing import Any

from tank_hw_driver.chip_model.model import ChipModel

LONGEST = 1 << 16  # bytes of a request


class ModelServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """Serves a model on ``path``.

    Each connection is a client of its own: lines and software PWM are gone with it.
    """

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, path: str, model: ChipModel) -> None:
        self.model = model
        self.lock = threading.Lock()
        self.clients = 0
        super().__init__(path, _Session)

    def new_client(self) -> int:
        with self.lock:
            self.clients += 1
            return self.clients


class _Session(socketserver.StreamRequestHandler):
    """A client's connection."""

    server: ModelServer

    def handle(self) -> None:
        self.client = self.server.new_client()
        self.by = f"client {self.client}"
        try:
            while line := self.rfile.readline(LONGEST):
                self.wfile.write(json.dumps(self._answer(line)).encode() + b"\n")
        except (ConnectionError, TimeoutError):
            pass  # it went away in the middle of an answer: the same as a good-bye
        finally:
            with self.server.lock:
                self.server.model.leave(time.monotonic(), self.by, self.client)

    def _answer(self, line: bytes) -> dict[str, Any]:
        try:
            request = json.loads(line)
            do = request.pop("do")
            return {"result": getattr(self, f"do_{do}")(**request)}
        except OSError as error:
            return {"error": error.strerror, "errno": error.errno}
        except Exception as error:
            # the border of the connection: whatever a client sent, it hears what was wrong, and the
            # model lives on
            return {"error": f"request refused: {type(error).__name__}: {error}"}

    def _locked(self, act: Callable[..., Any], *args: Any, **options: Any) -> Any:
        with self.server.lock:
            self.server.model.settle(time.monotonic())
            return act(*args, **options)

    def _bus(self, timeout: float) -> None:
        """Wait while the bus hangs, outside the lock.

        Raises OSError ETIMEDOUT as the kernel does.
        """
        hung = self.server.model.hung_for(time.monotonic())
        if hung > 0:
            time.sleep(min(hung, timeout))
            if hung > timeout:
                raise OSError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))

    def do_hello(self, by: str) -> None:
        self.by = str(by)

    def do_i2c_write(self, address: int, data: list[int], timeout: float = 1.0) -> None:
        self._bus(timeout)
        try:
            self._locked(
                lambda: self.server.model.i2c_write(time.monotonic(), self.by, address, bytes(data))
            )
        except TimeoutError:  # it began to hang in the middle
            time.sleep(timeout)
            raise

    def do_i2c_read(
        self, address: int, register: int | None, count: int, timeout: float = 1.0
    ) -> list[int]:
        if not 0 <= count <= 8192:
            raise ValueError(f"count is {count}; give 0 to 8192")
        self._bus(timeout)
        return list(
            self._locked(
                lambda: self.server.model.i2c_read(
                    time.monotonic(), self.by, address, register, count
                )
            )
        )

    def do_claim(self, pin: int) -> None:
        self._locked(lambda: self.server.model.header.claim(pin, self.client))

    def do_gpio(self, **what: Any) -> Any:
        return self._locked(
            lambda: self.server.model.gpio(time.monotonic(), self.by, self.client, **what)
        )

    def do_drive_low(self, pins: list[int]) -> None:
        self._locked(
            lambda: self.server.model.drive_low(time.monotonic(), self.by, self.client, pins)
        )

    def do_log(self, since: float) -> Any:
        return self._locked(self.server.model.log, since)

    def do_motor_duties(self) -> Any:
        while (wait := self._locked(lambda: self.server.model.settle(time.monotonic()))) > 0:
            time.sleep(wait)
        return self._locked(self.server.model.motor_duties)

    def do_motor_history(self, since: float) -> Any:
        return self._locked(self.server.model.motor_history, since)

    def do_pulses(self) -> Any:
        return list(self._locked(self.server.model.pulses).items())

    def do_servo_history(self, since: float) -> Any:
        return [
            (t, list(pulses.items()))
            for t, pulses in self._locked(self.server.model.servo_history, since)
        ]

    def do_set_battery(self, volts: float) -> None:
        self.server.model.battery = float(volts)

    def do_set_distance(self, meters: float | None) -> None:
        self.server.model.distance = None if meters is None else float(meters)

    def do_fault(self, name: str, details: dict[str, Any]) -> None:
        self._locked(lambda: self.server.model.fault(time.monotonic(), name, **details))

    def do_clear_faults(self) -> None:
        self._locked(self.server.model.clear_faults)
