"""What the driver and the guardian hold in their hands: an I2C bus, GPIO pins.

Real ones and the chip model's, chosen by name.

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
    """One I2C bus.

    Thread-safe; a call ends within the bus's time-out. Raises BusError that names address and
    cause.
    """

    def write(self, address: int, data: bytes) -> None:
        """One write transfer.

        Register number first, then what goes into it and those after it.
        """
        ...

    def read(self, address: int, register: int, count: int) -> bytes:
        """Write the register number, repeated start, read ``count`` bytes."""
        ...

    def probe(self, address: int) -> bool:
        """True when a chip answers at this address; changes nothing there."""
        ...

    def close(self) -> None:
        """Idempotent; never raises."""
        ...


class Wires(Protocol):
    """Everything a board hangs on."""

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
        """Idempotent; never raises."""
        ...
