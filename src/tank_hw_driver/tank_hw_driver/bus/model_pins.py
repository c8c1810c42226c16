"""gpiozero's pins on the chip model.

What a device does with a pin reaches the model, and the HC-SR04's echo comes back.
"""

from __future__ import annotations

import errno
import threading
import time
from contextlib import suppress
from queue import SimpleQueue
from typing import Any

from gpiozero.pins.mock import MockFactory, MockPWMPin

from tank_hw_driver.bus.base import BusError
from tank_hw_driver.bus.faults import gpio_busy
from tank_hw_driver.chip_model.client import ModelClient

# s from the trigger to the rise of the echo: the burst of 8 cycles at 40 kHz, and some (HC-SR04
# data sheet)
ECHO_DELAY = 0.0005


class ModelPin(MockPWMPin):  # type: ignore[misc]  # gpiozero has no types
    """A line of the model, held until its factory closes."""

    def __init__(self, factory: ModelFactory, info: Any) -> None:
        self._bcm = int(info.name.removeprefix("GPIO"))
        self._client = factory.client
        self._tell(claim=True)
        super().__init__(factory, info)

    def _set_function(self, value: str) -> None:
        super()._set_function(value)
        self._tell(function=value)

    def _set_frequency(self, value: float | None) -> None:
        super()._set_frequency(value)
        if value is not None:
            self._tell(duty=float(self._state))
        elif self._function == "output":
            # gpiozero's PWM device lets go of its pin so; a model that has gone has no pulses
            with suppress(BusError):
                self._tell(level=int(self._state))

    def _change_state(self, value: float) -> bool:
        changed: bool = super()._change_state(value)
        # every write goes through, as with lgpio: the guardian may have moved the pin meanwhile
        if self._function == "output":
            answer = self._tell(
                **({"duty": float(value)} if self._frequency is not None else {"level": int(value)})
            )
            echo, seconds = answer.get("echo", (None, None))
            if seconds is not None:
                self.factory.echo(echo, seconds)
        return changed

    def close(self) -> None:
        with suppress(BusError):  # a model that has gone before us took its pins with it
            super().close()

    def take_edge(self, level: bool, ticks: float) -> None:
        """Take an edge from something outside, at that very time.

        However late this thread is.
        """
        if self._change_state(level):
            self._last_change = ticks
            if self._when_changed is not None and self._edges in (
                "both",
                "rising" if level else "falling",
            ):
                self._call_when_changed()

    def _tell(self, claim: bool = False, **what: Any) -> dict[str, Any]:
        try:
            if claim:
                self._client.claim(self._bcm)
                return {}
            return self._client.gpio(self._bcm, **what)
        except OSError as error:
            if error.errno == errno.EBUSY:
                raise gpio_busy(self._bcm) from error
            raise BusError(
                f"GPIO {self._bcm}: {error.strerror or error}; is the chip model still there?"
            ) from error


class ModelFactory(MockFactory):  # type: ignore[misc]  # gpiozero has no types
    """Pins of one connection."""

    def __init__(self, client: ModelClient) -> None:
        self.client = client
        super().__init__(pin_class=ModelPin)
        self._echoes: threading.Thread | None = None
        self._due: SimpleQueue[tuple[ModelPin, float, float] | None] = SimpleQueue()
        self._quiet = threading.Lock()  # held during an echo

    def echo(self, number: int, seconds: float) -> None:
        """Raise the echo pin for so long, from a thread as lgpio does.

        The edges' times are exact.
        """
        self._quiet.acquire()  # the sensor hears no trigger during an echo
        if self._echoes is None or not self._echoes.is_alive():
            self._echoes = threading.Thread(target=self._run, name="echo", daemon=True)
            self._echoes.start()
        self._due.put((self.pin(number), time.monotonic() + ECHO_DELAY, seconds))

    def _run(self) -> None:
        while (due := self._due.get()) is not None:
            pin, rise, seconds = due
            try:
                for at, level in ((rise, True), (rise + seconds, False)):
                    time.sleep(max(0.0, at - time.monotonic()))
                    pin.take_edge(level, at)
            finally:
                self._quiet.release()

    def close(self) -> None:
        if self._echoes is not None:
            self._due.put(None)
            self._echoes.join()
            self._echoes = None
        super().close()
