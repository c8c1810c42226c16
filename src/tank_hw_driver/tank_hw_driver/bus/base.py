"""The protocols of an I2C bus and of GPIO pins, and their error.

Driver and guardian hold these; the Pi's own and the chip model's are made by name in ``open``.
Without numpy, gpiozero and ROS at import: the guardian uses it.
"""

from __future__ import annotations

from typing import Any, Protocol

from tank_core.exceptions import BackendError

REAL = "pi"
MOCK = "mock"  # the chip model at its usual socket
MODEL = "model:"  # followed by the path of the chip model's socket


class BusError(BackendError):
    """The bus or a chip on it does not answer as it should."""


class I2cBus(Protocol):
    """An I2C bus that several threads may use.

    A call ends within the bus's time-out. Raises BusError that names address and cause.
    """

    def write(self, address: int, data: bytes) -> None:
        """Make a write transfer: a register's number, then its values.

        The values go into it and those after it.
        """
        ...

    def read(self, address: int, register: int, count: int) -> bytes:
        """Write the register number, repeated start, read ``count`` bytes."""
        ...

    def probe(self, address: int) -> bool:
        """True when a chip answers at this address; changes nothing there."""
        ...

    def close(self) -> None:
        """Let go of the bus. Idempotent; never raises."""
        ...


class Wires(Protocol):
    """The I2C bus and the pins that a board hangs on."""

    name: str  # such as "pi", or "model:/run/user/1000/tank/chips"
    i2c: I2cBus

    def pin_factory(self) -> Any:
        """A gpiozero pin factory (gpiozero.pins.Factory).

        Made at the first call. Raises BusError where there is no GPIO.
        """
        ...

    def drive_low(self, pins: tuple[int, ...]) -> None:
        """Make these BCM pins low outputs, whoever else holds them.

        The guardian's way. Raises BusError.
        """
        ...

    def close(self) -> None:
        """Let go of bus and pins. Idempotent; never raises."""
        ...
