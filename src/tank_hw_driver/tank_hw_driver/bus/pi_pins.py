"""gpiozero's lgpio pins with errors as sentences.

Import it only where lgpio is known to be the real one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import lgpio
from gpiozero.exc import GPIOZeroError
from gpiozero.pins.lgpio import LGPIOFactory, LGPIOPin

from tank_hw_driver.bus.base import BusError
from tank_hw_driver.bus.faults import gpio_busy


class PiPin(LGPIOPin):  # type: ignore[misc]  # gpiozero has no types
    """A line of the header, claimed when it is made."""

    def __init__(self, factory: PiFactory, info: Any) -> None:
        self._bcm, self._of = int(info.name.removeprefix("GPIO")), factory
        with self._spoken():
            super().__init__(factory, info)

    def _set_function(self, value: str) -> None:
        with self._spoken():
            super()._set_function(value)

    def _set_state(self, value: float) -> None:
        with self._spoken():
            super()._set_state(value)

    def _set_frequency(self, value: float | None) -> None:
        with self._spoken():
            super()._set_frequency(value)

    @contextmanager
    def _spoken(self) -> Iterator[None]:
        try:
            yield
        except (lgpio.error, GPIOZeroError) as error:
            # gpiozero turns some of lgpio's errors into its own
            if "busy" not in str(error).lower():
                raise BusError(f"GPIO {self._bcm}: {error}; run ./tank doctor") from error
            raise gpio_busy(self._bcm, self._of.holder(self._bcm)) from error


class PiFactory(LGPIOFactory):  # type: ignore[misc]  # gpiozero has no types
    """Pins of one /dev/gpiochipN."""

    def __init__(self, chip: int) -> None:
        super().__init__(chip)
        self.pin_class = PiPin

    def holder(self, bcm: int) -> str:
        """The name that a line's present user gave the kernel.

        "" where there is none.
        """
        return str(lgpio.gpio_get_line_info(self._handle, bcm)[4])
