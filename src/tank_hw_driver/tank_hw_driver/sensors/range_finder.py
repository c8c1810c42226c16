"""The HC-SR04 on gpiozero's pins, with timing of its own.

gpiozero's DistanceSensor waits without end for a first reading that never comes. The echo pin is
high for as long as the sound is on its way: 58 us for each centimeter; without an echo, 38 ms and
more.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable
from statistics import median
from typing import Any

import gpiozero

from tank_core.robot import RangeSensor
from tank_hw_driver import hardware
from tank_hw_driver.bus.base import Wires
from tank_hw_driver.sensors.latest_value import LatestValue, SensorError

PULSE_S = 1e-5  # the trigger's, from the sensor's data sheet
MEDIAN_OF = 3
DEAF = 10  # pings in a row to which the echo pin said nothing at all: it is not connected


def open_range_finder(
    settings: hardware.RangeFinderPins, sensor: RangeSensor, wires: Wires
) -> LatestValue[float]:
    """The range finder in a thread of its own.

    Its newest reading is as ``HcSr04.read`` gives it.
    """
    return LatestValue(
        "range finder",
        lambda: HcSr04(settings, sensor, wires.pin_factory()),
        stale=max(1.0, 5.0 / settings.rate),
    )


class HcSr04:
    """An open sensor: a Source of distances [m]."""

    def __init__(
        self,
        settings: hardware.RangeFinderPins,
        sensor: RangeSensor,
        factory: Any,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """``factory``: a gpiozero pin factory.

        Raises SensorError that names the pins.
        """
        self._settings, self._sensor, self._factory = settings, sensor, factory
        self._clock, self._sleep = clock, sleep
        self._rose: float | None = None  # ticks of the factory's clock
        self._flight = math.nan  # [s] of the last echo
        self._heard = threading.Event()
        self._last: deque[float] = deque(maxlen=MEDIAN_OF)
        self._silent = DEAF - 1  # a sensor that says nothing to its first ping is not there
        self._overdue = False  # the last ping's echo had begun and not ended in time
        self._next = clock()
        self._pins: list[Any] = []
        try:
            self._trigger = self._held(gpiozero.OutputDevice(settings.trigger, pin_factory=factory))
            self._echo = self._held(
                gpiozero.InputDevice(
                    settings.echo, pull_up=None, active_state=True, pin_factory=factory
                )
            ).pin
            self._echo.edges, self._echo.bounce = "both", None
            self._echo.when_changed = self._changed
        except Exception as error:  # gpiozero's and lgpio's errors have no parent in common
            self.close()
            raise SensorError(
                f"range finder: GPIO {settings.trigger} (trigger) or {settings.echo} (echo) cannot "
                f"be had: {error}; who else uses them?"
            ) from None

    def _held(self, device: Any) -> Any:
        self._pins.append(device)
        return device

    def read(self) -> float:
        """A distance [m]; infinity where nothing is in reach; NaN: no reading.

        It waits for the next ping's turn, then at most the time-out. Nothing is in reach when the
        sensor itself ends an echo late. Raises SensorError when the echo pin never moves.
        """
        self._sleep(max(0.0, self._next - self._clock()))
        self._next = max(self._next, self._clock()) + 1.0 / self._settings.rate
        self._ping()
        if self._silent >= MEDIAN_OF:
            self._last.clear()  # what was heard so long ago is no reading any more
        if not self._last:
            return math.nan
        distance = median(self._last)
        return (
            math.inf if distance > self._sensor.max_range else max(distance, self._sensor.min_range)
        )

    def close(self) -> None:
        """Let go of the pins. Idempotent; raises nothing of its own."""
        if len(self._pins) == 2:
            self._echo.when_changed = None
        while self._pins:
            self._pins.pop().close()

    def _ping(self) -> None:
        """Note a distance [m], a silence, or infinity.

        Infinity where the last echo came to its end meanwhile.
        """
        if self._echo.state:
            self._silence()  # still waiting for the last ping's echo, or stuck
            return
        if self._overdue:
            self._note(math.inf)
        self._overdue = False
        self._heard.clear()
        self._rose = None
        self._trigger.on()
        time.sleep(PULSE_S)
        self._trigger.off()
        if self._heard.wait(self._settings.timeout):
            self._note(self._flight * hardware.SPEED_OF_SOUND / 2)
        elif self._rose is None:
            self._silence()
        else:
            self._overdue = True

    def _note(self, distance: float) -> None:
        self._silent = 0
        self._last.append(distance)

    def _silence(self) -> None:
        self._silent += 1
        if self._silent >= DEAF:
            raise SensorError(
                f"the range finder does not answer: GPIO {self._settings.echo} (echo) has not "
                f"moved for {DEAF} pings; check its "
                f"5 V and the wires of GPIO {self._settings.trigger} (trigger) and "
                f"{self._settings.echo} (echo)"
            )

    def _changed(self, ticks: float, state: int) -> None:
        """An edge of the echo pin, from the pin factory's own thread."""
        if state:
            self._rose = ticks
        elif self._rose is not None:
            self._flight = self._factory.ticks_diff(ticks, self._rose)
            self._heard.set()
