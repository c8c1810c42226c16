"""What the driver and the guardian hold in their hands: an I2C bus, GPIO pins. Real ones and the chip model's, chosen by name.

Without numpy, gpiozero and ROS at import: the guardian uses it.
"""

from __future__ import annotations

from typing import Any, Protocol

from tank_core.exceptions import BackendError, TankError

REAL = "pi"
MOCK = "mock"  # the chip model at its usual socket
MODEL = "model:"  # followed by the path of the chip model's socket


class BusError(BackendError):
    """The bus or a chip on it does not answer as it should."""


class I2cBus(Protocol):
    """One I2C bus. Thread-safe; a call ends within the bus's time-out. Raises BusError that names address and cause."""

    def write(self, address: int, data: bytes) -> None:
        """One write transfer: register number first, then what goes into it and those after it."""
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
        """A gpiozero pin factory (gpiozero.pins.Factory); made at the first call. Raises BusError where there is no GPIO."""
        ...

    def drive_low(self, pins: tuple[int, ...]) -> None:
        """Make these BCM pins low outputs, whoever else holds them: the guardian's way. Raises BusError."""
        ...

    def close(self) -> None:
        """Idempotent; never raises."""
        ...


def open_wires(name: str, bus: int = 1, timeout: float = 0.05) -> Wires:
    """The wires of a name: "pi", "mock", or "model:SOCKET". Raises BusError that says what is missing and the cure."""
    if name == REAL:
        from tank_hw_driver.bus.pi_wires import PiWires

        return PiWires(bus, timeout)
    if name == MOCK or name.startswith(MODEL):
        from tank_hw_driver.bus.model_wires import ModelWires
        from tank_hw_driver.runtime import chips_socket

        return ModelWires(str(chips_socket()) if name == MOCK else name.removeprefix(MODEL), timeout)
    raise TankError(f"wires {name!r} are not known; say {REAL}, {MOCK}, or {MODEL}PATH of the chip model's socket")
