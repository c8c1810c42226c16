"""The chip model from Python, with the operating system's errors.

EREMOTEIO is a NACK, ETIMEDOUT a hung bus, EBUSY a held pin.
"""

from __future__ import annotations

import errno
import json
import os
import socket
import threading
from typing import Any

PATIENCE = 5.0  # s; a model that does not answer for so long is gone


class ModelClient:
    """A connection to the model. Thread-safe.

    Raises ConnectionError or TimeoutError where no model answers, ValueError for a request it
    refuses.
    """

    def __init__(self, path: str, timeout: float = 0.05, name: str | None = None) -> None:
        """``timeout`` [s]: how long a transfer waits on a hung bus.

        ``name`` marks this client's events in the log as ``by``.
        """
        self.path = path
        self._timeout = timeout
        self._lock = threading.Lock()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(PATIENCE)
        try:
            self._socket.connect(path)
        except OSError:
            self._socket.close()
            raise
        self._lines = self._socket.makefile("rb")
        self._ask("hello", by=name or f"pid {os.getpid()}")

    def i2c_write(self, address: int, data: bytes) -> None:
        self._ask("i2c_write", address=address, data=list(data), timeout=self._timeout)

    def i2c_read(self, address: int, register: int | None, count: int) -> bytes:
        """Read ``count`` bytes from a register on.

        ``register`` None: a plain read, from where the chip stands.
        """
        return bytes(
            self._ask(
                "i2c_read", address=address, register=register, count=count, timeout=self._timeout
            )
        )

    def claim(self, pin: int) -> None:
        """Hold a line until this connection ends. Raises OSError EBUSY."""
        self._ask("claim", pin=pin)

    def gpio(
        self,
        pin: int,
        function: str | None = None,
        level: int | None = None,
        duty: float | None = None,
    ) -> dict[str, Any]:
        """Set what is given, whoever holds the pin.

        Answers function, level, duty; after a trigger pulse ``echo``, too.
        """
        answer: dict[str, Any] = self._ask(
            "gpio", pin=pin, function=function, level=level, duty=duty
        )
        return answer

    def drive_low(self, pins: tuple[int, ...]) -> None:
        """Make pins low outputs, whoever holds them.

        As the GPIO block's registers do.
        """
        self._ask("drive_low", pins=list(pins))

    def log(self, since: float = 0.0) -> list[dict[str, Any]]:
        """Events after ``since`` [s of time.monotonic()].

        They have ``t``, ``by``, ``kind`` (i2c_write, i2c_read, gpio, a fault's name) and details.
        ``bytes`` of a write are those that reached the chip; ``ok`` is False where one was refused.
        """
        return list(self._ask("log", since=since))

    def writes(self, address: int, since: float = 0.0) -> list[bytes]:
        """The write transfers to one address, as the chip got them."""
        return [
            bytes(e["bytes"])
            for e in self.log(since)
            if e["kind"] == "i2c_write" and e["address"] == address
        ]

    def motor_duties(self) -> dict[str, float]:
        """The duty at each motor, -1 to 1 by port.

        It waits until the PWM cycles that run now have ended (1 ms).
        """
        return dict(self._ask("motor_duties"))

    def motor_history(self, since: float = 0.0) -> list[tuple[float, dict[str, float]]]:
        """Each change of the motors' duties: time and all ports."""
        return [(t, duties) for t, duties in self._ask("motor_history", since=since)]

    def pulses(self) -> dict[int, float | None]:
        """Pulse lengths [us] by channel of the PCA9685."""
        return dict(self._ask("pulses"))

    def servo_history(self, since: float = 0.0) -> list[tuple[float, dict[int, float | None]]]:
        """Each change of a pulse: time and all servo channels."""
        return [(t, dict(pulses)) for t, pulses in self._ask("servo_history", since=since)]

    def set_battery(self, volts: float) -> None:
        self._ask("set_battery", volts=volts)

    def set_distance(self, meters: float | None) -> None:
        """Put something before the HC-SR04, this far away [m].

        None: nothing in reach, so its echo pin stays high for 38 ms.
        """
        self._ask("set_distance", meters=meters)

    def fault(self, name: str, **details: Any) -> None:
        """Bring about a fault that lasts until ``clear_faults``.

        - absent(address): the chip does not answer
        - nack(address, after): of each write the first ``after`` bytes take effect, the next is
          refused
        - hang(seconds, after): the bus hangs, at most for so long; None has no end. Given
          ``after``, it begins in the first write that is longer than so many bytes, and these
          take effect
        - reset(): once, all chips are as at power-on
        - gpio_busy(pin): another program holds the line
        - adc_jump(volts): readings are off by so much
        - no_echo(): the echo pin never moves
        """
        self._ask("fault", name=name, details=details)

    def clear_faults(self) -> None:
        self._ask("clear_faults")

    def close(self) -> None:
        """End the connection. Idempotent."""
        self._lines.close()
        self._socket.close()

    def _ask(self, do: str, **details: Any) -> Any:
        with self._lock:
            try:
                self._socket.sendall(json.dumps({"do": do, **details}).encode() + b"\n")
                line = self._lines.readline()
            except TimeoutError:
                self.close()  # its answer may still come, and would be taken for the next one's
                raise
            except ValueError as error:  # the file of a closed socket
                raise ConnectionError(
                    errno.ENOTCONN, f"the connection to the chip model at {self.path} is closed"
                ) from error
        if not line.endswith(b"\n"):
            raise ConnectionError(errno.ECONNRESET, f"the chip model at {self.path} has ended")
        answer = json.loads(line)
        if "errno" in answer:
            raise OSError(answer["errno"], answer["error"])
        if "error" in answer:
            raise ValueError(answer["error"])
        return answer["result"]
