"""Errors of a bus or a pin as sentences with their cure.

The operating system's errors are the same for real wires and the chip model's.
"""

from __future__ import annotations

import errno
import threading
from typing import Protocol

from tank_hw_driver.bus.base import BusError

NACK = (errno.EREMOTEIO, errno.ENXIO)  # i2c-bcm2835 says the first, other adapters the second
KNOWN = {  # what may answer on these robots
    0x3C: "the display",
    0x40: "the PCA9685 of a Motor HAT or RaspTank Pro",
    0x48: "the ADS7830",
    0x5F: "the PCA9685 of a Robot HAT V3",
    0x68: "the MPU6050",
    0x70: "a PCA9685's all-call",
}
_PIN_HINTS = {  # what else the Pi's configuration may use a BCM pin for
    **dict.fromkeys((2, 3), "dtparam=i2c_arm=on takes it"),
    **dict.fromkeys((7, 8, 9, 10, 11), "dtparam=spi=on takes it: turn SPI off with raspi-config"),
    **dict.fromkeys((14, 15), "the serial console takes it: turn it off with raspi-config"),
}


class RawBus(Protocol):
    """An I2C bus with the operating system's errors."""

    def i2c_write(self, address: int, data: bytes) -> None: ...

    def i2c_read(self, address: int, register: int | None, count: int) -> bytes: ...

    def close(self) -> None: ...


class CheckedBus:
    """An I2cBus over a raw one, whose errors become BusError."""

    def __init__(self, raw: RawBus, name: str, timeout: float) -> None:
        """``timeout`` [s] is the raw bus's, for the sentences."""
        self._raw = raw
        self._name = name
        self._timeout = timeout
        self._lock = threading.Lock()

    def write(self, address: int, data: bytes) -> None:
        with self._lock:
            try:
                self._raw.i2c_write(address, data)
            except OSError as error:
                raise self._explain(error, address, f"a write of {len(data)} bytes") from error

    def read(self, address: int, register: int, count: int) -> bytes:
        with self._lock:
            try:
                return self._raw.i2c_read(address, register, count)
            except OSError as error:
                raise self._explain(error, address, f"a read of {count} bytes") from error

    def probe(self, address: int) -> bool:
        with self._lock:
            try:
                return self._answers(address)
            except OSError as error:
                raise self._explain(error, address, "a probe") from error

    def close(self) -> None:
        self._raw.close()

    def _answers(self, address: int) -> bool:
        """Read a byte without naming a register, so that none is moved.

        (Some adapters cannot send an empty write.)
        """
        try:
            self._raw.i2c_read(address, None, 1)
        except OSError as error:
            if error.errno in NACK:
                return False
            raise
        return True

    def _explain(self, error: OSError, address: int, what: str) -> BusError:
        where = f"I2C bus {self._name}"
        if error.errno in NACK:
            return BusError(f"{where}: {self._explain_nack(address, what)}")
        if error.errno == errno.ETIMEDOUT:
            return BusError(
                f"{where} hangs: {what} at {address:#04x} got no end within {self._timeout:g} s; "
                "check the wires SDA and SCL, then switch the robot off and on"
            )
        reason = error.strerror or str(error) or type(error).__name__
        return BusError(f"{where}: {what} at {address:#04x} failed: {reason}; run ./tank doctor")

    def _explain_nack(self, address: int, what: str) -> str:
        """The sentence for a NACK, after asking who does answer.

        The kernel has one number for no chip and for a chip that refused a byte.
        """
        there = []
        try:
            if self._answers(address):
                return (
                    f"the chip at {address:#04x} refused a byte of {what} (NACK); check its "
                    "cable and supply, a brown-out does this, too"
                )
            there = [
                f"{known:#04x} ({chip})" for known, chip in KNOWN.items() if self._answers(known)
            ]
        except OSError:
            pass  # then the bus itself is gone, and what answered before is still worth saying
        others = f"there are {', '.join(there)}" if there else "nothing else answers"
        return (
            f"no chip answers at {address:#04x}; {others}; "
            "check that the board is plugged in, switched on and named rightly, or run ./tank "
            "doctor"
        )


def gpio_busy(pin: int, holder: str = "") -> BusError:
    """The sentence for a line that another program has."""
    by = f"by {holder!r}" if holder else "by another program"
    hint = f"; {_PIN_HINTS[pin]}" if pin in _PIN_HINTS else ""
    return BusError(
        f"GPIO {pin} is held {by}; stop that program (sudo gpioinfo shows who holds what){hint}"
    )
